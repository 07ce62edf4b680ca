"""Local files to upload: found, named, looked into."""

from __future__ import annotations

import io
import mimetypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from asyncsdk.errors import InvalidArgumentError, MissingFileError
from asyncsdk.formats.images import exif_metadata, image_size
from asyncsdk.records.data import ImageSize
from asyncsdk.resources.arguments import as_list

__all__ = ["FoundFiles", "LocalFile", "find_files", "look_into"]

SMALL_BYTES = 1024 * 1024
"""Files up to this size are read once, whole."""

_TYPES = mimetypes.MimeTypes()  # not the machine's table: the same file gets the same type everywhere
for _extension, _type in {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".heic": "image/heic",
    ".jfif": "image/jpeg",
    ".m4v": "video/x-m4v",
    ".mkv": "video/x-matroska",
    ".tif": "image/tiff",
    ".webm": "video/webm",
    ".webp": "image/webp",
}.items():
    _TYPES.add_type(_type, _extension)


@attrs.frozen
class FoundFiles:
    """What a search for files gives."""

    files: tuple[Path, ...]
    """To upload, in the caller's order; the files of a folder by name."""

    skipped: tuple[Path, ...]
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


def find_files(paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> FoundFiles:
    """Return the files that paths name; folders stand for the images and videos below them.

    Hidden files and folders inside of folders are passed over. Blocking.

    Raises:
        InvalidArgumentError: there is no path, or one cannot be read.
        MissingFileError: a path does not exist; it names all that are missing.
    """
    roots = [_path(path) for path in as_list(paths)]
    if not roots:
        raise InvalidArgumentError("filepaths: give at least one file or folder")
    missing = [str(root) for root in roots if not root.exists()]
    if missing:
        raise MissingFileError(f"no such file or folder: {', '.join(missing[:20])}")
    files: list[Path] = []
    skipped: list[Path] = []
    for root in roots:
        if root.is_dir():
            for path in _below(root):
                (files if _is_media(path) else skipped).append(path)
        elif root.is_file():
            files.append(root)
        else:
            raise InvalidArgumentError(f"{root}: neither a file nor a folder")
    return FoundFiles(tuple(files), tuple(skipped))


def look_into(path: Path, *, exif: bool) -> LocalFile:
    """Read what an upload needs to know of a file. Blocking.

    Args:
        path: the file.
        exif: also read its EXIF metadata.

    Raises:
        MissingFileError: it does not exist any more.
        InvalidArgumentError: it cannot be read, or its name cannot travel.
    """
    try:
        path.name.encode()
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            content = stream.read() if size <= SMALL_BYTES else None
            source: BinaryIO = stream if content is None else io.BytesIO(content)
            return _described(path, size if content is None else len(content), content, source, exif=exif)
    except FileNotFoundError as error:
        raise MissingFileError(f"no such file: {path}") from error
    except OSError as error:
        raise InvalidArgumentError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{path.name!r}: its name is not UTF-8; rename the file") from error


def _described(path: Path, size: int, content: bytes | None, source: BinaryIO, *, exif: bool) -> LocalFile:
    content_type = _TYPES.guess_type(path.name)[0] or "application/octet-stream"
    is_video = content_type.startswith("video/")
    measured = None if is_video else image_size(source)
    found: dict[str, Any] = {}
    if exif and measured is not None:
        source.seek(0)
        found = exif_metadata(source)
    return LocalFile(path, content_type, size, content, measured, found)


def _path(given: str | os.PathLike[str]) -> Path:
    try:
        return Path(given).expanduser()
    except TypeError as error:
        raise InvalidArgumentError(f"filepaths: {given!r} is not a path") from error
    except RuntimeError as error:
        raise MissingFileError(f"no such file or folder: {given}: {error}") from error


def _below(root: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise InvalidArgumentError(f"{error.filename}: cannot be read: {error.strerror}") from error

    found: list[Path] = []
    for folder, folders, names in os.walk(root, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(folder, name) for name in sorted(names) if not name.startswith("."))
    return found


def _is_media(path: Path) -> bool:
    return (_TYPES.guess_type(path.name)[0] or "").startswith(("image/", "video/")) and path.is_file()
