"""A COCO file in the temporary database: images and objects by their ids, to be joined there. All blocking."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO

import attrs
import orjson

from asyncsdk.errors import FormatError
from asyncsdk.formats.coco_joining import CategoryTable
from asyncsdk.formats.coco_reading import read_coco
from asyncsdk.formats.coco_records import (
    BoxRows,
    CategoryEntry,
    ImageEntry,
    ImageRows,
    ObjectEntry,
    VideoEntry,
)
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.import_result import SkippedImage, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.records.data import ImageSize
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.resources.import_assets import base_name
from asyncsdk.resources.import_fitting import LabelledBox, Target
from asyncsdk.resources.import_staging import Staging

__all__ = ["CocoStaging"]

_TABLES = """
CREATE TABLE image (
    no INTEGER PRIMARY KEY, id UNIQUE, name TEXT, base TEXT, said BLOB, place TEXT,
    reason TEXT, asset TEXT, width INTEGER, height INTEGER, home INTEGER
);
CREATE TABLE object (
    no INTEGER PRIMARY KEY, image_id, category_id, said BLOB, x, y, w, h, at INTEGER, id
);
"""

_ADD_BOX = "INSERT INTO object (image_id, category_id, x, y, w, h, at, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"

_ADD_IMAGE = "INSERT OR IGNORE INTO image (id, name, base, said, place) VALUES (?, ?, ?, ?, ?)"

_OBJECTS = """
SELECT image.home, object.category_id, object.said, x, y, w, h, at, object.id
FROM image CROSS JOIN object ON image.id = object.image_id
WHERE image.home IS NOT NULL ORDER BY image.home, object.no
"""

_TARGETS = """
SELECT home, name, place, asset, width, height, said FROM image WHERE home IS NOT NULL ORDER BY home, no
"""

_WITHOUT_IMAGE = """
SELECT object.said, object.at, object.id, object.image_id FROM object LEFT JOIN image ON image.id = object.image_id
WHERE image.no IS NULL ORDER BY object.no
"""

_WITHOUT_OBJECTS = """
SELECT no FROM image WHERE no = home AND NOT EXISTS (
    SELECT 1 FROM image AS other JOIN object ON object.image_id = other.id WHERE other.home = image.no
) ORDER BY no
"""

_HOMES = """
UPDATE image SET home = (SELECT min(other.no) FROM image AS other WHERE other.asset = image.asset)
WHERE asset IS NOT NULL
"""

_OF_SEVERAL_FOLDERS = """
UPDATE image SET reason = ? WHERE asset IS NULL AND reason IS NULL AND name != base
AND base IN (SELECT base FROM image WHERE name != '' GROUP BY base HAVING count(DISTINCT name) > 1)
"""


_UNKNOWN = ImageSize(0, 0)

ObjectRow = tuple[int, Any, bytes | None, Any, Any, Any, Any, int, int | None]
"""Number of the image, id of the category, then what is said: packed, or a box, its index in the file and its id."""


@attrs.define
class CocoStaging:
    """The tables of a COCO file."""

    staging: Staging
    file: str
    loss: LossReport
    categories: CategoryTable = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.categories = CategoryTable(self.file, self.loss)
        for statement in _TABLES.split(";")[:-1]:
            self.staging.database.execute(statement)

    def read(self, stream: BinaryIO) -> Iterator[None]:
        """Take the entries of a file in, one a step.

        Raises:
            FormatError: it is not a COCO file with objects, or breaks a rule that nothing can make up for.
        """
        videos = 0
        insert = self.staging.database.cursor().execute
        for entry in read_coco(stream, self.file, self.loss, in_rows=True):
            match entry:
                case ObjectEntry():
                    row = (entry.image_id, entry.category_id, _packed(entry.object))
                    insert("INSERT INTO object (image_id, category_id, said) VALUES (?, ?, ?)", row)
                case ImageEntry():
                    self._add_image(entry)
                case BoxRows():
                    self._add_boxes(entry)
                case ImageRows():
                    self._add_images(entry)
                case CategoryEntry():
                    self.categories.add(entry)
                case VideoEntry():
                    videos += 1
            yield
        if videos:
            reason = f"{videos} videos are left out: import_annotations_coco_video_file takes them"
            self.loss.dropped(self.file, "videos", "videos", reason)

    def unmatched(self, after: int, size: int, *, by_base: bool) -> list[tuple[int, str, str]]:
        """Return images that have no asset yet: number, name, and what to look for.

        Args:
            after: number of the last one before.
            size: how many.
            by_base: whether to look for base names, of names with folders.
        """
        column, more = ("base", "AND name != base AND reason IS NULL") if by_base else ("name", "")
        return self.staging.database.execute(
            f"SELECT no, name, {column} FROM image WHERE no > ? AND asset IS NULL AND name != '' {more}"  # noqa: S608
            " ORDER BY no LIMIT ?",
            (after, size),
        ).fetchall()

    def set_assets(self, found: Iterable[tuple[int, AssetRecord | None]]) -> None:
        """Write down which assets images are; `None` stands for several."""
        several = SkipReason.SEVERAL_ASSETS.name
        rows: list[tuple[str | None, str | None, int, int, int]] = []
        for number, asset in found:
            if asset is None:
                rows.append((None, several, 0, 0, number))
            else:
                size = asset.data.meta or _UNKNOWN
                rows.append((asset.id, None, size.width, size.height, number))
        self.staging.database.executemany(
            "UPDATE image SET asset = ?, reason = ?, width = ?, height = ? WHERE no = ?", rows
        )

    def mark_folders(self) -> None:
        """Mark the names with folders whose base name another image of the file has too."""
        self.staging.database.execute(_OF_SEVERAL_FOLDERS, (SkipReason.SEVERAL_IMAGES.name,))

    def join(self) -> None:
        """Join images that are one asset, and tell of objects that are on no image."""
        database = self.staging.database
        database.execute("CREATE INDEX image_asset ON image (asset)")
        database.execute(_HOMES)
        database.execute("CREATE INDEX image_home ON image (home)")
        database.execute("CREATE INDEX object_image ON object (image_id)")
        for name, place, first in database.execute(
            "SELECT image.name, image.place, home.place FROM image JOIN image AS home ON home.no = image.home"
            " WHERE image.no != image.home ORDER BY image.no"
        ):
            reason = f"{name!r} is the asset of {first} too; the objects of both are joined"
            self.loss.changed(self.file, place, "name-twice", reason)
        for said, at, number, image_id in database.execute(_WITHOUT_IMAGE):
            place = _place_of(said, at, number)
            self.loss.dropped(self.file, place, "unknown-image", f"no image has the id {image_id!r}")
        for place, count in database.execute(
            "SELECT image.place, count(*) FROM image JOIN object ON object.image_id = image.id"
            " WHERE image.name = '' GROUP BY image.no ORDER BY image.no"
        ):
            self.loss.dropped(
                self.file, place, "nameless-image", f"it has no file name; {count} objects are lost"
            )

    def groups(self) -> Iterator[tuple[Target, list[ObjectRow]]]:
        """Give the images that have an asset and objects, and the rows of these."""
        targets = self._targets()
        for home, rows in groupby(self.staging.database.execute(_OBJECTS), itemgetter(0)):
            yield next(target for number, target in targets if number == home), list(rows)

    def boxes(self, rows: Sequence[ObjectRow]) -> list[LabelledBox] | None:
        """Return label, x, y, width and height of rows; `None` where one is no ordinary box of a known category."""
        boxes: list[LabelledBox] = []
        for _, category, said, x, y, w, h, *_ in rows:
            label = self.categories.label(category)
            if said is not None or label is None:
                return None
            boxes.append((label, x, y, w, h))
        return boxes

    def objects(self, rows: Iterable[ObjectRow]) -> list[FileObject]:
        """Return the objects of rows; those of unknown categories are told as dropped."""
        known = [self._object(*row[1:]) for row in rows]
        return [obj for obj in known if obj is not None]

    def _targets(self) -> Iterator[tuple[int, Target]]:
        cursor = self.staging.database.execute(_TARGETS)
        for home, rows in groupby(cursor, itemgetter(0)):
            yield home, self._target([row[1:] for row in rows])

    def without_objects(self) -> Iterator[int]:
        """Give the images that have an asset, and no objects in the file."""
        for (number,) in self.staging.database.execute(_WITHOUT_OBJECTS):
            yield number

    def target(self, number: int) -> Target:
        """Return an image and its asset; its attributes are the first that are said of the asset."""
        rows = self.staging.database.execute(
            "SELECT name, place, asset, width, height, said FROM image WHERE home = ? ORDER BY no", (number,)
        ).fetchall()
        return self._target(rows)

    def _target(self, rows: list[tuple[Any, ...]]) -> Target:
        name, place, asset, width, height, first = rows[0]
        said_width, said_height, attributes = orjson.loads(first)
        for _, where, *_, said in rows[1:]:
            more = orjson.loads(said)[2]
            if attributes and more and more != attributes:
                reason = f"the asset has those of {place}"
                self.loss.dropped(self.file, f"{where}.attributes", "attributes", reason)
            attributes = attributes or more
        return Target(
            file=self.file,
            name=name,
            place=place,
            asset_id=asset,
            size=ImageSize(width, height) if width and height else None,
            said_size=(said_width, said_height),
            attributes=attributes,
        )

    def skipped(self) -> Iterator[SkippedImage]:
        """Give the images that have no asset."""
        for name, reason in self.staging.database.execute(
            "SELECT DISTINCT name, reason FROM image WHERE asset IS NULL AND name != '' ORDER BY no"
        ):
            yield SkippedImage(name, SkipReason[reason] if reason else SkipReason.NO_ASSET)

    def _add_boxes(self, entry: BoxRows) -> None:
        rows = (
            (row.image_id, row.category_id, *row.bbox, at, row.id)
            for at, row in enumerate(entry.rows, entry.first)
        )
        self.staging.database.executemany(_ADD_BOX, rows)

    def _add_images(self, entry: ImageRows) -> None:
        rows = [
            (
                row.id,
                row.file_name,
                base_name(row.file_name),
                orjson.dumps((row.width or None, row.height or None, None)),
                f"images[{at}]",
            )
            for at, row in enumerate(entry.rows, entry.first)
        ]
        if self.staging.database.executemany(_ADD_IMAGE, rows).rowcount < len(rows):
            for row in rows:
                self._check_image(row)

    def _add_image(self, entry: ImageEntry) -> None:
        image = entry.image
        said = orjson.dumps([image.width, image.height, image.attributes])
        row = (entry.id, image.name, base_name(image.name), said, image.place)
        if not self.staging.database.execute(_ADD_IMAGE, row).rowcount:
            self._check_image(row)

    def _check_image(self, row: tuple[CocoId, str, str, bytes, str]) -> None:
        """Tell of an image that was there already."""
        number, name, _, said, place = row
        known = self.staging.database.execute(
            "SELECT name, said, place FROM image WHERE id = ?", (number,)
        ).fetchone()
        if known == (name, said, place):
            return  # it is this one
        if known[:2] != (name, said):
            raise FormatError(self.file, place, f"has the id {number!r} of {known[2]}")
        self.loss.changed(self.file, place, "image-twice", f"is the same as {known[2]}")

    def _object(
        self,
        category_id: Any,
        said: bytes | None,
        x: float,
        y: float,
        w: float,
        h: float,
        at: int,
        number: int | None,
    ) -> FileObject | None:
        label = self.categories.label(category_id)
        if label is None:
            reason = f"no category has the id {category_id!r}"
            self.loss.dropped(self.file, _place_of(said, at, number), "unknown-category", reason)
            return None
        if said is not None:
            return _unpacked(label, said)
        return FileObject(label=label, box=(x, y, w, h), place=_place_of(None, at, number))


def _packed(obj: FileObject) -> bytes:
    mask = obj.mask and (obj.mask.height, obj.mask.width, obj.mask.counts)
    said: Any = (obj.place, obj.box, obj.parts, mask, obj.keypoints, obj.text, obj.attributes, obj.is_crowd)
    return marshal.dumps(said)


def _place_of(said: bytes | None, at: int, number: int | None) -> str:
    if said is None:
        return f"annotations[{at}]" if number is None else f"annotations[{at}] (id {number!r})"
    place: str = marshal.loads(said)[0]  # noqa: S302 - written by this process
    return place


def _unpacked(label: str, said: bytes) -> FileObject:
    place, box, parts, mask, keypoints, text, attributes, is_crowd = marshal.loads(said)  # noqa: S302
    return FileObject(
        label=label,
        box=box,
        parts=parts,
        mask=mask and RunLengths(*mask),
        keypoints=keypoints,
        text=text,
        attributes=attributes,
        is_crowd=is_crowd,
        place=place,
    )
