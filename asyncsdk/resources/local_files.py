"""Local files to upload: found, named, looked into."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import attrs

from asyncsdk.errors import InvalidArgumentError, MissingFileError, TransferError
from asyncsdk.formats.images import exif_metadata, image_size
from asyncsdk.formats.media_types import guess_media_type, is_media
from asyncsdk.records.data import ImageSize
from asyncsdk.records.packed_texts import PackedPaths
from asyncsdk.resources.arguments import as_list

__all__ = ["FoundFiles", "LocalFile", "as_path", "find_files", "look_into", "refuse_unreadable"]

SMALL_BYTES = 1024 * 1024
"""Files up to this size are read once, whole."""


@attrs.frozen
class FoundFiles:
    """What a search for files gives."""

    files: Sequence[Path]
    """To upload, in the caller's order; the files of a folder by name."""

    skipped: Sequence[Path]
    """Files of folders that are neither images nor videos by their extension, or no regular files."""


@attrs.frozen
class LocalFile:
    """A file that was looked into."""

    path: Path
    content_type: str
    size_bytes: int
    content: bytes | None
    """The bytes of a small file."""

    image_size: ImageSize | None
    """Width and height in pixels as displayed; `None` when it is no image that could be read."""

    exif: dict[str, Any]
    """Metadata from EXIF, where it was asked for."""

    modified_ns: int
    """When it was last written, in nanoseconds since 1970."""

    def check_unchanged(self) -> None:
        """Refuse a file that was written to since it was looked into. Blocking.

        Raises:
            TransferError: it was, or it is gone: what was sent is a mixture.
        """
        try:
            now = self.path.stat()
        except OSError as error:
            raise TransferError(str(self.path), f"cannot be read any more: {error.strerror}") from error
        if (now.st_size, now.st_mtime_ns) != (self.size_bytes, self.modified_ns):
            raise TransferError(str(self.path), "it changed while it was uploaded; upload it again")


def find_files(paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> FoundFiles:
    """Return the files that paths name; folders stand for the images and videos below them.

    Hidden files and folders inside of folders are passed over. Blocking.

    Raises:
        InvalidArgumentError: there is no path, or one cannot be read.
        MissingFileError: a path does not exist; it names all that are missing.
    """
    roots = PackedPaths()
    for path in as_list(paths):
        roots.append(as_path(path, "filepaths"))
    if not roots:
        raise InvalidArgumentError("filepaths: give at least one file or folder")
    try:
        return _found_below(roots)
    except MissingFileError:
        raise
    except OSError as error:  # such as a name that is too long, or a folder that must not be looked into
        refuse_unreadable(error)


def _found_below(roots: Sequence[Path]) -> FoundFiles:
    missing = [str(root) for root in roots if not root.exists()]
    if missing:
        raise MissingFileError(f"no such file or folder: {', '.join(missing[:20])}")
    files, skipped = PackedPaths(), PackedPaths()
    for root in roots:
        if root.is_dir():
            for folder, name in _below(root):
                path = os.path.join(folder, name)  # noqa: PTH118 - a `Path` of each takes longer than all else
                (files if _is_media(path, name) else skipped).append(path)
        elif root.is_file():
            files.append(root)
        else:
            raise InvalidArgumentError(f"{root}: neither a file nor a folder")
    return FoundFiles(files, skipped)


def look_into(path: Path, *, exif: bool) -> LocalFile:
    """Read what an upload needs to know of a file. Blocking.

    Args:
        path: the file.
        exif: also read its EXIF metadata.

    Raises:
        MissingFileError: it does not exist any more.
        InvalidArgumentError: it cannot be read, or its name cannot travel.
    """
    content_type = guess_media_type(path.name) or "application/octet-stream"
    try:
        path.name.encode()
        status, content = _opened(path)
        with path.open("rb") if content is None else io.BytesIO(content) as source:
            is_video = content_type.startswith("video/")
            measured, found = (None, {}) if is_video else _measured(source, exif=exif)
    except FileNotFoundError as error:
        raise MissingFileError(f"no such file: {path}") from error
    except OSError as error:
        raise InvalidArgumentError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{path.name!r}: its name is not UTF-8; rename the file") from error
    return LocalFile(
        path=path,
        content_type=content_type,
        size_bytes=status.st_size if content is None else len(content),
        content=content,
        image_size=measured,
        exif=found,
        modified_ns=status.st_mtime_ns,
    )


def _opened(path: Path) -> tuple[os.stat_result, bytes | None]:
    """Return what a file is, and all of it where it is small; in few calls, as each costs more than its work."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if status.st_size > SMALL_BYTES:
            return status, None
        content = os.read(descriptor, status.st_size + 1)
        if len(content) != status.st_size:  # it changes just now, or does not tell its size
            with os.fdopen(descriptor, "rb", closefd=False) as stream:
                content += stream.read()
        return status, content
    finally:
        os.close(descriptor)


def _measured(source: BinaryIO, *, exif: bool) -> tuple[ImageSize | None, dict[str, Any]]:
    measured = image_size(source)
    if not exif or measured is None:
        return measured, {}
    source.seek(0)
    return measured, exif_metadata(source)


def as_path(given: str | os.PathLike[str], what: str) -> Path:
    """Return a path with `~` expanded.

    Raises:
        InvalidArgumentError: it is not a path.
        MissingFileError: there is no such home folder.
    """
    try:
        return Path(given).expanduser()
    except TypeError as error:
        raise InvalidArgumentError(f"{what}: {given!r} is not a path") from error
    except RuntimeError as error:
        raise MissingFileError(f"no such file or folder: {given}: {error}") from error


def refuse_unreadable(error: OSError) -> NoReturn:
    """Raise for a folder that cannot be walked.

    Raises:
        InvalidArgumentError: always.
    """
    raise InvalidArgumentError(f"{error.filename}: cannot be read: {error.strerror}") from error


def _below(root: Path) -> Iterator[tuple[str, str]]:
    for folder, folders, names in os.walk(root, onerror=refuse_unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from ((folder, name) for name in sorted(names) if not name.startswith("."))


def _is_media(path: str, name: str) -> bool:
    if not is_media(guess_media_type(name)):
        return False
    is_file = os.path.isfile(path)  # noqa: PTH113 - likewise
    return is_file or Path(path).is_file()  # which raises what keeps it from telling
