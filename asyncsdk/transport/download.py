"""The body of an object on its way here."""

from __future__ import annotations

from typing import Self

import aiohttp

from asyncsdk.config import Timeouts
from asyncsdk.errors import ConnectionFailedError, ProtocolError
from asyncsdk.transport.failures import NETWORK_ERRORS, AttemptError, broken
from asyncsdk.transport.stall import ReadWatch
from asyncsdk.wire.checksums import Checksum, read_checksum
from asyncsdk.wire.ranges import ContentRange, parse_content_range
from asyncsdk.wire.retry import Outcome

__all__ = ["Download"]

_PROGRESS_BYTES = 1024 * 1024


class Download:
    """An async iterator over the bytes of an object, as the storage sends them.

    Attributes:
        start: position of the first byte that comes; 0 unless the storage goes on where it was asked to.
        size: the whole object's size; `None` if the storage does not tell.
        validator: the object's strong ETag, with which a broken download can go on; else `None`.
        checksum: the whole object's digest, if the storage tells one.
        received: bytes that have come.
    """

    def __init__(self, answer: aiohttp.ClientResponse, route: str, timeouts: Timeouts) -> None:
        part = content_range(answer)
        self.start: int = part.start if part else 0
        self.size: int | None = part.size if part else answer.content_length
        self.validator: str | None = strong_etag(answer) if self.size is not None else None
        self.checksum: Checksum | None = read_checksum(answer.headers, whole=part is None)
        self.received: int = 0
        self._answer = answer
        self._route = route
        self._timeouts = timeouts
        self._watch = ReadWatch(timeouts)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        data = await self._read()  # a body that ends short of its length raises there
        if not data:
            raise StopAsyncIteration
        self.received += len(data)
        return data

    async def _read(self) -> bytes:
        try:
            return await self._watch.read(self._answer.content.readany)
        except TimeoutError:
            least = f"fewer than {self._timeouts.stall_bytes} bytes in {self._timeouts.stall_s:g} s"
            failure = self._lost(f"the transfer stalls: {least}")
        except NETWORK_ERRORS as error:
            failure = self._lost("the transfer broke off", broken(error, self._route).error)
        raise failure

    def _lost(self, text: str, cause: Exception | None = None) -> AttemptError:
        error = ConnectionFailedError(f"{self._route}: {text}")
        error.__cause__ = cause
        progressed = self.validator is not None and self.received >= _PROGRESS_BYTES
        return AttemptError(Outcome.UNKNOWN, error, progressed=progressed)

    async def read(self, max_bytes: int) -> bytes:
        """Return the whole body.

        Raises:
            ProtocolError: it is larger than `max_bytes`.
            AttemptError: the transfer broke off.
        """
        pieces: list[bytes] = []
        size, content = self._answer.content_length or 0, self._answer.content
        while size <= max_bytes and not content.at_eof() and (piece := await anext(self, None)):
            pieces.append(piece)
            size = max(size, self.received)
        if size > max_bytes:
            raise ProtocolError(f"{self._route}: the object has more than {max_bytes} bytes")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def content_range(answer: aiohttp.ClientResponse) -> ContentRange | None:
    """Return which part of the object an answer carries; `None` for the whole."""
    return parse_content_range(answer.headers.get("Content-Range")) if answer.status == 206 else None


def strong_etag(answer: aiohttp.ClientResponse) -> str | None:
    """Return the answer's ETag, if it is a strong one: the same ETag, the same bytes."""
    etag = answer.headers.get("ETag")
    return etag if etag and not etag.startswith("W/") else None
