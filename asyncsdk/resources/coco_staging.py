"""A COCO file as it is taken in: joined in memory, or in the temporary database when it is too large. All blocking."""

from __future__ import annotations

import marshal
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final

import attrs
import orjson

from asyncsdk.errors import FormatError
from asyncsdk.formats.coco_joining import CategoryTable
from asyncsdk.formats.coco_reading import read_coco
from asyncsdk.formats.coco_records import (
    BoxRows,
    CategoryEntry,
    CocoEntry,
    ImageEntry,
    ImageRows,
    ObjectEntry,
    VideoEntry,
)
from asyncsdk.formats.import_result import SkippedImage, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.records.data import ImageSize
from asyncsdk.resources.coco_database import CocoDatabase
from asyncsdk.resources.coco_memory import CocoMemory
from asyncsdk.resources.coco_store import CocoStore, StoredImage, StoredObject
from asyncsdk.resources.import_fitting import Target
from asyncsdk.resources.import_staging import Staging

__all__ = ["CocoStaging"]

_LARGE_BYTES: Final = 24 * 1024 * 1024
"""A file that is larger hardly fits into `CocoMemory`."""


@attrs.define
class CocoStaging:
    """The images, objects and categories of a COCO file."""

    staging: Staging
    file: str
    loss: LossReport
    categories: CategoryTable = attrs.field(init=False)
    store: CocoStore = attrs.field(factory=CocoMemory, init=False)
    _videos: int = attrs.field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.categories = CategoryTable(self.file, self.loss)

    def read(self, stream: BinaryIO) -> Iterator[None]:
        """Take the entries of a file in, one a step.

        Raises:
            FormatError: it is not a COCO file with objects, or breaks a rule that nothing can make up for.
        """
        if _size_of(stream) > _LARGE_BYTES:
            self.store = CocoDatabase(self.staging.database)
        for entry in read_coco(stream, self.file, self.loss, in_rows=True):
            self._take(entry)
            yield
            if isinstance(self.store, CocoMemory) and self.store.is_full:
                yield from self._pour(self.store)
        if self._videos:
            reason = f"{self._videos} videos are left out: import_annotations_coco_video_file takes them"
            self.loss.dropped(self.file, "videos", "videos", reason)

    def _take(self, entry: CocoEntry | BoxRows | ImageRows) -> None:
        match entry:
            case ObjectEntry():
                self.store.add_objects([_packed(entry)])
            case ImageEntry():
                self._add_images([_stored(entry)])
            case BoxRows():
                self.store.add_boxes(entry.first, entry.rows)
            case ImageRows():
                self._add_images(_all_stored(entry))
            case CategoryEntry():
                self.categories.add(entry)
            case VideoEntry():
                self._videos += 1

    def join(self) -> None:
        """Join images that are one asset, and tell of objects that are on no image."""
        self.store.join()
        for image, first in self.store.joined():
            reason = f"{image.name!r} is the asset of {first.place} too; the objects of both are joined"
            self.loss.changed(self.file, image.place, "name-twice", reason)
        for image_id, _, said, *_, at, number in self.store.on_no_image():
            place = _place_of(said, at, number)
            self.loss.dropped(self.file, place, "unknown-image", f"no image has the id {image_id!r}")
        for place, count in self.store.nameless():
            reason = f"it has no file name; {count} objects are lost"
            self.loss.dropped(self.file, place, "nameless-image", reason)

    def objects(self, rows: Iterable[StoredObject]) -> list[FileObject]:
        """Return the objects of rows; those of unknown categories are told as dropped."""
        known = [self._object(row) for row in rows]
        return [obj for obj in known if obj is not None]

    def target(self, images: Sequence[StoredImage]) -> Target:
        """Return the asset that images are; its attributes are the first that are said of it."""
        first = images[0]
        return Target(
            file=self.file,
            name=first.name,
            place=first.place,
            asset_id=first.asset or "",
            size=ImageSize(first.asset_width, first.asset_height)
            if first.asset_width and first.asset_height
            else None,
            said_size=(first.width, first.height),
            attributes=self._attributes(images),
        )

    def skipped(self) -> Iterator[SkippedImage]:
        """Give the images that have no asset."""
        for name, reason in self.store.skipped():
            yield SkippedImage(name, reason or SkipReason.NO_ASSET)

    def _attributes(self, images: Sequence[StoredImage]) -> dict[str, Any] | None:
        attributes: dict[str, Any] | None = None
        for image in images:
            if image.attributes is None:
                continue
            more = orjson.loads(image.attributes)
            if attributes and more and more != attributes:
                reason = f"the asset has those of {images[0].place}"
                self.loss.dropped(self.file, f"{image.place}.attributes", "attributes", reason)
            attributes = attributes or more
        return attributes

    def _pour(self, memory: CocoMemory) -> Iterator[None]:
        database = CocoDatabase(self.staging.database)
        yield from memory.pour(database)
        self.store = database

    def _add_images(self, images: Sequence[StoredImage]) -> None:
        for image, first in self.store.add_images(images):
            if not image.says_the_same(first):
                raise FormatError(self.file, image.place, f"has the id {image.id!r} of {first.place}")
            self.loss.changed(self.file, image.place, "image-twice", f"is the same as {first.place}")

    def _object(self, row: StoredObject) -> FileObject | None:
        _, category_id, said, x, y, w, h, at, number = row
        label = self.categories.label(category_id)
        if label is None:
            reason = f"no category has the id {category_id!r}"
            self.loss.dropped(self.file, _place_of(said, at, number), "unknown-category", reason)
            return None
        if said is not None:
            return _unpacked(label, said)
        return FileObject(label=label, box=(x, y, w, h), place=_place_of(None, at, number))


def _size_of(stream: BinaryIO) -> int:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size


def _stored(entry: ImageEntry) -> StoredImage:
    image = entry.image
    attributes = None if image.attributes is None else orjson.dumps(image.attributes)
    return StoredImage(entry.id, image.name, image.place, image.width, image.height, attributes)


def _all_stored(entry: ImageRows) -> list[StoredImage]:
    return [
        StoredImage(row.id, row.file_name, f"images[{at}]", row.width or None, row.height or None)
        for at, row in enumerate(entry.rows, entry.first)
    ]


def _packed(entry: ObjectEntry) -> StoredObject:
    obj = entry.object
    mask = obj.mask and (obj.mask.height, obj.mask.width, obj.mask.counts)
    shape = obj.box, obj.parts, mask, obj.keypoints
    said: Any = (obj.place, *shape, obj.text, obj.attributes, obj.is_crowd, obj.is_unreadable)
    packed = marshal.dumps(said)
    return entry.image_id, entry.category_id, packed, None, None, None, None, None, None


def _place_of(said: bytes | None, at: int, number: int | None) -> str:
    if said is None:
        return f"annotations[{at}]" if number is None else f"annotations[{at}] (id {number!r})"
    place: str = marshal.loads(said)[0]  # noqa: S302 - written by this process
    return place


def _unpacked(label: str, said: bytes) -> FileObject:
    place, box, parts, mask, keypoints, *rest = marshal.loads(said)  # noqa: S302
    text, attributes, is_crowd, is_unreadable = rest
    return FileObject(
        label=label,
        box=box,
        parts=parts,
        mask=mask and RunLengths(*mask),
        keypoints=keypoints,
        text=text,
        attributes=attributes,
        is_crowd=is_crowd,
        is_unreadable=is_unreadable,
        place=place,
    )
