"""What does a page of a listing cost the platform: the first, a middle and the last one, filtered and not?

    python bench/page_cost.py [assets]

CPU time of the platform's process per page of 1,000 assets, count included, medians of nine; the same page
is asked for again and again. Figures of one run are to be compared with each other only.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import psutil
from filled_workspace import TOKEN, fill
from serving import platform

ROUNDS, REPEATS, PAGE = 9, 5, 1000
FILTERS = {
    "no filter": {},
    "tags.name": {"q": 'tags.name in ("tenth")'},
    "width": {"q": "width >= 640"},
}


async def cost(
    session: aiohttp.ClientSession, process: psutil.Process, path: str, query: dict
) -> tuple[float, float]:
    """Return CPU and wall milliseconds per request, as medians."""
    cpu, wall = [], []
    for _ in range(ROUNDS):
        before, begun = sum(process.cpu_times()[:2]), time.perf_counter()
        for _ in range(REPEATS):
            await get(session, path, query)
        wall.append((time.perf_counter() - begun) / REPEATS * 1000)
        cpu.append((sum(process.cpu_times()[:2]) - before) / REPEATS * 1000)
    return statistics.median(cpu), statistics.median(wall)


async def get(session: aiohttp.ClientSession, path: str, query: dict) -> dict[str, Any]:
    async with session.get(path, params={"limit": PAGE, **query}) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def measure(url: str, process: psutil.Process, version: str) -> None:
    path = f"/api/dataset/version/{version}/assets"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    print(f"{'filter':12} {'matches':>8} {'page':>8} {'CPU ms':>8} {'wall ms':>8}")
    async with aiohttp.ClientSession(url, headers=headers) as session:
        for name, query in FILTERS.items():
            first = await get(session, path, query)
            cursors = [first["next_cursor"], *first.get("shards", ())]
            places = {
                "first": {},
                "middle": {"cursor": cursors[len(cursors) // 2]},
                "last": {"cursor": cursors[-1]},
            }
            for place, cursor in places.items():
                cpu, wall = await cost(session, process, path, {**query, **cursor})
                page = await get(session, path, {**query, **cursor})
                print(
                    f"{name:12} {first['count']:8} {place:>8} {cpu:8.1f} {wall:8.1f}   {len(page['items'])} items"
                )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        version = fill(Path(folder), count)
        print(f"{count:,} assets, pages of {PAGE}")
        with platform(Path(folder), TOKEN) as (url, process):
            anyio.run(measure, url, process, version)


if __name__ == "__main__":
    main()
