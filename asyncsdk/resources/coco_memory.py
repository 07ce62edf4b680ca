"""A COCO file of ordinary size, joined in memory: its numbers in arrays, a tenth of what they are as objects."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice, repeat
from operator import attrgetter, gt
from typing import Any, Final

from asyncsdk.formats.coco_rows import BoxRow
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.import_result import SkipReason
from asyncsdk.records.columns import Column, drained, grown
from asyncsdk.resources.coco_store import CocoStore, FoundImage, StoredImage, StoredObject
from asyncsdk.resources.import_assets import base_name

__all__ = ["CocoMemory"]

_MOST_IMAGES: Final = 20_480
_MOST_OBJECTS: Final = 1 << 17
_MOST_BYTES: Final = 8 * 1024 * 1024
"""Of names, attributes and packed objects."""

_IN_A_POUR: Final = 1_000

_IDS = attrgetter("image_id", "category_id")


class CocoMemory:
    """Images and objects as columns; what the methods do is said of `CocoStore`."""

    def __init__(self) -> None:
        self._images: dict[CocoId, StoredImage] = {}
        self._columns: list[Column] = [[] for _ in range(8)]
        self._packed: list[bytes | None] = []
        """Of the objects up to the last packed one."""

        self._bytes = 0
        self._homes: dict[CocoId, int] = {}
        self._of_home: dict[int, list[StoredImage]] = {}
        self._without: set[int] = set()
        """Of the assets those without objects."""

    @property
    def is_full(self) -> bool:
        """Whether what comes next belongs in a database."""
        return (
            len(self._images) > _MOST_IMAGES
            or len(self._columns[0]) > _MOST_OBJECTS
            or self._bytes > _MOST_BYTES
        )

    @property
    def images(self) -> int:
        """How many images there are."""
        return len(self._images)

    def pour(self, store: CocoStore) -> Iterator[None]:
        """Put what was taken in into another store, some of the objects a step, and all images in the last one.

        Between two steps assets of images may still be set here.
        """
        rows = self._rows()
        while some := list(islice(rows, _IN_A_POUR)):
            store.add_objects(some)
            yield
        list(store.add_images(list(self._images.values())))

    def add_images(self, images: Sequence[StoredImage]) -> Iterator[tuple[StoredImage, StoredImage]]:
        """Take images in; give those whose id was there already, each with the first of that id."""
        for image in images:
            first = self._images.setdefault(image.id, image)
            if first is not image:
                yield image, first
                continue
            image.number = len(self._images)
            self._bytes += len(image.name) + len(image.attributes or b"")

    def add_boxes(self, first: int, rows: Sequence[BoxRow]) -> None:
        """Take ordinary boxes in."""
        sides = zip(*(row.bbox for row in rows), strict=True)
        image_ids, category_ids = zip(*map(_IDS, rows), strict=True)
        at, numbers = range(first, first + len(rows)), [row.id for row in rows]
        self._grow(image_ids, category_ids, *sides, at, numbers)

    def add_objects(self, objects: Iterable[StoredObject]) -> None:
        """Take any objects in."""
        image_ids, category_ids, packed, *rest = zip(*objects, strict=True)
        self._fill_packed()
        self._packed += packed
        self._bytes += sum(map(len, filter(None, packed)))
        self._grow(image_ids, category_ids, *rest)

    def unmatched(self, after: int, size: int, *, by_base: bool) -> list[tuple[int, str]]:
        """Return images that have no asset yet."""
        left = (one for one in islice(self._images.values(), after, None) if one.asset is None and one.name)
        if not by_base:
            return [(one.number, one.name) for one in islice(left, size)]
        bases = ((one, base_name(one.name)) for one in left if one.reason is None)
        return [
            (one.number, base)
            for one, base in islice((pair for pair in bases if pair[1] != pair[0].name), size)
        ]

    def set_assets(self, found: Iterable[FoundImage]) -> None:
        """Write down which assets images are."""
        images = list(self._images.values())
        for number, asset, width, height in found:
            image = images[number - 1]
            if asset is None:
                image.reason = SkipReason.SEVERAL_ASSETS
                continue
            image.asset = asset
            # where they are equal, the same numbers are kept, not two more
            image.asset_width = image.width if image.width and image.width == width else width
            image.asset_height = image.height if image.height and image.height == height else height

    def mark_folders(self) -> None:
        """Mark the names with folders whose base name another image has too."""
        left = [one for one in self._images.values() if one.asset is None and one.reason is None]
        if not left:
            return
        names: dict[str, set[str]] = {}
        for image in self._images.values():
            if image.name:
                names.setdefault(base_name(image.name), set()).add(image.name)
        for image in left:
            base = base_name(image.name)
            if image.name != base and len(names[base]) > 1:
                image.reason = SkipReason.SEVERAL_IMAGES

    def join(self) -> None:
        """Join images that are one asset, and objects with their images."""
        first: dict[str, int] = {}
        for image in self._images.values():
            if image.asset is not None:
                home = first.setdefault(image.asset, image.number)
                self._homes[image.id] = home
                self._of_home.setdefault(home, []).append(image)

    def joined(self) -> Iterator[tuple[StoredImage, StoredImage]]:
        """Give the images that are the asset of an earlier one."""
        if len(self._of_home) < len(self._homes):
            for image in self._images.values():
                first = self._of_home[self._homes[image.id]][0] if image.asset is not None else image
                if first is not image:
                    yield image, first

    def on_no_image(self) -> Iterator[StoredObject]:
        """Give the objects that are on no image."""
        unknown = set(self._columns[0]) - self._images.keys()
        if unknown:
            yield from (row for row in self._rows() if row[0] in unknown)

    def nameless(self) -> Iterator[tuple[str, int]]:
        """Give the images without a name that have objects."""
        nameless = [image for image in self._images.values() if not image.name]
        counts = Counter(self._columns[0]) if nameless else {}
        yield from ((image.place, counts[image.id]) for image in nameless if image.id in counts)

    def groups(self) -> Iterator[tuple[Sequence[StoredImage], Sequence[StoredObject]]]:
        """Give, asset by asset, the images that it is, and the objects on them."""
        counts, order = self._order_by_home()
        self._without = self._of_home.keys() - counts.keys()
        rows = self._drained_rows(order)
        del order
        for home in sorted(counts):
            yield self._of_home[home], list(islice(rows, counts[home]))

    def _order_by_home(self) -> tuple[Mapping[int, int], Sequence[int] | None]:
        """Return how many objects each home has, and their order by homes, if it is not that of the file."""
        homes: list[Any] = list(map(self._homes.get, self._columns[0]))
        counts = Counter(homes)
        del counts[None]
        on_images = counts.total()
        if on_images == len(homes) and not any(map(gt, homes, islice(homes, 1, None))):
            return counts, None
        rising = sorted(counts)
        places = dict(zip(rising, accumulate(map(counts.__getitem__, rising), initial=0), strict=False))
        order = array("l", [0]) * on_images
        for number, home in enumerate(homes):
            if home is not None:
                order[places[home]] = number
                places[home] += 1
        return counts, order

    def without_objects(self) -> Iterator[Sequence[StoredImage]]:
        """Give the images of assets without objects."""
        yield from (images for home, images in self._of_home.items() if home in self._without)

    def skipped(self) -> Iterator[tuple[str, SkipReason | None]]:
        """Give the names of images that have no asset, and why."""
        yield from dict.fromkeys(
            (image.name, image.reason)
            for image in self._images.values()
            if image.asset is None and image.name
        )

    def _rows(self) -> Iterator[StoredObject]:
        """Give the objects in the order of the file."""
        return _zipped([iter(column) for column in self._columns], iter(self._whole_packed()))

    def _drained_rows(self, order: Sequence[int] | None) -> Iterator[StoredObject]:
        """Give the objects in the order of the file or in another; they are let go as they are given."""
        packed = drained(self._whole_packed(), order) if self._packed else iter(())
        self._packed = []
        columns = []
        while self._columns:
            columns.append(drained(self._columns.pop(0), order))
        self._columns = [[] for _ in columns]
        return _zipped(columns, packed)

    def _whole_packed(self) -> list[bytes | None]:
        """Return what is packed of each object; nothing where nothing is."""
        if self._packed:
            self._fill_packed()
        return self._packed

    def _fill_packed(self) -> None:
        self._packed += [None] * (len(self._columns[0]) - len(self._packed))

    def _grow(self, *columns: Sequence[Any]) -> None:
        self._columns = [grown(mine, more) for mine, more in zip(self._columns, columns, strict=True)]


def _zipped(columns: list[Iterator[Any]], packed: Iterator[bytes | None]) -> Iterator[StoredObject]:
    image_ids, category_ids, *rest = columns
    return zip(image_ids, category_ids, chain(packed, repeat(None)), *rest, strict=False)
