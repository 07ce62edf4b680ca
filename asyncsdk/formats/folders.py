"""Where formats of many files put them: a folder, or a zip archive."""

from __future__ import annotations

import zipfile
from typing import BinaryIO, Final, Protocol, Self

from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.stems import stem_of

__all__ = ["Folder", "ZipFolder", "tell_stem"]

_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the first that zip archives know: the same files give the same bytes


class Folder(Protocol):
    """Takes files."""

    def add(self, name: str, content: bytes) -> None:
        """Take a file; no two have one name."""
        ...


class ZipFolder:
    """A zip archive; a context manager.

    Args:
        sink: takes the bytes; stays open.
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, content: bytes) -> None:
        """Take a file."""
        entry = zipfile.ZipInfo(name, _DATE)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3  # the same on every system
        entry.external_attr = 0o644 << 16
        self._archive.writestr(entry, content)

    def close(self) -> None:
        """Write the table of contents."""
        self._archive.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def tell_stem(name: str, stem: str, file: str, loss: LossReport) -> None:
    """Tell that a file is not named as its image, which tools then do not find by name."""
    if stem != stem_of(name):
        loss.changed(file, name, "file-name", f"it is named {file!r}: its own name is taken, or no file's")
