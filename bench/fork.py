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
import attrs
from filled_workspace import TOKEN, annotate, fill
from serving import platform

import asyncsdk

IDLE_S = 3
PAUSE_S = 0.002


@attrs.frozen(kw_only=True)
class Fork:
    """What a fork took, and what it did to another who writes."""

    assets: int
    seconds: float
    request_s: float
    """The part of it until the request was answered."""

    waits_ms: list[float]
    """How long the other's writes took meanwhile, sorted."""

    idle_waits_ms: list[float]
    """The same before the fork."""


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


def waits_ms(path: Path, begun: float, ended: float) -> list[float]:
    """Return how long the writes took that began in a time."""
    rows = [line.split() for line in path.read_text().splitlines()[:-1]]
    return sorted(float(wait) * 1000 for at, wait in rows if begun <= float(at) < ended)


async def measure(url: str, version_id: str, waits: Path, *, shapes: bool, chosen: bool = False) -> Fork:
    """Fork a version while another process writes; a file for the other's times is given."""
    async with asyncsdk.Client(url, TOKEN) as client:
        source = await client.get_dataset_version_by_id(version_id)
        assets = (await source.list_assets())[::2] if chosen else None
        other = await (await client.create_dataset("other")).create_version("v1")
        with writer(url, other.id, waits):
            await anyio.sleep(IDLE_S)
            begun = time.time()
            fork, job = await source.start_fork(
                "fork", assets=assets, with_tags=True, with_annotations=shapes
            )
            started = time.time()
            await job.wait(timeout_s=3600)
            ended = time.time()
        page = await client.request("GET", f"/api/dataset/version/{fork.id}/assets", query={"limit": 1})
        return Fork(
            assets=page["count"],
            seconds=ended - begun,
            request_s=started - begun,
            waits_ms=waits_ms(waits, begun, ended),
            idle_waits_ms=waits_ms(waits, 0, begun),
        )


def line(what: str, took: list[float]) -> str:
    """Return how long writes took as a line."""
    shares = "  ".join(f"{share:.0%} {took[int(len(took) * share)]:.0f}" for share in (0.5, 0.99))
    return f"{what:16} {len(took):6} writes, ms: {shares}  longest {took[-1]:.0f}"


def main() -> None:
    """Measure as the command line asks for it."""
    if sys.argv[1:2] == ["--write"]:
        anyio.run(write, sys.argv[2], sys.argv[3])
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
            found = asyncsdk.run(
                measure(url, version, waits, shapes=shapes > 0, chosen="--chosen" in sys.argv)
            )
            print(line("nothing else", found.idle_waits_ms))
            print(line("during the fork", found.waits_ms))
            took = f"{found.seconds:.1f} s, of which the request {found.request_s:.2f} s"
            print(f"fork: {took}; {found.assets:,} assets")
            print(f"platform: {process.memory_info().rss / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
