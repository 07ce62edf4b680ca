from __future__ import annotations

import asyncio
import math
import socket
import struct
from types import SimpleNamespace

import pytest
from multidict import CIMultiDict

from asyncsdk.transport.timing import Timing


@pytest.fixture
def other_tasks():
    """Gives a function that lists the tasks that run beside the test and its runner."""

    def running():
        return [
            task
            for task in asyncio.all_tasks()
            if task is not asyncio.current_task() and "TestRunner" not in task.get_coro().__qualname__
        ]

    return running


class Received:
    """A request as it came over the wire."""

    def __init__(self, head, body, connection):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.headers = CIMultiDict(line.split(": ", 1) for line in lines[1:] if line)
        self.body, self.connection = body, connection
        self.head = head


def reply(status=200, body=b"{}", headers=(), *, length=None):
    """The bytes of an answer; `length=False` tells none and closes."""
    lines = [f"HTTP/1.1 {status} Status"]
    lines += [f"{name}: {value}" for name, value in dict(headers).items()]
    if length is False:
        lines.append("Connection: close")
    else:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Cut:
    """Bytes to send, after which the connection is closed (or reset)."""

    def __init__(self, data=b"", *, reset=False):
        self.data, self.reset = data, reset


class Stall:
    """Bytes to send, after which nothing more comes."""

    def __init__(self, data=b""):
        self.data = data


class RawServer:
    """Answers over a real socket what a script says, byte by byte."""

    def __init__(self):
        self.requests = []
        self.script = []
        self.connections = 0
        self.asked = asyncio.Event()
        self._server = None
        self._writers = set()

    def plays(self, *script):
        self.script = list(script)
        return self

    async def start(self, tls=None):
        """Listen; called again with a TLS context, listen with that instead."""
        if self._server is not None:
            self._server.close()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self.origin = f"https://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"

    async def stop(self):
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        self.connections += 1
        number = self.connections
        self._writers.add(writer)
        try:
            while await self._answer(reader, writer, number):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, reader, writer, number):
        head = await reader.readuntil(b"\r\n\r\n")
        received = Received(head[:-4], b"", number)
        received.body = await reader.readexactly(int(received.headers.get("Content-Length", 0)))
        self.requests.append(received)
        self.asked.set()
        play = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if callable(play):
            play = play(received)
        if isinstance(play, bytes):
            writer.write(play)
            await writer.drain()
            return b"Connection: close" not in play
        writer.write(play.data)
        await writer.drain()
        if isinstance(play, Stall):
            await reader.read()
        elif play.reset:
            # a linger time of zero makes the system send a reset
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return False


@pytest.fixture
async def server():
    """A raw server; `server.plays(…)` tells what it answers, the last item for ever."""
    raw = RawServer()
    await raw.start()
    yield raw
    await raw.stop()


@pytest.fixture
async def other_server():
    raw = RawServer()
    await raw.start()
    yield raw.plays(reply())
    await raw.stop()


class VirtualTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def timing(self):
        return Timing(sleep=self.sleep, draw=lambda: 0.5, clock=self.clock)


@pytest.fixture
def time():
    return VirtualTime()


@pytest.fixture
def time_is_up():
    """A function that ends the time of each request that is under way: `time_is_up(session)`."""

    def end(session):
        for lane in session._lanes.values():
            lane._deadlines._fires_at = math.inf
            lane._deadlines._expire()

    return end


@pytest.fixture
def wire():
    """The words in which the raw server's script is written."""
    return SimpleNamespace(reply=reply, Cut=Cut, Stall=Stall)


@pytest.fixture(autouse=True)
def plain_network(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
