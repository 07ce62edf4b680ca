"""Does the memory of `iter_assets` grow with the dataset?

    python bench/iterate_memory.py [assets …]

A client process of its own walks all assets of a version; printed are its peak above the resident size after
connecting, and the assets per second, beside `list_assets`, which keeps them all.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from filled_workspace import TOKEN, fill
from serving import platform

import asyncsdk


async def walk(url: str, version_id: str, how: str) -> None:
    async with asyncsdk.Client(url, TOKEN) as client:
        version = await client.get_dataset_version_by_id(version_id)
        await version.list_assets(limit=1)
        before = psutil.Process().memory_info().rss
        begun = time.perf_counter()
        if how == "iter":
            count = 0
            async for _ in version.iter_assets():
                count += 1
        else:
            count = len(await version.list_assets())
        seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(
            f"{how:5} {count:9,} assets  peak +{(peak - before) / 1e6:6.1f} MB  {count / seconds:9,.0f} assets/s"
        )


def main() -> None:
    if sys.argv[1:2] == ["--walk"]:
        asyncsdk.run(walk(*sys.argv[2:5]))
        return
    for count in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as folder:
            version = fill(Path(folder), count)
            with platform(Path(folder), TOKEN) as (url, _):
                for how in ("iter", "list"):
                    subprocess.run([sys.executable, __file__, "--walk", url, version, how], check=True)


if __name__ == "__main__":
    main()
