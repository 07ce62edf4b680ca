"""Writes COCO files part by part, each as soon as it is there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, BinaryIO, Final, TypeAlias

import attrs
import msgspec

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.coco import (
    COCOAnnotation,
    COCOCategory,
    COCOContent,
    COCOFrameAttributes,
    COCOImage,
    COCOInfo,
    COCORle,
    COCOVideo,
)

__all__ = ["CocoPart", "CocoWriter", "encode_part", "write_coco"]

CocoPart: TypeAlias = COCOCategory | COCOVideo | COCOImage | COCOAnnotation
"""What a file is made of."""

_SECTIONS: Final = ("categories", "videos", "images", "annotations")


def write_coco(sink: BinaryIO, content: COCOContent) -> None:
    """Write a whole COCO file.

    Args:
        sink: takes the bytes.
        content: the parts, in the order in which they are to be written.

    Raises:
        InvalidArgumentError: two categories share a name or an id, or an annotation has the id of none.
    """
    writer = CocoWriter(sink, info=content.info, with_videos=bool(content.videos))
    for section in _SECTIONS:
        for part in getattr(content, section):
            writer.add(part)
    writer.close()


@attrs.define
class CocoWriter:
    """Writes the parts of a COCO file in the order in which they are added, in little memory.

    Categories come first, then videos, images and annotations. The same parts give the same bytes.

    Args:
        sink: takes the bytes; stays open.
        info: what the file says of itself.
        with_videos: whether the file has videos.

    Example:
        >>> writer = CocoWriter(sink)
        >>> writer.add(category_part(0, Category(name="truck")))
        >>> writer.add(image_part(0, FileImage(name="a.png", width=640, height=480)))
        >>> writer.add(annotation_part(0, 0, 0, FileObject(label="truck", box=(10, 20, 64, 48))))
        >>> writer.close()
    """

    _sink: BinaryIO
    _info: COCOInfo = attrs.field(factory=COCOInfo, kw_only=True, alias="info")
    _with_videos: bool = attrs.field(default=False, kw_only=True, alias="with_videos")
    _section: int = attrs.field(default=-1, init=False)
    _is_first: bool = attrs.field(default=True, init=False)
    _category_ids: set[int | str] = attrs.field(factory=set, init=False)
    _category_names: set[str] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        self._sink.write(b'{"info":' + encode_part(self._info) + b',"licenses":[]')

    def add(self, part: CocoPart) -> None:
        """Write a part.

        Raises:
            InvalidArgumentError: it comes after parts of a later kind, a category's name or id is there
                already, no category has the id that an annotation names, or a text is none; nothing of the
                part is written then.
        """
        if isinstance(part, COCOCategory):
            self._check_category(part)
            section = 0
        elif isinstance(part, COCOVideo):
            if not self._with_videos:
                raise InvalidArgumentError(f"video {part.file_name!r}: the file was begun without videos")
            section = 1
        elif isinstance(part, COCOImage):
            section = 2
        else:
            section = 3
            if part.category_id not in self._category_ids:
                raise InvalidArgumentError(
                    f"annotation {part.id!r}: no category has the id {part.category_id!r}"
                )
        data = encode_part(part)
        self._go_to(section)
        self._sink.write(data if self._is_first else b"," + data)
        self._is_first = False

    def copy(self, section: str, pieces: Iterable[bytes]) -> None:
        """Write all parts of a section that are encoded already.

        Args:
            section: its name, such as "images".
            pieces: the bytes of the parts, which commas join.

        Raises:
            InvalidArgumentError: it comes after a later section.
        """
        for piece in pieces:
            self._go_to(_SECTIONS.index(section))
            self._sink.write(piece)

    def close(self) -> None:
        """Write the end; the sink stays open."""
        self._go_to(len(_SECTIONS))
        self._sink.write(b"}")

    def _check_category(self, part: COCOCategory) -> None:
        if part.id in self._category_ids or part.name in self._category_names:
            raise InvalidArgumentError(
                f"category {part.name!r}: its name or its id {part.id!r} is there already"
            )
        self._category_ids.add(part.id)
        self._category_names.add(part.name)

    def _go_to(self, section: int) -> None:
        """End the section that is open, and begin those up to the given one."""
        if section < self._section:
            rule = f"{_SECTIONS[section]} must be added before {_SECTIONS[self._section]}"
            raise InvalidArgumentError(rule)
        while self._section < section:
            if self._is_open():
                self._sink.write(b"]")
            self._section += 1
            if self._section < len(_SECTIONS) and self._is_open():
                self._sink.write(f',"{_SECTIONS[self._section]}":['.encode())
            self._is_first = True

    def _is_open(self) -> bool:
        """Tell whether the section at hand is written: that of videos is not where there are none."""
        return self._section >= 0 and (self._with_videos or _SECTIONS[self._section] != "videos")


def encode_part(part: CocoPart | COCOInfo) -> bytes:
    """Return a part as JSON.

    Raises:
        InvalidArgumentError: a text of it cannot be written, or it holds something that JSON does not.
    """
    try:
        return msgspec.json.encode(_plain(part))
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{part!r:.200} holds half a character (a lone surrogate)") from error
    except (TypeError, ValueError, RecursionError) as error:
        which = f"{type(part).__name__} {getattr(part, 'id', '')!r}"
        raise InvalidArgumentError(f"{which} cannot be written as JSON: {error}") from error


def _plain(record: Any) -> dict[str, Any]:
    """Return a record as an object with the keys in their order, which slots do not keep."""
    values = {name: getattr(record, name) for name in _names(record.__class__)}
    for name, value in values.items():
        if isinstance(value, COCORle | COCOFrameAttributes):
            values[name] = _plain(value)
    return values


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))
