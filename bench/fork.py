"""How long does a fork take, and how long does somebody else who writes wait meanwhile?

    python bench/fork.py [assets] [shapes per asset] [--chosen]

Makes a workspace of so many assets, of which every tenth has a tag and, where shapes are asked for, each one
annotation; forks it with tags and annotations through the client, and lets a second client change the
description of another version all the time, one change after the other. With `--chosen`, every second asset is
named in the request. Figures of one run are to be compared with each other only.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import anyio
import psutil
from filled_workspace import TOKEN, annotate, fill
from serving import platform

import asyncsdk

IDLE_S = 3


class Writer:
    """Changes something small all the time, and keeps account of how long that takes."""

    def __init__(self, version: asyncsdk.DatasetVersion) -> None:
        self._version = version
        self.waits: list[float] = []

    async def run(self) -> None:
        while True:
            begun = time.perf_counter()
            await self._version.update(description=f"at {begun}")
            self.waits.append(time.perf_counter() - begun)
            await anyio.sleep(0.002)

    def report(self, what: str) -> None:
        ordered = sorted(self.waits)
        shares = "  ".join(
            f"{share:.1%} {ordered[int(len(ordered) * share)] * 1000:.0f}" for share in (0.5, 0.99)
        )
        print(f"{what:16} {len(ordered):6} writes, ms: {shares}  longest {ordered[-1] * 1000:.0f}")
        self.waits.clear()


async def measure(url: str, process: psutil.Process, version_id: str, shapes: int, options: set[str]) -> None:
    async with asyncsdk.Client(url, TOKEN) as client, asyncsdk.Client(url, TOKEN) as second:
        source = await client.get_dataset_version_by_id(version_id)
        other = await (await second.create_dataset("other")).create_version("v1")
        writer = Writer(other)
        assets = (await source.list_assets())[::2] if "--chosen" in options else None
        async with anyio.create_task_group() as group:
            group.start_soon(writer.run)
            await anyio.sleep(IDLE_S)
            writer.report("nothing else")
            begun = time.perf_counter()
            fork, job = await source.start_fork(
                "fork", assets=assets, with_tags=True, with_annotations=shapes > 0
            )
            started = time.perf_counter()
            await job.wait(timeout_s=3600)
            took = time.perf_counter() - begun
            writer.report("during the fork")
            group.cancel_scope.cancel()
        page = await client.request("GET", f"/api/dataset/version/{fork.id}/assets", query={"limit": 1})
        print(f"fork: {took:.1f} s, of which the request {started - begun:.2f} s; {page['count']:,} assets")
        print(f"platform: {process.memory_info().rss / 2**20:.0f} MiB")


def main() -> None:
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    count, shapes = (int(word) for word in (words + ["100000", "5"][len(words) :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        version = fill(Path(folder), count)
        if shapes:
            annotate(Path(folder), shapes)
        print(f"{count:,} assets, {count * shapes:,} shapes")
        with platform(Path(folder), TOKEN) as (url, process):
            anyio.run(measure, url, process, version, shapes, set(sys.argv))


if __name__ == "__main__":
    main()
