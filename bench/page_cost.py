"""What does a page of a listing cost the platform: the first, a middle and the last one, filtered and not?

    python bench/page_cost.py [assets]

CPU time of the platform's process per page of 1,000 assets, count included, medians of nine rounds; the same page
is asked for again and again. Figures of one run are to be compared with each other only.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import psutil
from filled_workspace import TOKEN, fill
from lean_client import Wire, connect, cpu_s
from serving import platform

ROUNDS, REPEATS, PAGE = 9, 10, 1000
FILTERS = {"no filter": "", "tags.name": 'tags.name in ("tenth")', "width": "width >= 640"}


def listing(version: str, query: str = "") -> str:
    """Return the path of the first page of a listing."""
    return f"/api/dataset/version/{version}/assets?" + urlencode(
        {"limit": PAGE} | ({"q": query} if query else {})
    )


async def places(wire: Wire, path: str) -> dict[str, str]:
    """Return the paths of the first, a middle and the last page."""
    first = await wire.get(f"{path}&shards=true")
    cursors = [urlencode({"cursor": one}) for one in (first["next_cursor"], *first.get("shards", ()))]
    return {
        "first": path,
        "middle": f"{path}&{cursors[len(cursors) // 2]}",
        "last": f"{path}&{cursors[-1]}",
    }


async def cost(wire: Wire, process: psutil.Process, path: str) -> tuple[float, float]:
    """Return CPU and wall milliseconds per request, as medians."""
    cpu, wall = [], []
    for _ in range(ROUNDS):
        before, begun = cpu_s(process), time.perf_counter()
        for _ in range(REPEATS):
            await wire.ask("GET", path)
        wall.append((time.perf_counter() - begun) / REPEATS * 1000)
        cpu.append((cpu_s(process) - before) / REPEATS * 1000)
    return statistics.median(cpu), statistics.median(wall)


async def measure(url: str, process: psutil.Process, version: str) -> None:
    """Print a line for each page."""
    print(f"{'filter':12} {'matches':>8} {'page':>8} {'CPU ms':>8} {'wall ms':>8}")
    (wire,) = await connect(url, 1)
    for name, query in FILTERS.items():
        for place, path in (await places(wire, listing(version, query))).items():
            cpu, wall = await cost(wire, process, path)
            page = await wire.get(path)
            print(
                f"{name:12} {page['count']:8} {place:>8} {cpu:8.1f} {wall:8.1f}   {len(page['items'])} items"
            )


def main() -> None:
    """Measure as the command line asks for it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        version = fill(Path(folder), count)
        print(f"{count:,} assets, pages of {PAGE}")
        with platform(Path(folder), TOKEN) as (url, process):
            asyncio.run(measure(url, process, version))


if __name__ == "__main__":
    main()
