"""Who holds on to a platform: each client keeps one request open; an embedded platform stops with the last.

A client that is killed leaves too: its kernel closes the connection.
"""

from __future__ import annotations

import asyncio
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from asyncsdk.errors import ApiError
from asyncsdk.server.middleware import Gate

__all__ = ["Attachments"]

_LOOK_S = 0.2


class Attachments:
    """Counts the clients that hold on to the platform."""

    def __init__(self) -> None:
        self._count = 0
        self._alone_since = 0.0
        self._ending = False

    async def release(self, _app: web.Application) -> None:
        """Let every client go, as the platform stops."""
        self._ending = True

    def handler(self, gate: Gate) -> Handler:
        """Return the handler of the attach route.

        It answers 503 once the platform is about to stop, so that a client that comes too late waits for
        the next one.
        """

        async def attach(request: web.Request) -> web.StreamResponse:
            await gate.scope(request)
            if self._ending:
                raise ApiError("the platform is about to stop", status=503)
            response = web.StreamResponse()
            self._count += 1
            try:
                await response.prepare(request)
                await response.write(b"attached\n")
                while not self._ending and _is_held(request):  # noqa: ASYNC110 - a connection's end is seen by looking
                    await asyncio.sleep(_LOOK_S)
            finally:
                self._count -= 1
                self._alone_since = time.monotonic()
            return response

        return attach

    async def until_alone(self, idle_s: float) -> None:
        """Wait until no client has been there for a time; from then on, none is let in.

        Args:
            idle_s: how long the platform stays without any client.
        """
        self._alone_since = time.monotonic()
        while self._count or time.monotonic() - self._alone_since < idle_s:  # noqa: ASYNC110 - it is time that passes
            await asyncio.sleep(min(_LOOK_S, idle_s))
        self._ending = True


def _is_held(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
