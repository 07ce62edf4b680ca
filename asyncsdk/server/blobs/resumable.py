"""Resumable uploads: one file that grows by slices, each sent with a `Content-Range`.

What has arrived counts, also of a slice that broke off; the sender asks how much that is and goes on there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import attrs

from asyncsdk.errors import BadRequestError
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.blobs.durable import Disk, write_all

__all__ = ["GrowingFile", "Progress", "Slice", "parse_slice"]

_SLICE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)", re.ASCII)


@attrs.frozen
class Slice:
    """What a request of a resumable upload carries."""

    start: int | None
    """Offset of its first byte; `None` when it only asks how far the upload is."""

    length: int
    """How many bytes it carries."""

    size: int | None
    """Length of the whole object, where the sender knows it by now."""


@attrs.frozen
class Progress:
    """How far a resumable upload is."""

    received: int
    """How many bytes are here."""

    stored: StoredObject | None = None
    """The object, once it is complete."""


def parse_slice(header: str) -> Slice:
    """Read a `Content-Range` header.

    Raises:
        BadRequestError: it is malformed, or the slice is empty or reaches past the end.
    """
    match = _SLICE.fullmatch(header.strip())
    if match is None:
        raise BadRequestError("the Content-Range is malformed", status=400)
    first, last, whole = match.groups()
    size = None if whole == "*" else int(whole)
    if first is None:
        return Slice(None, 0, size)
    start, length = int(first), int(last) - int(first) + 1
    if length < 1 or (size is not None and start + length > size):
        raise BadRequestError("the Content-Range is not within the object", status=400)
    return Slice(start, length, size)


class GrowingFile:
    """Writes one slice to the file of a resumable upload; blocking.

    Args:
        path: the file; must exist.
        disk: how to write.
    """

    def __init__(self, path: str, disk: Disk) -> None:
        self.path = path
        self._disk = disk
        self._descriptor = -1
        self._room = 0
        self._known = 0

    def begin(self, part: Slice) -> None:
        """Open the file at its end; what has arrived of the slice before will be passed over.

        Raises:
            BadRequestError: bytes before the slice are missing.
        """
        self._descriptor = os.open(self.path, os.O_WRONLY)
        held = os.fstat(self._descriptor).st_size
        start = held if part.start is None else part.start
        if start > held:
            raise BadRequestError(f"the upload goes on at byte {held}, not {start}", status=400)
        os.lseek(self._descriptor, held, os.SEEK_SET)
        self._room = part.length
        self._known = held - start

    def write(self, pieces: Sequence[bytes]) -> None:
        """Append some bytes of the slice.

        Raises:
            BadRequestError: the body is longer than the slice.
        """
        content = b"".join(pieces)
        if len(content) > self._room:
            raise BadRequestError("the body is longer than its Content-Range", status=400)
        self._room -= len(content)
        write_all(self._descriptor, content[self._known :])
        self._known = max(0, self._known - len(content))

    def finish(self, pieces: Sequence[bytes]) -> int:
        """Append the last bytes and return how long the file is.

        Raises:
            BadRequestError: the body is longer or shorter than the slice.
        """
        self.write(pieces)
        if self._room:
            raise BadRequestError("the body is shorter than its Content-Range", status=400)
        self._disk.flush(self._descriptor)
        return os.fstat(self._descriptor).st_size

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
