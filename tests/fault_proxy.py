"""A proxy between a client and a platform, which keeps what passes and breaks what it is told to."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable

import aiohttp
import attrs
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

__all__ = ["Passed", "Passing", "Proxy"]


@attrs.frozen
class Passed:
    """A request that passed the proxy."""

    method: str
    path: str
    query: str
    headers: CIMultiDict
    body: bytes

    @property
    def line(self):
        return f"{self.method} {self.path}"


@attrs.define
class Rule:
    method: str
    part: str
    act: Callable[..., Awaitable[web.StreamResponse]]
    left: int

    def fits(self, passed):
        return self.left > 0 and passed.method == self.method and self.part in passed.path


@attrs.define(eq=False)
class Passing:
    """A request on its way: `await forward()` gives the platform's answer."""

    request: web.Request
    passed: Passed
    proxy: Proxy

    async def forward(self):
        return await self.proxy.forward(self.passed)

    def drop(self):
        """Close the connection without a word."""
        self.request.transport.abort()
        return web.Response()

    async def send_part(self, response, length):
        """Send the head of an answer and only so much of its body."""
        started = web.StreamResponse(status=response.status, headers=response.headers)
        started.content_length = len(response.body)
        await started.prepare(self.request)
        await started.write(response.body[:length])
        return started


@attrs.define
class Crowd:
    """Requests that are under way at once."""

    inside: int = 0
    peak: int = 0


class Proxy:
    """Stands between a client and a platform, its storage included; keeps what passes, breaks what it is told to.

    `proxy.on("GET", "/storage/", act, times=1)` lets `act(passing)` answer what fits, the last rule first.
    """

    def __init__(self, target):
        self.target, self.origin = target, ""
        self.passed = []
        self._rules = []

    def on(self, method, part, act, times=1_000_000):
        self._rules.insert(0, Rule(method, part, act, times))

    def answers(self, method, part, times=1_000_000, *, status=200, headers=None, body=b"{}"):
        async def act(_):
            return web.Response(status=status, headers=headers, body=body)

        self.on(method, part, act, times)

    def loses_answer(self, method, part, times=1):
        """Let a request do its work, and close the connection in place of an answer."""

        async def act(passing):
            await passing.forward()
            return passing.drop()

        self.on(method, part, act, times)

    def swallows(self, method, part, times=1):
        """Close the connection in place of passing a request on."""

        async def act(passing):
            return passing.drop()

        self.on(method, part, act, times)

    def crowds(self, method, part, number):
        """Hold requests back until so many are there at once; the crowd that is returned tells the most."""
        crowd = Crowd()
        gathered = asyncio.Event()

        async def act(passing):
            crowd.inside += 1
            crowd.peak = max(crowd.peak, crowd.inside)
            if crowd.inside == number:
                gathered.set()
            await gathered.wait()
            await asyncio.sleep(0)
            answer = await passing.forward()
            crowd.inside -= 1
            return answer

        self.on(method, part, act)
        return crowd

    def count(self, method, part=""):
        return len(self.of(method, part))

    def of(self, method, part=""):
        return [passed for passed in self.passed if passed.method == method and part in passed.path]

    async def forward(self, passed):
        headers = passed.headers.copy()
        headers.popall("Host", None)
        target = URL(f"{self.target}{passed.path}{passed.query and '?'}{passed.query}", encoded=True)
        body = io.BytesIO(passed.body) if passed.body else None
        async with self._session.request(
            passed.method, target, headers=headers, data=body, allow_redirects=False
        ) as answered:
            content = await answered.read()
            kept = answered.headers.copy()
            if answered.content_type == "application/json":
                content = content.replace(self.target.encode(), self.origin.encode())
            for name in ("Content-Length", "Transfer-Encoding", "Date", "Server"):
                kept.popall(name, None)
            return web.Response(status=answered.status, headers=kept, body=content)

    async def _serve(self, request):
        path, _, query = request.raw_path.partition("?")
        passed = Passed(request.method, path, query, request.headers.copy(), await request.read())
        self.passed.append(passed)
        rule = next((rule for rule in self._rules if rule.fits(passed)), None)
        if rule is None:
            return await self.forward(passed)
        rule.left -= 1
        return await rule.act(Passing(request, passed, self))

    async def start(self):
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{tail:.*}", self._serve)
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self):
        await self._runner.cleanup()
        await self._session.close()
