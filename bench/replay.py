"""A server that answers from memory, so that a bench measures the client alone.

    python bench/replay.py [--latency-ms 30] [--bandwidth-mb-s 100] [--assets 100000] …

It prints its URL and serves what the published client, asyncsdk and a bare loop need: a listing of assets,
annotations, an import, downloads and uploads. Answers are encoded once and kept; a request costs a table
look-up. HTTP is spoken by hand on an event loop's protocol, as any framework would cost more than the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
from functools import partial
from typing import cast
from urllib.parse import unquote

import uvloop
from bandwidth import Link, Outlet
from replay_routes import ROUTES, Answer, parameters
from replay_world import World, head

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
TOO_MANY = head(429, 2) + b"{}"


class Connection(asyncio.Protocol):
    """One client's connection: requests come in, answers go out after the latency."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.buffer = bytearray()
        self.head: tuple[str, str] | None = None
        self.missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._take_request():
            pass

    def _take_request(self) -> bool:
        if self.head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            line = self.buffer[: self.buffer.find(b"\r\n")].decode("latin-1")
            length = _LENGTH.search(self.buffer, 0, end + 2)
            self.missing = int(length[1]) if length else 0
            method, target, _ = line.split(" ", 2)
            self.head = method, target
            del self.buffer[: end + 4]
        if len(self.buffer) < self.missing:
            return False
        body = bytes(self.buffer[: self.missing])
        del self.buffer[: self.missing]
        method, target = self.head
        self.head = None
        self._answer(method, target, body)
        return True

    def _answer(self, method: str, target: str, body: bytes) -> None:
        path, _, query = target.partition("?")
        reply: Answer = head(404, 2) + b"{}"
        for wanted, pattern, handler in ROUTES:
            if wanted == method and (found := pattern.fullmatch(unquote(path))):
                reply = handler(self.world, parameters(query), body, found)
                break
        else:
            print(f"no route: {method} {target}", flush=True)
        options = self.world.options
        if options.capacity and self.world.busy >= options.capacity and not path.endswith("/ping"):
            self._send(TOO_MANY)
        elif options.latency_ms:
            self.world.busy += 1
            asyncio.get_running_loop().call_later(options.latency_ms / 1000, self._finish, reply)
        else:
            self._send(reply)

    def _finish(self, reply: Answer) -> None:
        self.world.busy -= 1
        self._send(reply)

    def _send(self, reply: Answer) -> None:
        if not self.transport.is_closing():
            for part in reply if isinstance(reply, list) else [reply]:
                self.transport.write(part)


class SlowConnection(Connection):
    """One client's connection over a link that others use too: bytes take their time in both directions."""

    def __init__(self, world: World, link: Link) -> None:
        super().__init__(world)
        self.link = link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.outlet = Outlet(self.link.answers, self.transport)

    def data_received(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        delay_s = self.link.requests.delay_s(len(data), loop.time())
        if delay_s:
            self.transport.pause_reading()
            loop.call_later(delay_s, self._arrived, data)
        else:
            super().data_received(data)

    def _arrived(self, data: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()
            super().data_received(data)

    def _send(self, reply: Answer) -> None:
        for part in reply if isinstance(reply, list) else [reply]:
            self.outlet.send(part)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency-ms", type=float, default=0.0, help="what each answer waits")
    parser.add_argument(
        "--bandwidth-mb-s",
        type=float,
        default=0.0,
        help="megabytes a second that all connections share, in each direction; 0 is no limit",
    )
    parser.add_argument("--assets", type=int, default=1000, help="how many assets, each with an annotation")
    parser.add_argument("--file-bytes", type=int, default=60_000, help="size of each file")
    parser.add_argument(
        "--polygons", action="store_true", help="annotations of five polygons, not of five boxes"
    )
    parser.add_argument(
        "--cursors", action="store_true", help="let asyncsdk walk by cursor, as the published client does"
    )
    parser.add_argument("--boxes", type=int, default=5, help="boxes of each annotation")
    parser.add_argument("--capacity", type=int, default=0, help="requests at once; others get a 429")
    parser.add_argument("--keys", action="store_true", help="honour idempotency keys, as our platform does")
    return parser.parse_args()


async def main() -> None:
    world = World(options())
    loop = asyncio.get_running_loop()
    made = partial(Connection, world)
    if world.options.bandwidth_mb_s:
        made = partial(SlowConnection, world, Link(world.options.bandwidth_mb_s))
    server = await loop.create_server(made, "127.0.0.1", 0, backlog=1024)
    world.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    print(world.origin, flush=True)
    await stop.wait()


if __name__ == "__main__":
    uvloop.run(main())
