"""What does the platform answer in a second as it fills, and what does it cost?

    python bench/platform_growth.py [assets …]

For each size a workspace is filled, an annotation of five boxes on each asset; `asyncsdk serve` runs on it in a
process of its own, and a client that does no more than send requests and cut answers asks over a few connections.
Printed are things per second of the wall (the client shares the cores), and of the platform's CPU, which says more
on a machine that others use too; then the CPU of a page at the first, a middle and the last place of the listing,
the time of `retrieve_stats`, and that of a fork with what another who writes meanwhile waits at most.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import attrs
import fork
import orjson
import psutil
from filled_workspace import TOKEN, annotate, fill
from lean_client import Wire, chunks, connect, cpu_s, spread
from page_cost import PAGE, cost, listing, places
from places import work_in
from serving import platform

SIZES = (10_000, 100_000, 300_000)
CHUNK, BULK, BOXES, CONNECTIONS, LOADED = 100, 200, 5, 4, 20_000

Speeds = Mapping[str, Mapping[str, str]]
"""Size, then what was measured, then the figure."""


@attrs.frozen
class Speed:
    """How many things a platform has done."""

    count: int
    wall_s: float
    cpu_s: float

    def text(self, aim: int | None = None) -> str:
        """Return what comes on a second, and whether an aim is reached."""
        per_s = self.count / self.wall_s
        verdict = "" if aim is None else ", reached" if per_s >= aim else ", missed"
        return f"{per_s:,.0f}/s ({self.count / self.cpu_s:,.0f} per CPU second){verdict}"


async def timed(process: psutil.Process, count: int, work: Awaitable[object]) -> Speed:
    """Do a work of so many things."""
    cpu, begun = cpu_s(process), time.perf_counter()
    await work
    return Speed(count, time.perf_counter() - begun, cpu_s(process) - cpu)


async def walk(wire: Wire, path: str) -> None:
    """Ask for one page after the other."""
    cursor = ""
    while True:
        page = await wire.ask("GET", path + cursor)
        if page.endswith(b'"next_cursor":null}'):
            return
        found = page.rpartition(b'"next_cursor":"')[2].partition(b'"')[0]
        cursor = f"&cursor={found.decode()}"


def loading(path: str, ids: Sequence[str]) -> Callable[[Wire], Awaitable[object]]:
    """Return a request that loads annotations."""
    return lambda wire: wire.ask("XGET", path, orjson.dumps(ids))


def making(path: str, assets: Sequence[str], label: str) -> Callable[[Wire], Awaitable[object]]:
    """Return a request that makes an annotation on each asset."""
    boxes = [{"label_id": label, "x": n, "y": 2 * n, "w": 30 + n, "h": 40} for n in range(BOXES)]
    body = {"annotations": [{"asset_id": asset, "rectangles": boxes} for asset in assets]}
    return lambda wire: wire.ask("POST", path, orjson.dumps({"import_type": "CONCATENATE", **body}))


async def listed(wires: Sequence[Wire], process: psutil.Process, version: str, assets: int) -> dict[str, str]:
    """Measure the listing: pages in order, pages at once, and a page at each place."""
    path = listing(version)
    await walk(wires[0], path)
    in_order = await timed(process, assets, walk(wires[0], path))
    first = await wires[0].get(f"{path}&shards=true")
    jobs = [
        lambda wire, page=f"{path}&cursor={cursor}": wire.ask("GET", page)
        for cursor in first.get("shards", ())
    ]
    at_once = await timed(process, len(jobs) * PAGE, spread(wires, jobs))
    pages = [
        f"{(await cost(wires[0], process, page))[0]:.1f}" for page in (await places(wires[0], path)).values()
    ]
    return {
        "assets listed, one page after another (aim: 40,000/s)": in_order.text(40_000),
        "assets listed, pages in parallel": at_once.text(),
        "CPU of the first, a middle and the last page of 1,000": f"{', '.join(pages)} ms",
    }


async def annotated(
    wires: Sequence[Wire], process: psutil.Process, version: str, label: str
) -> dict[str, str]:
    """Measure loading and creating annotations, and counting them."""
    home = f"/api/dataset/version/{version}"
    ids = (await wires[0].get(f"{home}/annotations/ids"))[:LOADED]
    jobs = [loading(f"{home}/annotations", part) for part in chunks(ids, CHUNK)]
    await spread(wires, jobs)
    loaded = await timed(process, len(ids), spread(wires, jobs))
    counted = await timed(process, 1, wires[0].get(f"{home}/stats"))
    assets = [item["id"] for item in (await wires[0].get(listing(version)))["items"]]
    jobs = [making(f"{home}/bulk-annotations", part, label) for part in chunks(assets, BULK)] * 10
    made = await timed(process, len(assets) * BOXES * 10, spread(wires, jobs))
    return {
        "annotations of 5 boxes loaded (aim: 5,000/s)": loaded.text(5000),
        "boxes created, 1,000 in a request": made.text(),
        "`retrieve_stats`": f"{1000 * counted.wall_s:.0f} ms",
    }


async def forked(url: str, version: str, folder: Path) -> dict[str, str]:
    """Measure a fork with tags and annotations."""
    found = await fork.measure(url, version, folder / "waits", shapes=True)
    return {
        "fork with tags, annotations and their shapes": f"{found.seconds:.1f} s, "
        f"{found.assets / found.seconds:,.0f} assets/s",
        "longest wait of another who writes, before and meanwhile": f"{found.idle_waits_ms[-1]:.0f} ms, "
        f"{found.waits_ms[-1]:.0f} ms",
    }


async def measure(
    url: str, process: psutil.Process, version: str, label: str, assets: int, folder: Path
) -> dict[str, str]:
    """Measure all at one size; what adds to the version comes last."""
    return {
        **await listed(await connect(url, CONNECTIONS), process, version, assets),
        **await forked(url, version, folder),  # idle connections may be closed meanwhile
        **await annotated(await connect(url, CONNECTIONS), process, version, label),
    }


def figures(sizes: Sequence[int] = SIZES) -> Speeds:
    """Measure platforms of all sizes."""
    found = {}
    for assets in sizes:
        with tempfile.TemporaryDirectory() as name:
            workspace = Path(name) / "workspace"
            version = fill(workspace, assets)
            label = annotate(workspace, BOXES)
            with platform(workspace, TOKEN) as (url, process):
                found[str(assets)] = asyncio.run(measure(url, process, version, label, assets, Path(name)))
        for what, figure in found[str(assets)].items():
            print(f"{assets:9,} assets: {what}: {figure}", flush=True)
    return found


def table(found: Speeds) -> list[str]:
    """Return the table as lines of Markdown."""
    lines = [
        f"| | {' | '.join(f'{int(size):,} assets' for size in found)} |",
        f"|---|{'---|' * len(found)}",
    ]
    lines += [
        f"| {what} | {' | '.join(of_size[what] for of_size in found.values())} |"
        for what in next(iter(found.values()))
    ]
    return lines


def main() -> None:
    """Measure as the command line asks for it."""
    print(f"files on {work_in()}")
    print("\n".join(table(figures([int(word) for word in sys.argv[1:]] or SIZES))))


if __name__ == "__main__":
    main()
