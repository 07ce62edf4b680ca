"""COCO files whose parts come in any order: they are kept in temporary files until all are there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import attrs

from asyncsdk.formats.coco_writing import CocoPart, CocoWriter, encode_part
from asyncsdk.records.coco import COCOAnnotation, COCOCategory, COCOVideo

__all__ = ["CocoSpool"]

_IN_MEMORY_BYTES = 1024 * 1024
_PIECE_BYTES = 256 * 1024


class CocoSpool:
    """Takes the parts of a COCO file as they come, in little memory.

    Example:
        >>> spool = CocoSpool()
        >>> for part in parts:
        ...     spool.add([part])
        >>> spool.write(sink, categories)
        >>> spool.close()
    """

    def __init__(self) -> None:
        self._sections = {"videos": _Section(), "images": _Section(), "annotations": _Section()}

    def add(self, parts: Sequence[CocoPart]) -> None:
        """Keep parts of one kind; categories are given at the end.

        Raises:
            InvalidArgumentError: it cannot be written as JSON.
        """
        if not parts:
            return
        if isinstance(parts[0], COCOAnnotation):
            section = "annotations"
        else:
            section = "videos" if isinstance(parts[0], COCOVideo) else "images"
        self._sections[section].add(b",".join(map(encode_part, parts)))

    def write(self, sink: BinaryIO, categories: Iterable[COCOCategory]) -> None:
        """Write the whole file; the sink stays open."""
        writer = CocoWriter(sink, with_videos=not self._sections["videos"].is_empty)
        for category in categories:
            writer.add(category)
        for name, section in self._sections.items():
            writer.copy(name, section.pieces())
        writer.close()

    def close(self) -> None:
        """Remove the temporary files."""
        for section in self._sections.values():
            section.file.close()


def _file() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)


@attrs.define
class _Section:
    """Parts of one kind, joined by commas."""

    file: tempfile.SpooledTemporaryFile[bytes] = attrs.field(factory=_file)
    is_empty: bool = True

    def add(self, encoded: bytes) -> None:
        self.file.write(encoded if self.is_empty else b"," + encoded)
        self.is_empty = False

    def pieces(self) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(_PIECE_BYTES):
            yield piece
