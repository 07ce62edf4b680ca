"""Reads COCO files entry by entry, in one pass and little memory, whatever the order of their sections.

Files in the wild differ from what their format says; what can be understood is taken, what cannot be kept
is reported, and only what makes the file useless is an error. `coco_joining` puts the entries together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import attrs
import msgspec

from asyncsdk.errors import FormatError
from asyncsdk.formats import coco_values as values
from asyncsdk.formats.coco_elements import Element, Notes, is_empty
from asyncsdk.formats.coco_records import (
    BoxRows,
    CategoryEntry,
    CocoEntry,
    ImageEntry,
    ImageRows,
    ObjectEntry,
    VideoEntry,
)
from asyncsdk.formats.coco_rows import ROW_READERS, Rows
from asyncsdk.formats.coco_sections import json_sections
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category, FileObject

__all__ = ["read_coco"]

_SECTIONS: Final = frozenset({"annotations", "categories", "images", "videos"})
_CATEGORY: Final = frozenset({"id", "name", "supercategory", "keypoints", "skeleton"})
_IMAGE: Final = frozenset({"id", "file_name", "width", "height", "attributes", "video_id", "frame_id"})
_VIDEO: Final = frozenset({"id", "file_name", "width", "height", "attributes"})
_ANNOTATION: Final = frozenset(
    {
        *("id", "image_id", "category_id", "bbox", "segmentation", "keypoints", "utf8_string", "attributes"),
        *("area", "num_keypoints"),  # follow from the rest
        *("iscrowd", "score", "video_id", "frame_attributes"),
    }
)


def read_coco(
    stream: BinaryIO, file: str, loss: LossReport, *, in_rows: bool = False
) -> Iterator[CocoEntry | BoxRows | ImageRows]:
    """Give the entries of a COCO or COCO video file in the order of the file.

    Ids only join the entries: numbers, numbers as text and any other text will do. Category ids are unique,
    image ids are as the file has them.

    Args:
        stream: the file, opened in binary; read once.
        file: its name, for messages.
        loss: takes what cannot be kept.
        in_rows: give ordinary boxes and images many at once, in a tenth of the time.

    Raises:
        FormatError: it is not a COCO file with objects, or breaks a rule that nothing can make up for.

    Example:
        >>> with open("instances.json", "rb") as stream:
        ...     boxes = [entry for entry in read_coco(stream, "instances.json", loss) if type(entry) is ObjectEntry]
    """
    reading = _Reading(Notes(file, loss))
    for section, index, value in json_sections(stream, file, ROW_READERS if in_rows else None):
        if isinstance(value, Rows):
            yield from reading.rows(section, index or 0, value.rows)
            continue
        entry = reading.entry(section, index, value)
        if entry is not None:
            yield entry
    reading.check_whole()


@attrs.define
class _Reading:
    """What is known of a file so far, and where its faults go."""

    notes: Notes
    _sections: set[str] = attrs.field(factory=set, init=False)
    _categories: dict[CocoId, Category] = attrs.field(factory=dict, init=False)
    _objects: int = attrs.field(default=0, init=False)

    def entry(self, section: str, index: int | None, value: Any) -> CocoEntry | None:
        """Return the entry that an element of the file is, if it is one."""
        if section not in _SECTIONS:
            if not is_empty(value):
                self.notes.once(section, section, "is not kept")
            return None
        if value is None:
            return None
        self._sections.add(section)
        if index is None:
            if value != []:
                raise FormatError(self.notes.file, section, "must be a list")
            return None
        place = f"{section}[{index}]"
        if type(value) is not dict:
            raise FormatError(self.notes.file, place, "must be an object")
        return self._read(Element(self.notes, section, place, value))

    def rows(self, section: str, first: int, rows: list[Any]) -> Iterator[CocoEntry | BoxRows | ImageRows]:
        """Give ordinary elements that follow each other; images with odd names one by one."""
        self._sections.add(section)
        if section == "annotations":
            self._objects += len(rows)
            yield BoxRows(first, rows)
        elif all(map(values.is_name, (row.file_name for row in rows))):
            yield ImageRows(first, rows)
        else:
            for number, row in enumerate(rows, first):
                entry = self.entry(section, number, msgspec.structs.asdict(row))
                if entry is not None:
                    yield entry

    def _read(self, element: Element) -> CocoEntry | None:
        match element.kind:
            case "annotations":
                return self._object(element)
            case "images":
                return self._image(element)
            case "videos":
                return self._video(element)
            case _:
                return self._category(element)

    def check_whole(self) -> None:
        """Refuse a file without the sections that make it one."""
        if "annotations" not in self._sections:
            raise FormatError(self.notes.file, "", "has no 'annotations'; is it a COCO file?")
        if not self._sections & {"images", "videos"}:
            raise FormatError(self.notes.file, "", "has no 'images'; is it a COCO file?")
        if self._objects and not self._categories:
            raise FormatError(self.notes.file, "", "has no 'categories', so its annotations have no labels")

    def _category(self, element: Element) -> CategoryEntry | None:
        element.tell_extra_keys(_CATEGORY)
        number = element.must("id", values.coco_id)
        category = Category(
            name=element.label(),
            supercategory=element.may("supercategory", values.name),
            keypoints=element.may("keypoints", values.vertices),
            skeleton=element.may("skeleton", values.skeleton),
        )
        known = self._categories.get(number)
        if known is None:
            self._categories[number] = category
            return CategoryEntry(number, category)
        if known != category:
            raise FormatError(
                self.notes.file, element.place, f"has the id {number!r} of another category, {known.name!r}"
            )
        self.notes.changed(element.place, "category-twice", f"is the same as another with id {number!r}")
        return None

    def _image(self, element: Element) -> ImageEntry:
        element.tell_extra_keys(_IMAGE)
        video_id = element.may("video_id", values.coco_id)
        is_nameless = video_id is not None and element.value.get("file_name") is None
        return ImageEntry(
            element.must("id", values.coco_id),
            element.image("" if is_nameless else element.must("file_name", values.name)),
            video_id,
            element.may("frame_id", values.frame),
        )

    def _video(self, element: Element) -> VideoEntry:
        element.tell_extra_keys(_VIDEO)
        return VideoEntry(
            element.must("id", values.coco_id), element.image(element.must("file_name", values.name))
        )

    def _object(self, element: Element) -> ObjectEntry:
        self._refuse_relatives(element)
        self._objects += 1
        number = element.id = element.may("id", values.coco_id)
        element.tell_extra_keys(_ANNOTATION)
        video_id = element.may("video_id", values.coco_id)
        is_without_image = video_id is not None and element.value.get("image_id") is None
        parts, mask = element.segmentation()
        element.tell_score()
        box, keypoints = element.may("bbox", values.box), element.may("keypoints", values.joints)
        return ObjectEntry(
            None if is_without_image else element.must("image_id", values.coco_id),
            element.must("category_id", values.coco_id),
            FileObject(
                label="",
                box=box,
                parts=parts,
                mask=mask,
                keypoints=keypoints,
                text=element.text(),
                attributes=element.attributes("attributes"),
                is_crowd=element.may("iscrowd", values.flag) or False,
                is_unreadable=not (box or parts or mask or keypoints) and element.says_shape(),
                place=element.whole_place,
            ),
            number,
            video_id,
            element.locator(),
        )

    def _refuse_relatives(self, element: Element) -> None:
        """Refuse the files of the COCO family that hold no objects."""
        if "category_id" in element.value:
            return
        if "caption" in element.value:
            rule = "is a caption: this is a COCO captions file, which has no objects and no labels"
            raise FormatError(self.notes.file, element.place, rule)
        if "segments_info" in element.value:
            rule = "lists segments: this is a COCO panoptic file, whose masks are in images beside it"
            raise FormatError(self.notes.file, element.place, rule)
