"""Files that appear whole under their name, or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from asyncsdk.errors import MissingFileError, TransferError
from asyncsdk.flow.name_buckets import NameSet
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread, in_short_job_thread
from asyncsdk.wire.checksums import Checksum

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = [
    "DamagedFileError",
    "existing_names",
    "land_bytes",
    "landing_whole",
    "read_chunks",
    "reading",
    "writing",
    "written_whole",
]

PIECE_BYTES = 256 * 1024
"""Large files are read and written in pieces of this size or more."""

_MAX_NAME_BYTES = 255


class DamagedFileError(TransferError):
    """What arrived is not what was announced, in length or checksum; fetching it again may help."""


async def land_bytes(
    path: Path, data: bytes, *, checksum: Checksum | None = None, fsync: bool = False
) -> Path:
    """Write a small file in one hop to a thread: under a temporary name beside it, then renamed.

    A file of that name is replaced, and stays as it was if anything fails. Missing folders are made.

    Args:
        path: where the file shall be.
        data: its content.
        checksum: what the content's digest must be.
        fsync: wait until the disk has it, to survive a power loss.

    Returns:
        The path.

    Raises:
        DamagedFileError: the digest differs; nothing was written.
        TransferError: the file cannot be written.
    """
    await in_short_job_thread(_land, path, data, checksum, fsync=fsync)
    return path


def _land(path: Path, data: bytes, checksum: Checksum | None, *, fsync: bool) -> None:
    if checksum is not None:
        digest = new_digest(checksum)
        digest.update(data)
        verify(path, checksum, digest.hexdigest(), len(data))
    part = _new_part(path)
    with writing(path):
        # plain calls: a file object would make more of them, and at each one threads change places
        descriptor = create(part, os.O_EXCL)
        try:
            try:
                write_all(descriptor, data)
                if fsync:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
        if fsync:
            sync_folder(path.parent)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears under its name when the context is left without an error; blocking.

    A file of that name is replaced, and stays as it was if anything fails. Missing folders are made.

    Args:
        path: where the file shall be.

    Raises:
        TransferError: the file cannot be written.
    """
    part = _new_part(path)
    with writing(path):
        descriptor = create(part, os.O_EXCL)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise


@asynccontextmanager
async def landing_whole(path: Path) -> AsyncIterator[BinaryIO]:
    """Give the same as `written_whole`, opened and ended in a thread.

    Args:
        path: where the file shall be.

    Raises:
        TransferError: the file cannot be written.
    """
    whole = written_whole(path)
    file = await in_file_thread(whole.__enter__)
    try:
        yield file
    except BaseException as error:
        await clean_up_in_file_thread(whole.__exit__, type(error), error, error.__traceback__)
        raise
    await in_file_thread(whole.__exit__, None, None, None)


async def existing_names(folder: Path) -> NameSet:
    """Return the names in a folder, in one hop to a thread; none when there is no such folder."""
    return await in_file_thread(_names, folder)


def _names(folder: Path) -> NameSet:
    try:
        with os.scandir(folder) as entries:
            return NameSet(entry.name for entry in entries)
    except FileNotFoundError:
        return NameSet()


async def read_chunks(
    path: Path, *, start: int = 0, length: int | None = None, piece: int = PIECE_BYTES
) -> AsyncIterator[bytes]:
    """Yield a file, or a part of it, piece by piece, read in a thread.

    Args:
        path: the file.
        start: first byte.
        length: bytes to read; `None` reads to the end.
        piece: bytes per piece.

    Raises:
        MissingFileError: there is no such file.
        TransferError: it cannot be read, ends before `length`, or is changed meanwhile.
    """
    state: os.stat_result | None = None
    position, left = start, length
    while left is None or left > 0:
        wanted = piece if left is None else min(piece, left)
        data, now = await in_file_thread(_read_piece, path, position, wanted)
        if state is not None and _identity(now) != _identity(state):
            raise TransferError(str(path), "the file was changed while it was read")
        state = now
        if not data:
            break
        position += len(data)
        left = None if left is None else left - len(data)
        yield data
    if left:
        raise TransferError(str(path), f"the file ends {left} bytes early")


def _read_piece(path: Path, position: int, size: int) -> tuple[bytes, os.stat_result]:
    """Open, read, close: an iterator that is dropped half-way leaves nothing open."""
    with reading(path), path.open("rb", buffering=0) as file:
        file.seek(position)
        return file.read(size), os.fstat(file.fileno())


def _identity(state: os.stat_result) -> tuple[int, int, int, int]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def beside(path: Path, suffix: str) -> Path:
    """Return a hidden temporary name beside `path`; no safe name is hidden, so it is nobody's target."""
    name = f".{path.name}{suffix}"
    if len(os.fsencode(name)) > _MAX_NAME_BYTES:
        name = f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]}{suffix}"
    return path.with_name(name)


def _new_part(path: Path) -> Path:
    """Return a temporary name that nobody else has."""
    return beside(path, f".{_OWN[0]}{next(_numbers):x}.part")


_OWN = [secrets.token_hex(6)]
"""Tells this process from others that write to the same folder."""

_numbers = count()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _OWN.__setitem__(0, secrets.token_hex(6)))


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, in as many calls as it takes."""
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def create(path: Path, flags: int = 0) -> int:
    """Open a file for reading and writing and return its descriptor; missing folders are made."""
    flags |= os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        return os.open(path, flags, 0o666)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, flags, 0o666)


def new_digest(checksum: Checksum) -> _Hash:
    """Return an empty digest of the kind that was announced."""
    return hashlib.new(checksum.algorithm, usedforsecurity=False)


def verify(path: Path, checksum: Checksum, hexdigest: str, size: int) -> None:
    """Raise `DamagedFileError` when a digest is not the one that was announced."""
    if hexdigest != checksum.hexdigest:
        reason = f"its {checksum.algorithm} is {hexdigest}, announced was {checksum.hexdigest}"
        raise DamagedFileError(str(path), reason, bytes_done=size)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder; a no-op where folders cannot be opened."""
    if os.name == "nt":  # pragma: no cover
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an error of the file system into a `TransferError`."""
    try:
        yield
    except OSError as error:
        raise TransferError(str(path), f"cannot be written: {error.strerror or error}") from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an error of the file system into a `MissingFileError` or a `TransferError`."""
    try:
        yield
    except FileNotFoundError as error:
        raise MissingFileError(f"{path}: no such file") from error
    except OSError as error:
        raise TransferError(str(path), f"cannot be read: {error.strerror or error}") from error
