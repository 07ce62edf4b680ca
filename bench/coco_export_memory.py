"""Does the memory of an export grow with the number of boxes, on the platform or here?

    python bench/coco_export_memory.py [boxes …]

A workspace gets so many boxes, ten on each asset. Printed are the peaks above the resident size at the start, and
the seconds: of the platform that builds a file, and of a client process that downloads it, writes one of its own
(`write_coco_file`, whose bytes must be the same), and builds one in memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from filled_workspace import TOKEN, annotate, fill
from serving import platform

import asyncsdk

BOXES_PER_ASSET = 10


def resident() -> int:
    return psutil.Process().memory_info().rss


def report(what: str, before: int, peak: int, begun: float) -> None:
    print(
        f"{what:28} peak +{(peak - before) / 1e6:6.1f} MB  {time.perf_counter() - begun:6.1f} s", flush=True
    )


async def work(url: str, version_id: str, how: str, folder: str) -> None:
    async with asyncsdk.Client(url, TOKEN) as client:
        version = await client.get_dataset_version_by_id(version_id)
        await version.list_assets(limit=1)
        before, begun = resident(), time.perf_counter()
        if how == "export_annotation_file":
            path = await version.export_annotation_file("coco", folder)
            path.rename(Path(folder) / "exported.json")
        elif how == "write_coco_file":
            await version.write_coco_file(Path(folder) / "written.json")
        else:
            await version.build_coco_file_locally()
        report(how, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, begun)


@contextmanager
def watched(process: psutil.Process) -> Iterator[list[int]]:
    """Watch the memory of another process that is its own, without the pages of files (Linux)."""
    peaks = [own_bytes(process)]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            peaks[0] = max(peaks[0], own_bytes(process))

    thread = threading.Thread(target=watch)
    thread.start()
    yield peaks
    ended.set()
    thread.join()


def own_bytes(process: psutil.Process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("RssAnon")).split()[1]) * 1024


def main() -> None:
    if sys.argv[1:2] == ["--work"]:
        asyncsdk.run(work(*sys.argv[2:6]))
        return
    for boxes in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as folder:
            assets = boxes // BOXES_PER_ASSET
            version = fill(Path(folder), assets)
            annotate(Path(folder), BOXES_PER_ASSET)
            print(f"{boxes:,} boxes on {assets:,} assets")
            with platform(Path(folder), TOKEN) as (url, process), tempfile.TemporaryDirectory() as target:
                before = own_bytes(process)
                for how in ("export_annotation_file", "write_coco_file", "build_coco_file_locally"):
                    begun = time.perf_counter()
                    command = [sys.executable, __file__, "--work", url, version, how, target]
                    with watched(process) as peaks:
                        subprocess.run(command, check=True)
                    report("  platform meanwhile", before, peaks[0], begun)
                written = Path(target, "written.json")
                assert written.read_bytes() == Path(target, "exported.json").read_bytes()
                print(f"a file of {written.stat().st_size / 1e6:.1f} MB, the same from both sides")


if __name__ == "__main__":
    main()
