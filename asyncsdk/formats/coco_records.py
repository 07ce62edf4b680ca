"""What a COCO file holds, entry by entry: its ids beside the neutral thing they number."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from asyncsdk.formats.coco_rows import BoxRow, ImageRow
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.objects import Category, FileImage, FileObject

__all__ = [
    "BoxRows",
    "CategoryEntry",
    "CocoDataset",
    "CocoEntry",
    "FrameLocator",
    "ImageEntry",
    "ImageRows",
    "ObjectEntry",
    "VideoEntry",
]


@attrs.frozen
class CategoryEntry:
    """An element of `categories`; every id comes once."""

    id: CocoId
    category: Category


@attrs.frozen
class VideoEntry:
    """An element of `videos`; its objects are elsewhere in the file."""

    id: CocoId
    video: FileImage


@attrs.frozen
class ImageEntry:
    """An element of `images`: an image, or a frame of a video; its objects are elsewhere in the file."""

    id: CocoId
    image: FileImage
    """Without a name where a frame has none."""

    video_id: CocoId | None = None
    frame: int | None = None
    """Number of the frame in its video."""


@attrs.frozen
class FrameLocator:
    """Where an object of a video belongs."""

    track_id: CocoId
    frame: int | None = None
    """Number of the frame; else the frame image tells it."""

    is_keyframe: bool = False


@attrs.frozen
class ObjectEntry:
    """An element of `annotations`."""

    image_id: CocoId | None
    """Of an object of a video it may be missing."""

    category_id: CocoId
    object: FileObject
    """The object, whose label is still to be filled in."""

    id: CocoId | None = None
    video_id: CocoId | None = None
    locator: FrameLocator | None = None

    def labelled(self, label: str) -> FileObject:
        """Return the object with its label, the name of its category."""
        return attrs.evolve(self.object, label=label)


@attrs.frozen
class BoxRows:
    """Ordinary boxes that follow each other in `annotations`."""

    first: int
    """Index of the first."""

    rows: list[BoxRow]


@attrs.frozen
class ImageRows:
    """Ordinary images that follow each other in `images`."""

    first: int
    """Index of the first."""

    rows: list[ImageRow]


CocoEntry: TypeAlias = CategoryEntry | VideoEntry | ImageEntry | ObjectEntry
"""Any entry of a COCO file."""


@attrs.frozen(kw_only=True)
class CocoDataset:
    """A whole COCO file, joined."""

    categories: tuple[Category, ...] = ()
    """Each name once, in the order of the file."""

    images: tuple[FileImage, ...] = ()
    """Each name once, with its objects, in the order of the file; frames of videos are no images."""

    videos: tuple[FileImage, ...] = ()
    """Each name once, with its tracks."""
