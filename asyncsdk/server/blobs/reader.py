"""Reading an object: a small one in the hop that opens it, a large one piece by piece."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Self

from asyncsdk.errors import NotFoundError
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.blobs.objects import ObjectFolder
from asyncsdk.server.blobs.threads import FileThreads

__all__ = ["ObjectReader"]

_SMALL_BYTES = 256 * 1024
_CHUNK_BYTES = 512 * 1024


class ObjectReader:
    """An object that is open for reading while the context lasts, even when it is deleted meanwhile.

    Attributes:
        stored: what is known of the object.
        modified_s: when it was stored, in seconds since 1970.
        content: all of its bytes, when it is small.

    Raises:
        NotFoundError: on entering, there is no such object.
    """

    stored: StoredObject
    modified_s: float
    content: bytes | None = None

    def __init__(self, objects: ObjectFolder, threads: FileThreads, connector: str, key: str) -> None:
        self._objects = objects
        self._threads = threads
        self._connector = connector
        self._key = key
        self._descriptor = -1

    async def __aenter__(self) -> Self:
        try:
            await self._threads.run_short(self._open)
        except BaseException:
            self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._close()

    async def chunks(self, start: int, length: int) -> AsyncIterator[bytes]:
        """Read `length` bytes from `start` on, in pieces of bounded size."""
        if self.content is not None:
            yield self.content[start : start + length]
            return
        end = start + length
        while start < end:
            piece = await self._threads.run(os.pread, self._descriptor, min(_CHUNK_BYTES, end - start), start)
            if not piece:
                raise NotFoundError(f"object {self._key!r} was cut short while it was read", status=404)
            start += len(piece)
            yield piece

    def _open(self) -> None:
        try:
            self._descriptor = os.open(self._objects.path(self._connector, self._key), os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            raise self._missing() from None
        status = os.fstat(self._descriptor)
        stored = self._objects.describe(self._connector, self._key, status)
        if stored is None:
            raise self._missing()
        self.stored = stored
        self.modified_s = status.st_mtime
        if stored.size_bytes <= _SMALL_BYTES:
            self.content = os.pread(self._descriptor, stored.size_bytes, 0)
            self._close()

    def _close(self) -> None:
        # A file that was only read is closed without touching the disk, so no thread is needed.
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _missing(self) -> NotFoundError:
        return NotFoundError(f"there is no object {self._key!r}", status=404)
