"""An answer whose head is here and whose body is still to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self

import aiohttp

from asyncsdk.errors import ProtocolError

__all__ = ["Answer"]


class Answer:
    """Holds a connection until it is closed.

    Args:
        status: the HTTP status.
        headers: by any case of their names.
        content: the body, as it comes.
        end: called once, with whether all was read: then the connection can be used again.
    """

    __slots__ = ("_end", "content", "headers", "status")

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        content: aiohttp.StreamReader,
        end: Callable[[bool], None],
    ) -> None:
        self.status: int = status
        self.headers: Mapping[str, str] = headers
        self.content: aiohttp.StreamReader = content
        self._end: Callable[[bool], None] | None = end

    @property
    def content_length(self) -> int | None:
        """The length that the host tells, in bytes."""
        length = self.headers.get("Content-Length")
        return None if length is None else int(length)

    async def read(self, max_bytes: int, route: str) -> bytes:
        """Return the body.

        Args:
            max_bytes: of the body.
            route: what was asked for, for texts.

        Raises:
            aiohttp.ClientError: or another of `failures.NETWORK_ERRORS`.
            ProtocolError: it is larger than `max_bytes`.
        """
        pieces: list[bytes] = []
        size, content = 0, self.content
        while not content.at_eof() and (piece := await content.readany()):
            pieces.append(piece)
            size += len(piece)
            if size > max_bytes:
                raise ProtocolError(f"{route}: the answer is larger than {max_bytes} bytes")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        """Give the connection back; leaving the body before its end drops it."""
        end, self._end = self._end, None
        if end is not None:
            end(self.content.at_eof() and self.content.exception() is None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
