"""How much does the platform answer in a second, and what does it cost?

    python bench/platform_speed.py [assets] [annotations]

A workspace is filled, `asyncsdk serve` runs on it in a process of its own, and a client that does no more than
send requests and cut answers asks over a few connections. Printed are things per second of the wall (the client
shares the cores), and of the platform's CPU, which says more on a machine that others use too; then the CPU of
a page at the first, a middle and the last place of the listing.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import psutil
from filled_workspace import TOKEN, annotate, fill
from serving import platform

PAGE, CHUNK, BULK, BOXES, CONNECTIONS, ROUNDS = 1000, 100, 200, 5, 4, 5


class Wire:
    """One connection: requests go out as they are, answers come back as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader, self._writer, self._host = reader, writer, host

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {TOKEN}\r\n"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return await self._reader.readexactly(int(length))


async def connect(url: str, count: int) -> list[Wire]:
    where = urlsplit(url)
    return [
        Wire(*await asyncio.open_connection(where.hostname, where.port, limit=2**20), where.netloc)
        for _ in range(count)
    ]


async def spread(wires: Sequence[Wire], jobs: Sequence[Callable[[Wire], Awaitable[object]]]) -> None:
    """Do jobs, as many at a time as there are connections."""
    left = iter(jobs)

    async def work(wire: Wire) -> None:
        for job in left:
            await job(wire)

    await asyncio.gather(*map(work, wires))


async def timed(process: psutil.Process, what: str, count: int, work: Awaitable[object]) -> None:
    cpu, begun = sum(process.cpu_times()[:2]), time.perf_counter()
    await work
    wall, cpu = time.perf_counter() - begun, sum(process.cpu_times()[:2]) - cpu
    print(f"{what:34} {count / wall:12,.0f}/s {count / cpu:16,.0f} per CPU second")


async def walk(wire: Wire, path: str) -> None:
    cursor = ""
    while True:
        page = await wire.ask("GET", f"{path}?limit={PAGE}{cursor}")
        found = page.rpartition(b'"next_cursor":"')[2].partition(b'"')[0]
        if page.endswith(b'"next_cursor":null}'):
            return
        cursor = f"&cursor={found.decode()}"


async def depths(wire: Wire, process: psutil.Process, path: str) -> None:
    first = orjson.loads(await wire.ask("GET", f"{path}?limit={PAGE}&shards=true"))
    cursors = [first["next_cursor"], *first.get("shards", ())]
    places = {"first": "", "middle": cursors[len(cursors) // 2], "last": cursors[-1]}
    costs: dict[str, list[float]] = {place: [] for place in places}
    for _, (place, cursor) in itertools.product(range(ROUNDS), places.items()):
        before = sum(process.cpu_times()[:2])
        for _ in range(20):
            await wire.ask("GET", f"{path}?limit={PAGE}" + (f"&cursor={cursor}" if cursor else ""))
        costs[place].append((sum(process.cpu_times()[:2]) - before) * 50)
    for place, found in costs.items():
        print(f"{place + ' page of 1,000 assets':34} {statistics.median(found):12.1f} ms of CPU")


def loading(path: str, ids: Sequence[str]) -> Callable[[Wire], Awaitable[object]]:
    return lambda wire: wire.ask("XGET", path, orjson.dumps(ids))


def making(path: str, assets: Sequence[str], label: str) -> Callable[[Wire], Awaitable[object]]:
    boxes = [{"label_id": label, "x": n, "y": 2 * n, "w": 30 + n, "h": 40} for n in range(BOXES)]
    body = {"annotations": [{"asset_id": asset, "rectangles": boxes} for asset in assets]}
    return lambda wire: wire.ask("POST", path, orjson.dumps({"import_type": "CONCATENATE", **body}))


def chunks(items: Sequence[str], size: int) -> list[Sequence[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


async def measure(url: str, process: psutil.Process, version: str, label: str, assets: int) -> None:
    home = f"/api/dataset/version/{version}"
    wires = await connect(url, CONNECTIONS)
    for _ in range(2):
        await timed(process, "assets, one page after another", assets, walk(wires[0], f"{home}/assets"))
    first = orjson.loads(await wires[0].ask("GET", f"{home}/assets?limit={PAGE}&shards=true"))
    pages = [f"{home}/assets?limit={PAGE}&cursor={cursor}" for cursor in first.get("shards", ())]
    jobs = [lambda wire, page=page: wire.ask("GET", page) for page in pages]
    await timed(process, "assets, pages in parallel", assets - PAGE, spread(wires, jobs))
    await depths(wires[0], process, f"{home}/assets")
    ids = orjson.loads(await wires[0].ask("GET", f"{home}/annotations/ids"))
    jobs = [loading(f"{home}/annotations", part) for part in chunks(ids, CHUNK)]
    for _ in range(2):
        await timed(process, "loaded annotations of 5 boxes", len(ids), spread(wires, jobs))
    free = [item["id"] for item in first["items"]]
    jobs = [making(f"{home}/bulk-annotations", part, label) for part in chunks(free, BULK)] * 10
    await timed(process, "created boxes", len(free) * BOXES * 10, spread(wires, jobs))


def main() -> None:
    assets, annotations = (int(text) for text in (*sys.argv[1:], *("100000", "20000")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        version = fill(Path(folder), assets)
        label = annotate(Path(folder), BOXES, count=annotations)
        print(f"{assets:,} assets, {annotations:,} annotations of {BOXES} boxes")
        with platform(Path(folder), TOKEN) as (url, process):
            asyncio.run(measure(url, process, version, label, assets))


if __name__ == "__main__":
    main()
