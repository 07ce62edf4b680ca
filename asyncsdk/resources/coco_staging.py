"""A COCO file in the temporary database: images and objects by their ids, to be joined there. All blocking."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, BinaryIO

import attrs
import orjson

from asyncsdk.errors import FormatError
from asyncsdk.formats.coco_joining import CategoryTable
from asyncsdk.formats.coco_reading import read_coco
from asyncsdk.formats.coco_records import CategoryEntry, ImageEntry, ObjectEntry, VideoEntry
from asyncsdk.formats.import_result import SkippedImage, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.records.data import ImageSize
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.resources.import_assets import base_name
from asyncsdk.resources.import_fitting import Target
from asyncsdk.resources.import_staging import Staging

__all__ = ["CocoStaging"]

_TABLES = """
CREATE TABLE image (
    no INTEGER PRIMARY KEY, id UNIQUE, name TEXT, base TEXT, said BLOB, place TEXT,
    reason TEXT, asset TEXT, width INTEGER, height INTEGER, home INTEGER
);
CREATE TABLE object (no INTEGER PRIMARY KEY, image_id, category_id, said BLOB);
"""

_OBJECTS = """
SELECT image.home, object.category_id, object.said FROM object JOIN image ON image.id = object.image_id
WHERE image.home IS NOT NULL ORDER BY image.home, object.no
"""

_WITHOUT_IMAGE = """
SELECT object.said, object.image_id FROM object LEFT JOIN image ON image.id = object.image_id
WHERE image.no IS NULL ORDER BY object.no
"""

_WITHOUT_OBJECTS = """
SELECT no FROM image WHERE no = home AND home NOT IN (
    SELECT other.home FROM image AS other JOIN object ON object.image_id = other.id WHERE other.home IS NOT NULL
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
        for entry in read_coco(stream, self.file, self.loss):
            match entry:
                case ObjectEntry():
                    row = (entry.image_id, entry.category_id, _packed(entry.object))
                    insert("INSERT INTO object (image_id, category_id, said) VALUES (?, ?, ?)", row)
                case ImageEntry():
                    self._add_image(entry)
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
        database = self.staging.database
        for number, asset in found:
            if asset is None:
                reason = SkipReason.SEVERAL_ASSETS.name
                database.execute("UPDATE image SET reason = ? WHERE no = ?", (reason, number))
            else:
                size = asset.data.meta or ImageSize(0, 0)
                database.execute(
                    "UPDATE image SET asset = ?, width = ?, height = ? WHERE no = ?",
                    (asset.id, size.width, size.height, number),
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
        for name, place, first in database.execute(
            "SELECT image.name, image.place, home.place FROM image JOIN image AS home ON home.no = image.home"
            " WHERE image.no != image.home ORDER BY image.no"
        ):
            reason = f"{name!r} is the asset of {first} too; the objects of both are joined"
            self.loss.changed(self.file, place, "name-twice", reason)
        for said, image_id in database.execute(_WITHOUT_IMAGE):
            place = _place_of(said)
            self.loss.dropped(self.file, place, "unknown-image", f"no image has the id {image_id!r}")
        for place, count in database.execute(
            "SELECT image.place, count(*) FROM image JOIN object ON object.image_id = image.id"
            " WHERE image.name = '' GROUP BY image.no ORDER BY image.no"
        ):
            self.loss.dropped(
                self.file, place, "nameless-image", f"it has no file name; {count} objects are lost"
            )

    def groups(self) -> Iterator[tuple[int, list[FileObject]]]:
        """Give the images that have an asset and objects: number and objects."""
        cursor = self.staging.database.execute(_OBJECTS)
        for home, rows in groupby(cursor, itemgetter(0)):
            known = [self._object(category, said) for _, category, said in rows]
            yield home, [obj for obj in known if obj is not None]

    def without_objects(self) -> Iterator[int]:
        """Give the images that have an asset, and no objects in the file."""
        for (number,) in self.staging.database.execute(_WITHOUT_OBJECTS):
            yield number

    def target(self, number: int) -> Target:
        """Return an image and its asset; its attributes are the first that are said of the asset."""
        rows = self.staging.database.execute(
            "SELECT name, place, asset, width, height, said FROM image WHERE home = ? ORDER BY no", (number,)
        ).fetchall()
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

    def _add_image(self, entry: ImageEntry) -> None:
        image = entry.image
        said = orjson.dumps([image.width, image.height, image.attributes])
        row = (entry.id, image.name, base_name(image.name), said, image.place)
        database = self.staging.database
        done = database.execute(
            "INSERT OR IGNORE INTO image (id, name, base, said, place) VALUES (?, ?, ?, ?, ?)", row
        )
        if done.rowcount:
            return
        name, known, place = database.execute(
            "SELECT name, said, place FROM image WHERE id = ?", (entry.id,)
        ).fetchone()
        if (name, known) != (image.name, said):
            raise FormatError(self.file, image.place, f"has the id {entry.id!r} of {place}")
        self.loss.changed(self.file, image.place, "image-twice", f"is the same as {place}")

    def _object(self, category_id: Any, said: bytes) -> FileObject | None:
        label = self.categories.label(category_id)
        if label is None:
            reason = f"no category has the id {category_id!r}"
            self.loss.dropped(self.file, _place_of(said), "unknown-category", reason)
            return None
        return _unpacked(label, said)


def _packed(obj: FileObject) -> bytes:
    mask = obj.mask and (obj.mask.height, obj.mask.width, obj.mask.counts)
    said: Any = (obj.place, obj.box, obj.parts, mask, obj.keypoints, obj.text, obj.attributes, obj.is_crowd)
    return marshal.dumps(said)


def _place_of(said: bytes) -> str:
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
