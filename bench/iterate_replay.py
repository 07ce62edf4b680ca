"""`iter_assets` over 10,000, 100,000 and 1,000,000 assets that a replay server gives: time and peak memory.

python bench/iterate_replay.py [assets …]
"""

from __future__ import annotations

import subprocess
import sys

from measure import measured
from replay_ids import VERSION
from serving import replay

import asyncsdk


async def walk(origin: str) -> None:
    """Walk all assets and print what it took."""
    async with asyncsdk.Client(origin, "token") as client:
        version = await client.get_dataset_version_by_id(VERSION)
        await version.list_assets(limit=1000)
        result = {"count": 0.0}
        with measured(result):
            async for _ in version.iter_assets():
                result["count"] += 1


def main() -> None:
    """Walk in a process of its own for each number of assets."""
    if sys.argv[1:2] == ["--walk"]:
        asyncsdk.run(walk(sys.argv[2]))
        return
    for count in [int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000]:
        with replay(f"--assets={count}") as origin:
            subprocess.run([sys.executable, __file__, "--walk", origin], check=True)


if __name__ == "__main__":
    main()
