"""A COCO file of any size in the temporary database, where it is joined."""

# ruff: noqa: S608 - statements are put together of fixed parts

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from asyncsdk.formats.coco_rows import BoxRow
from asyncsdk.formats.import_result import SkipReason
from asyncsdk.resources.coco_store import FoundImage, StoredImage, StoredObject
from asyncsdk.resources.import_assets import base_name

__all__ = ["CocoDatabase"]

_TABLES = """
CREATE TABLE image (
    no INTEGER PRIMARY KEY, id UNIQUE, name TEXT, base TEXT, place TEXT, said_width INTEGER, said_height INTEGER,
    attributes BLOB, asset TEXT, width INTEGER, height INTEGER, reason TEXT, home INTEGER
);
CREATE TABLE object (
    no INTEGER PRIMARY KEY, image_id, category_id, said BLOB, x, y, w, h, at INTEGER, id
);
"""

_ADD_IMAGE = """
INSERT OR IGNORE INTO image (
    id, name, base, place, said_width, said_height, attributes, asset, width, height, reason
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_ADD_OBJECT = """
INSERT INTO object (image_id, category_id, said, x, y, w, h, at, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_IMAGE = (
    "{0}.id, {0}.name, {0}.place, {0}.said_width, {0}.said_height, {0}.attributes, {0}.no, {0}.asset,"
    " {0}.width, {0}.height"
)

_OBJECT = "object.image_id, object.category_id, object.said, x, y, w, h, at, object.id"

_OBJECTS = f"""
SELECT image.home, {_OBJECT}
FROM image CROSS JOIN object ON image.id = object.image_id
WHERE image.home IS NOT NULL ORDER BY image.home, object.no
"""

_IMAGES = f"SELECT home, {_IMAGE.format('image')} FROM image WHERE home IS NOT NULL ORDER BY home, no"

_JOINED = f"""
SELECT {_IMAGE.format("image")}, {_IMAGE.format("first")}
FROM image JOIN image AS first ON first.no = image.home WHERE image.no != image.home ORDER BY image.no
"""

_ON_NO_IMAGE = f"""
SELECT {_OBJECT} FROM object LEFT JOIN image ON image.id = object.image_id
WHERE image.no IS NULL ORDER BY object.no
"""

_NAMELESS = """
SELECT image.place, count(*) FROM image JOIN object ON object.image_id = image.id
WHERE image.name = '' GROUP BY image.no ORDER BY image.no
"""

_WITHOUT_OBJECTS = f"""
SELECT home, {_IMAGE.format("image")} FROM image WHERE home IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM image AS other JOIN object ON object.image_id = other.id WHERE other.home = image.home
) ORDER BY home, no
"""

_HOMES = """
UPDATE image SET home = (SELECT min(other.no) FROM image AS other WHERE other.asset = image.asset)
WHERE asset IS NOT NULL
"""

_OF_SEVERAL_FOLDERS = """
UPDATE image SET reason = ? WHERE asset IS NULL AND reason IS NULL AND name != base
AND base IN (SELECT base FROM image WHERE name != '' GROUP BY base HAVING count(DISTINCT name) > 1)
"""


class CocoDatabase:
    """Images and objects as tables; what the methods do is said of `CocoStore`.

    Args:
        database: the temporary database.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.images: int = 0
        for statement in _TABLES.split(";")[:-1]:
            database.execute(statement)

    def add_images(self, images: Sequence[StoredImage]) -> Iterator[tuple[StoredImage, StoredImage]]:
        """Take images in; give those whose id was there already, each with the first of that id."""
        added = self._database.executemany(_ADD_IMAGE, map(_row, images)).rowcount
        self.images += added
        if added < len(images):
            for image in images:
                first = self._image_of(image)
                if first.place != image.place:
                    yield image, first

    def add_boxes(self, first: int, rows: Sequence[BoxRow]) -> None:
        """Take ordinary boxes in."""
        boxes = (
            (row.image_id, row.category_id, None, *row.bbox, at, row.id) for at, row in enumerate(rows, first)
        )
        self._database.executemany(_ADD_OBJECT, boxes)

    def add_objects(self, objects: Iterable[StoredObject]) -> None:
        """Take any objects in."""
        self._database.executemany(_ADD_OBJECT, objects)

    def unmatched(self, after: int, size: int, *, by_base: bool) -> list[tuple[int, str]]:
        """Return images that have no asset yet."""
        column, more = ("base", "AND name != base AND reason IS NULL") if by_base else ("name", "")
        return self._database.execute(
            f"SELECT no, {column} FROM image WHERE no > ? AND asset IS NULL AND name != '' {more}"
            " ORDER BY no LIMIT ?",
            (after, size),
        ).fetchall()

    def set_assets(self, found: Iterable[FoundImage]) -> None:
        """Write down which assets images are."""
        rows = (
            (asset, SkipReason.SEVERAL_ASSETS.name if asset is None else None, width, height, number)
            for number, asset, width, height in found
        )
        self._database.executemany(
            "UPDATE image SET asset = ?, reason = ?, width = ?, height = ? WHERE no = ?", rows
        )

    def mark_folders(self) -> None:
        """Mark the names with folders whose base name another image has too."""
        self._database.execute(_OF_SEVERAL_FOLDERS, (SkipReason.SEVERAL_IMAGES.name,))

    def join(self) -> None:
        """Join images that are one asset, and objects with their images."""
        database = self._database
        database.execute("CREATE INDEX image_asset ON image (asset)")
        database.execute(_HOMES)
        database.execute("CREATE INDEX image_home ON image (home)")
        database.execute("CREATE INDEX object_image ON object (image_id)")

    def joined(self) -> Iterator[tuple[StoredImage, StoredImage]]:
        """Give the images that are the asset of an earlier one."""
        for row in self._database.execute(_JOINED):
            half = len(row) // 2
            yield StoredImage(*row[:half]), StoredImage(*row[half:])

    def on_no_image(self) -> Iterator[StoredObject]:
        """Give the objects that are on no image."""
        yield from self._database.execute(_ON_NO_IMAGE)

    def nameless(self) -> Iterator[tuple[str, int]]:
        """Give the images without a name that have objects."""
        yield from self._database.execute(_NAMELESS)

    def groups(self) -> Iterator[tuple[Sequence[StoredImage], Sequence[StoredObject]]]:
        """Give, asset by asset, the images that it is, and the objects on them."""
        homes = self._by_home(_IMAGES)
        for home, rows in groupby(self._database.execute(_OBJECTS), itemgetter(0)):
            yield next(images for number, images in homes if number == home), [row[1:] for row in rows]

    def without_objects(self) -> Iterator[Sequence[StoredImage]]:
        """Give the images of assets without objects."""
        for _, images in self._by_home(_WITHOUT_OBJECTS):
            yield images

    def skipped(self) -> Iterator[tuple[str, SkipReason | None]]:
        """Give the names of images that have no asset, and why."""
        for name, reason in self._database.execute(
            "SELECT DISTINCT name, reason FROM image WHERE asset IS NULL AND name != '' ORDER BY no"
        ):
            yield name, SkipReason[reason] if reason else None

    def _image_of(self, image: StoredImage) -> StoredImage:
        query = f"SELECT {_IMAGE.format('image')} FROM image WHERE id = ?"
        return StoredImage(*self._database.execute(query, (image.id,)).fetchone())

    def _by_home(self, query: str) -> Iterator[tuple[Any, list[StoredImage]]]:
        for home, rows in groupby(self._database.execute(query), itemgetter(0)):
            yield home, [StoredImage(*row[1:]) for row in rows]


def _row(image: StoredImage) -> tuple[Any, ...]:
    said = image.place, image.width, image.height, image.attributes
    asset = image.asset, image.asset_width, image.asset_height, image.reason and image.reason.name
    return image.id, image.name, base_name(image.name), *said, *asset
