"""How long does a fork take, and how long does somebody else who writes wait meanwhile?

    python bench/fork.py [assets] [shapes per asset] [--chosen]

Makes a workspace of so many assets, of which every tenth has a tag and, where shapes are asked for, each one
annotation; forks it with tags and annotations through the client. A process of its own changes the description
of another version all the time, one change after the other. With `--chosen`, every second asset is named in
the request. Figures of one run are to be compared with each other only.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import psutil
from filled_workspace import TOKEN, annotate, fill
from serving import platform

import asyncsdk

IDLE_S = 3
PAUSE_S = 0.002


async def write(url: str, version_id: str) -> None:
    """Change something small all the time, and print when each change began and how long it took."""
    async with asyncsdk.Client(url, TOKEN) as client:
        version = await client.get_dataset_version_by_id(version_id)
        while True:
            at, begun = time.time(), time.perf_counter()
            await version.update(description=f"at {at}")
            print(at, time.perf_counter() - begun, flush=True)
            await anyio.sleep(PAUSE_S)


@contextmanager
def writer(url: str, version_id: str, waits: Path) -> Iterator[None]:
    """Run `write` in a process of its own; the context begins when it writes."""
    with waits.open("w") as file:
        process = subprocess.Popen([sys.executable, __file__, "--write", url, version_id], stdout=file)
        try:
            while not waits.stat().st_size:
                time.sleep(0.1)
            yield
        finally:
            process.kill()
            process.wait()


def report(what: str, waits: Path, begun: float, ended: float) -> None:
    rows = [line.split() for line in waits.read_text().splitlines()[:-1]]
    took = sorted(float(wait) * 1000 for at, wait in rows if begun <= float(at) < ended)
    shares = "  ".join(f"{share:.0%} {took[int(len(took) * share)]:.0f}" for share in (0.5, 0.99))
    print(f"{what:16} {len(took):6} writes, ms: {shares}  longest {took[-1]:.0f}")


async def measure(
    url: str, process: psutil.Process, version_id: str, shapes: int, waits: Path, options: set[str]
) -> None:
    async with asyncsdk.Client(url, TOKEN) as client:
        source = await client.get_dataset_version_by_id(version_id)
        assets = (await source.list_assets())[::2] if "--chosen" in options else None
        other = await (await client.create_dataset("other")).create_version("v1")
        with writer(url, other.id, waits):
            await anyio.sleep(IDLE_S)
            begun = time.time()
            fork, job = await source.start_fork(
                "fork", assets=assets, with_tags=True, with_annotations=shapes > 0
            )
            started = time.time()
            await job.wait(timeout_s=3600)
            ended = time.time()
        report("nothing else", waits, 0, begun)
        report("during the fork", waits, begun, ended)
        page = await client.request("GET", f"/api/dataset/version/{fork.id}/assets", query={"limit": 1})
        took = f"{ended - begun:.1f} s, of which the request {started - begun:.2f} s"
        print(f"fork: {took}; {page['count']:,} assets")
        print(f"platform: {process.memory_info().rss / 2**20:.0f} MiB")


def main() -> None:
    if sys.argv[1:2] == ["--write"]:
        anyio.run(write, *sys.argv[2:])
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    count, shapes = (int(word) for word in (words + ["100000", "5"][len(words) :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        version = fill(workspace, count)
        if shapes:
            annotate(workspace, shapes)
        print(f"{count:,} assets, {count * shapes:,} shapes")
        with platform(workspace, TOKEN) as (url, process):
            waits = Path(folder) / "waits"
            anyio.run(measure, url, process, version, shapes, waits, set(sys.argv))


if __name__ == "__main__":
    main()
