"""Putting a file or a folder into a ZIP archive, for what takes one file only."""

from __future__ import annotations

import os
import zipfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from asyncsdk.errors import InvalidArgumentError, MissingFileError, TransferError
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread
from asyncsdk.resources.local_files import refuse_unreadable
from asyncsdk.resources.temporary_folders import ELSEWHERE, temporary_folder

__all__ = ["zipped"]

_STEP_BYTES = 1024 * 1024
"""Bytes that are compressed before a cancellation can be heard."""


@asynccontextmanager
async def zipped(path: Path) -> AsyncIterator[Path]:
    """Give an archive `<name>.zip` of a file, or of everything in a folder; it is gone afterwards.

    The names in it are relative to the folder, with `/` between them.

    Raises:
        MissingFileError: there is nothing at the path.
        InvalidArgumentError: something in the folder is neither a file nor a folder, or cannot be read.
        TransferError: the archive cannot be written.
    """
    async with temporary_folder("zip") as folder:
        archive = folder / await in_file_thread(_archive_name, path)
        steps = _zip(path, archive)
        try:
            while await in_file_thread(next, steps, None) is not None:
                pass
        finally:
            await clean_up_in_file_thread(steps.close)
        yield archive


def _archive_name(path: Path) -> str:
    return f"{path.resolve().name or 'files'}.zip"


def _zip(path: Path, archive: Path) -> Generator[int, None, None]:
    """Write the archive, a step at a time; gives the bytes of each step. Blocking."""
    sources = _members(path)
    try:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
            for source in sources:
                name = source.name if source == path else source.relative_to(path).as_posix()
                yield from _add(target, source, name)
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{path}: a name is not UTF-8; rename the file: {error}") from error
    except OSError as error:
        reason = f"cannot be put into an archive: {error.strerror}; if there is no room, {ELSEWHERE}"
        raise TransferError(str(path), reason) from error


def _add(target: zipfile.ZipFile, source: Path, name: str) -> Iterator[int]:
    info = zipfile.ZipInfo.from_file(source, name, strict_timestamps=False)
    if info.is_dir():
        target.writestr(info, b"")
        yield 0
        return
    info.compress_type = zipfile.ZIP_DEFLATED
    try:
        stream = source.open("rb")
    except OSError as error:
        raise InvalidArgumentError(f"{source}: cannot be read: {error.strerror}") from error
    with stream, target.open(info, "w") as member:
        while chunk := stream.read(_STEP_BYTES):
            member.write(chunk)
            yield len(chunk)


def _members(path: Path) -> list[Path]:
    if not path.exists():
        raise MissingFileError(f"no such file or folder: {path}")
    if path.is_file():
        return [path]
    found: list[Path] = []
    for folder, folders, files in os.walk(path, onerror=refuse_unreadable):
        folders.sort()
        found.extend(Path(folder, name) for name in (*folders, *sorted(files)))
    for member in found:
        if not member.is_file() and (member.is_symlink() or not member.is_dir()):
            raise InvalidArgumentError(f"{member}: neither a file nor a folder; it cannot go into an archive")
    return found
