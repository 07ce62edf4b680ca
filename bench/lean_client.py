"""A client that does no more than send requests and cut answers, so that the platform is measured."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
import psutil
from filled_workspace import TOKEN

T = TypeVar("T")


class Wire:
    """One connection: requests go out as they are, answers come back as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader, self._writer, self._host = reader, writer, host

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Return the body of the answer."""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {TOKEN}\r\n"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        length = answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return await self._reader.readexactly(int(length))

    async def get(self, path: str) -> Any:
        """Return what the answer says."""
        return orjson.loads(await self.ask("GET", path))


async def connect(url: str, count: int) -> list[Wire]:
    """Open so many connections."""
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


def cpu_s(process: psutil.Process) -> float:
    """Return the CPU seconds that a process has used."""
    return float(sum(process.cpu_times()[:2]))


def chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return the items in parts."""
    return [items[start : start + size] for start in range(0, len(items), size)]
