"""Noticing that a transfer no longer moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress

from asyncsdk.config import Timeouts

__all__ = ["ReadWatch", "SendWatch"]


class ReadWatch:
    """Watches reading: at least `stall_bytes` within `stall_s` of waiting.

    Only the waiting for bytes counts, not what the reader does with them. It sees the trickle; that not a
    single byte comes is for the connection's own time-out to see, which costs nothing per piece.

    Args:
        timeouts: what counts as a stall.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._waited_s = 0.0
        self._bytes = 0

    async def read(self, pull: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return what `pull` returns.

        Raises:
            TimeoutError: the transfer stalls.
        """
        clock = asyncio.get_running_loop().time
        began_at = clock()
        data = await pull()
        self._waited_s += clock() - began_at
        self._bytes += len(data)
        if self._bytes >= self._timeouts.stall_bytes:
            self._bytes = 0
            self._waited_s = 0.0
        elif data and self._waited_s > self._timeouts.stall_s:
            raise TimeoutError
        return data


class SendWatch:
    """Watches sending: at least `stall_bytes` taken within `stall_s`, then an answer within `request_s`.

    Args:
        timeouts: what counts as a stall.

    Attributes:
        timeout: to be entered around the request.
        source_error: what the source of the bytes raised, if it did; the HTTP library hides it.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._bytes = 0
        self.timeout: asyncio.Timeout = asyncio.timeout(timeouts.connect_s + timeouts.stall_s)
        self.source_error: Exception | None = None

    async def watch(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Yield the pieces of the body, and move the time-out on as they are taken."""
        try:
            async for piece in pieces:
                yield piece
                self._count(len(piece))
        except Exception as error:
            self.source_error = error
            raise
        self._allow(self._timeouts.request_s)

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes >= self._timeouts.stall_bytes:
            self._bytes = 0
            self._allow(self._timeouts.stall_s)

    def _allow(self, seconds: float) -> None:
        with suppress(RuntimeError):  # the request has ended just now
            self.timeout.reschedule(asyncio.get_running_loop().time() + seconds)
