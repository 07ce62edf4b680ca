"""What is kept of a COCO file while it is joined: images and objects by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

import attrs

from asyncsdk.formats.coco_rows import BoxRow
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.import_result import SkipReason

__all__ = ["CocoStore", "FoundImage", "StoredImage", "StoredObject"]


@attrs.define
class StoredImage:
    """An image of the file, and what is known of its asset."""

    id: CocoId
    name: str
    place: str
    width: int | None
    """As the file says."""

    height: int | None
    attributes: bytes | None = None
    """As JSON."""

    number: int = 0
    """Counted from 1; images that are told twice are counted once."""

    asset: str | None = None
    asset_width: int = 0
    """As the platform says; 0 where it does not know."""

    asset_height: int = 0
    reason: SkipReason | None = None
    """Why there is no asset, if it is not that none has the name."""

    def says_the_same(self, other: StoredImage) -> bool:
        """Tell whether the file says the same of another image, but for its place."""
        return (self.name, self.width, self.height, self.attributes) == (
            other.name,
            other.width,
            other.height,
            other.attributes,
        )


StoredObject: TypeAlias = tuple[CocoId | None, CocoId, bytes | None, Any, Any, Any, Any, Any, Any]
"""Ids of image and category, then what is said: packed, or a box, its index in the file and its id."""

FoundImage: TypeAlias = tuple[int, str | None, int, int]
"""Number of an image, id of its asset, `None` for several, and the asset's size, 0 where nobody knows it."""


class CocoStore(Protocol):
    """A place for the images and objects of a file. All methods block."""

    @property
    def images(self) -> int:
        """How many images there are; they are numbered from 1."""
        ...

    def add_images(self, images: Sequence[StoredImage]) -> Iterable[tuple[StoredImage, StoredImage]]:
        """Take images in; give those whose id was there already, each with the first of that id."""
        ...

    def add_boxes(self, first: int, rows: Sequence[BoxRow]) -> None:
        """Take ordinary boxes in, the first of which has this index in the file."""
        ...

    def add_objects(self, objects: Iterable[StoredObject]) -> None:
        """Take any objects in."""
        ...

    def unmatched(self, after: int, size: int, *, by_base: bool) -> list[tuple[int, str]]:
        """Return images that have no asset yet: number, and what to look for.

        Args:
            after: number of the last one before.
            size: how many.
            by_base: whether to look for base names, of names with folders.
        """
        ...

    def set_assets(self, found: Iterable[FoundImage]) -> None:
        """Write down which assets images are."""
        ...

    def mark_folders(self) -> None:
        """Mark the names with folders whose base name another image of the file has too."""
        ...

    def join(self) -> None:
        """Join images that are one asset, and objects with their images."""
        ...

    def joined(self) -> Iterator[tuple[StoredImage, StoredImage]]:
        """Give the images that are the asset of an earlier one, each with that."""
        ...

    def on_no_image(self) -> Iterator[StoredObject]:
        """Give the objects that are on no image."""
        ...

    def nameless(self) -> Iterator[tuple[str, int]]:
        """Give the images without a name that have objects: place, and number of objects."""
        ...

    def groups(self) -> Iterator[tuple[Sequence[StoredImage], Sequence[StoredObject]]]:
        """Give, asset by asset, the images that it is, and the objects on them, at least one; once."""
        ...

    def without_objects(self) -> Iterator[Sequence[StoredImage]]:
        """Give, asset by asset, the images that it is, where no objects are on them; after `groups`."""
        ...

    def skipped(self) -> Iterator[tuple[str, SkipReason | None]]:
        """Give the names of images that have no asset, and why."""
        ...
