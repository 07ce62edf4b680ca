"""A link that carries only so many bytes a second, for the replay server."""

from __future__ import annotations

import asyncio
from collections import deque

import attrs

BURST_S = 0.005
"""What a bucket holds at most, in seconds of its rate: timers go off late by a millisecond or two."""

SLICE_BYTES = 64 * 1024
"""Connections that answer at the same time take turns with slices of this size."""


@attrs.define
class Bucket:
    """A token bucket: tells how long bytes have to wait for the link.

    Attributes:
        bytes_per_s: what the link carries.
    """

    bytes_per_s: float
    _free_at: float = 0.0

    def delay_s(self, size: int, now: float) -> float:
        """Send so many bytes over the link, and return when the last of them is through, from now."""
        self._free_at = max(self._free_at, now - BURST_S) + size / self.bytes_per_s
        return max(0.0, self._free_at - now)


class Link:
    """The two directions of a link that all connections share.

    Args:
        mb_per_s: megabytes (of 10^6 bytes) that it carries in each direction in a second.
    """

    def __init__(self, mb_per_s: float) -> None:
        self.requests = Bucket(mb_per_s * 1e6)
        self.answers = Bucket(mb_per_s * 1e6)


class Outlet:
    """What a connection still has to send over the link, in slices."""

    def __init__(self, bucket: Bucket, transport: asyncio.Transport) -> None:
        self._bucket = bucket
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._slices: deque[memoryview] = deque()
        self._is_sending = False

    def send(self, data: bytes) -> None:
        """Send bytes after all those before them."""
        view = memoryview(data)
        self._slices.extend(view[at : at + SLICE_BYTES] for at in range(0, len(view), SLICE_BYTES))
        if not self._is_sending:
            self._next()

    def _next(self) -> None:
        self._is_sending = bool(self._slices) and not self._transport.is_closing()
        if self._is_sending:
            delay_s = self._bucket.delay_s(len(self._slices[0]), self._loop.time())
            self._loop.call_later(delay_s, self._write)

    def _write(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._slices.popleft())
        self._next()
