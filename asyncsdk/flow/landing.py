"""Large files that land piece by piece, and go on where an earlier download broke off."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import attrs

from asyncsdk.errors import TransferError
from asyncsdk.flow.files import (
    PIECE_BYTES,
    DamagedFileError,
    beside,
    create,
    new_digest,
    sync_folder,
    verify,
    write_all,
    writing,
)
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread
from asyncsdk.records import codec
from asyncsdk.wire.checksums import Checksum

if TYPE_CHECKING:
    from hashlib import _Hash

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: no lock between processes
    fcntl = None  # type: ignore[assignment]

__all__ = ["LandingFile"]


@attrs.frozen
class _Mark:
    """What the note beside a part tells: which object it is a part of."""

    validator: str
    size: int


class LandingFile:
    """A file that is being downloaded; an async context manager.

    The bytes go to a hidden part file beside the target. `commit` verifies length and checksum and
    renames it. Left without `commit`, the part stays for a later download if the server gave a validator
    and a size, with a note of both beside it; otherwise it is removed. A file that was there under the
    name stays until the new one is whole.

    Args:
        path: where the file shall be.
        fsync: on `commit` wait until the disk has it, to survive a power loss.

    Attributes:
        path: where the file shall be.
        offset: bytes of an earlier download that are there; a transfer may start here if the server's
            object still has `validator`.
        validator: the object's strong ETag in that earlier download, `None` if there is nothing to
            resume.

    Example:
        A download that resumes, with `open_download` of the transport::

            async with LandingFile(path) as landing:
                async with storage.open_download(
                    url, start=landing.offset, validator=landing.validator
                ) as body:
                    await landing.begin(
                        start=body.start, size=body.size, validator=body.validator, checksum=body.checksum
                    )
                    async for chunk in body:
                        await landing.write(chunk)
                    await landing.commit()
    """

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        self.path = path
        self.offset: int = 0
        self.validator: str | None = None
        self._fsync = fsync
        self._part = beside(path, ".part")
        self._note = beside(path, ".part.json")
        self._begun = False
        self._descriptor: int | None = None
        self._mark: _Mark | None = None
        self._size: int | None = None
        self._checksum: Checksum | None = None
        self._digest: _Hash | None = None
        self._pieces: list[bytes] = []
        self._buffered = 0

    async def __aenter__(self) -> Self:
        await in_file_thread(self._find_part)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._begun:
            await clean_up_in_file_thread(self._set_aside)

    async def begin(
        self, *, start: int, size: int | None, validator: str | None, checksum: Checksum | None = None
    ) -> None:
        """Say what will be written.

        Args:
            start: position of the first byte that comes: `offset` goes on, 0 starts anew.
            size: the whole object's size; `None` if the server does not tell.
            validator: the object's strong ETag, if it has one.
            checksum: the whole object's digest, if the server tells one.

        Raises:
            DamagedFileError: `start` is neither 0 nor `offset`.
            TransferError: the file cannot be written, or another process is downloading it.
        """
        if start not in (0, self.offset) or (start and validator != self.validator):
            raise DamagedFileError(str(self.path), f"the answer goes on at byte {start} of another object")
        self.offset, self.validator = start, validator
        self._size, self._checksum = size, checksum
        self._mark = None if validator is None or size is None else _Mark(validator, size)
        await in_file_thread(self._open_part)

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; they reach the disk in larger pieces.

        Raises:
            DamagedFileError: there is more than was announced.
            TransferError: the file cannot be written, for example because the disk is full.
        """
        self._pieces.append(chunk)
        self._buffered += len(chunk)
        if self._buffered >= PIECE_BYTES:
            await in_file_thread(self._flush)

    async def commit(self) -> Path:
        """Verify the file and give it its name.

        Returns:
            The path.

        Raises:
            DamagedFileError: length or checksum are not as announced.
            TransferError: the file cannot be written.
        """
        await in_file_thread(self._finish)
        return self.path

    def _find_part(self) -> None:
        try:
            mark = codec.decode(self._note.read_bytes(), _Mark)
            done = self._part.stat().st_size
        except (OSError, codec.CodecError):
            return
        if 0 < done <= mark.size:
            self.offset, self.validator = done, mark.validator

    def _open_part(self) -> None:
        with writing(self.path):
            descriptor = create(self._part)
            try:
                self._lock(descriptor)
                os.ftruncate(descriptor, self.offset)  # before the note: a part never gets a newer note
                if self._mark is None:
                    self._note.unlink(missing_ok=True)
                elif self.offset == 0:
                    self._write_note(codec.encode(self._mark))
                self._start_digest(descriptor)
                os.lseek(descriptor, self.offset, os.SEEK_SET)
            except BaseException:
                os.close(descriptor)
                raise
        self._descriptor = descriptor
        self._begun = True

    def _write_note(self, data: bytes) -> None:
        descriptor = create(self._note, os.O_TRUNC)
        try:
            write_all(descriptor, data)
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        """Keep other processes away, also one that has just renamed the part that was opened here."""
        if fcntl is None:  # pragma: no cover
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.path.samestat(os.fstat(descriptor), self._part.stat())
        except (BlockingIOError, FileNotFoundError):
            ours = False
        if not ours:
            raise TransferError(str(self.path), "another download of this file is running")

    def _start_digest(self, descriptor: int) -> None:
        if self._checksum is None:
            return
        self._digest = new_digest(self._checksum)
        os.lseek(descriptor, 0, os.SEEK_SET)
        left = self.offset
        while left > 0 and (piece := os.read(descriptor, min(4 * PIECE_BYTES, left))):
            self._digest.update(piece)
            left -= len(piece)

    def _flush(self) -> None:
        assert self._descriptor is not None, "begin() comes before write()"
        pieces, size = self._pieces, self._buffered
        self._pieces, self._buffered = [], 0
        if self._size is not None and self.offset + size > self._size:
            self._mark = None
            reason = f"more than the announced {self._size} bytes arrived"
            raise DamagedFileError(str(self.path), reason, bytes_done=self.offset)
        with writing(self.path):
            for piece in pieces:  # joining them first would copy every byte once more
                write_all(self._descriptor, piece)
                self.offset += len(piece)
        if self._digest is not None:
            for piece in pieces:
                self._digest.update(piece)

    def _finish(self) -> None:
        self._flush()
        assert self._descriptor is not None
        if self._size is not None and self.offset != self._size:
            reason = f"{self.offset} of {self._size} bytes arrived"
            raise DamagedFileError(str(self.path), reason, bytes_done=self.offset)
        if self._checksum is not None and self._digest is not None:
            mark, self._mark = self._mark, None  # a damaged part is nothing to go on from
            verify(self.path, self._checksum, self._digest.hexdigest(), self.offset)
            self._mark = mark
        with writing(self.path):
            if self._fsync:
                os.fsync(self._descriptor)
            if fcntl is None:  # pragma: no cover - on Windows an open file cannot be renamed
                self._close()
            self._part.replace(self.path)
            self._begun = False
            self._close()
            self._note.unlink(missing_ok=True)
            if self._fsync:
                sync_folder(self.path.parent)

    def _set_aside(self) -> None:
        """Keep what can be resumed, remove what cannot."""
        with suppress(TransferError):  # the error that brought us here is the one to tell
            if self._mark is not None and self._descriptor is not None:
                self._flush()
        self._close()
        with suppress(OSError):
            if self._mark is not None:
                return
            self._part.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
