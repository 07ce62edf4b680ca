"""Who uses an embedded platform: each client holds one request open, and the last to leave stops it.

A client that is killed leaves too: its kernel closes the connection.
"""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from asyncsdk.server.middleware import Gate

__all__ = ["Attachments"]

_LOOK_S = 0.2


class Attachments:
    """Counts the clients that hold on to the platform.

    Args:
        idle_s: how long the platform stays without any client.
    """

    def __init__(self, idle_s: float) -> None:
        self._idle_s = idle_s
        self._count = 0
        self._alone_since = time.monotonic()

    def handler(self, gate: Gate) -> web.Handler:  # type: ignore[name-defined]
        """Return the handler of the attach route."""

        async def attach(request: web.Request) -> web.StreamResponse:
            await gate.scope(request)
            response = web.StreamResponse()
            self._count += 1
            try:
                await response.prepare(request)
                await response.write(b"attached\n")
                while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_S)
            finally:
                self._count -= 1
                self._alone_since = time.monotonic()
            return response

        return attach

    async def until_alone(self) -> None:
        """Wait until no client has been there for the idle time."""
        while self._count or time.monotonic() - self._alone_since < self._idle_s:  # noqa: ASYNC110 - it is time that passes
            await asyncio.sleep(_LOOK_S)
