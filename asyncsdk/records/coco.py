"""The records of COCO files, in the format's own words and in the order in which its keys are written.

Every key is always there: readers of the format differ in which ones they can do without. `bbox`, `area`,
`score` and `iscrowd` are never null, as older readers want them.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

__all__ = [
    "COCOAnnotation",
    "COCOCategory",
    "COCOContent",
    "COCOFrame",
    "COCOFrameAttributes",
    "COCOImage",
    "COCOInfo",
    "COCORle",
    "COCOVideo",
    "COCOVideoAnnotation",
]

Numbers: TypeAlias = tuple[float, ...]


@attrs.frozen(kw_only=True)
class COCOInfo:
    """Where a file is from."""

    year: int | None = None
    version: str | None = None
    description: str | None = None
    contributor: str | None = None
    url: str | None = None
    date_created: str | None = None


@attrs.frozen(kw_only=True)
class COCOCategory:
    """A kind of object."""

    id: int | str
    name: str
    keypoints: tuple[str, ...] | None = None
    skeleton: tuple[tuple[int, int], ...] | None = None
    supercategory: str | None = None


@attrs.frozen(kw_only=True)
class COCOImage:
    """An image."""

    id: int | str
    file_name: str | None
    """Never `None` but for frames of videos."""

    width: int | None = None
    height: int | None = None
    license: int | None = None
    flickr_url: str | None = None
    coco_url: str | None = None
    date_captured: str | None = None
    attributes: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class COCOVideo:
    """A video."""

    id: int | str
    file_name: str
    width: int | None = None
    height: int | None = None
    attributes: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class COCOFrame(COCOImage):
    """A frame of a video."""

    video_id: int | str
    frame_id: int
    """Number of the frame, from 0."""


@attrs.frozen(kw_only=True)
class COCORle:
    """A mask as run lengths."""

    size: tuple[int, int]
    """Height and width in pixels."""

    counts: str | tuple[int, ...]


@attrs.frozen(kw_only=True)
class COCOAnnotation:
    """An object on an image."""

    id: int | str
    image_id: int | str
    category_id: int | str
    bbox: Numbers = ()
    """x, y, width, height in pixels; empty where the object has no place, such as a label of the whole image."""

    segmentation: tuple[Numbers, ...] | COCORle = ()
    """Polygons (x1, y1, x2, y2 and so on), or a mask."""

    keypoints: Numbers | None = None
    num_keypoints: int | None = None
    score: float = 0.0
    iscrowd: int = 0
    area: float = 0.0
    """Square pixels."""

    utf8_string: str | None = None
    attributes: dict[str, Any] | None = None


@attrs.frozen(kw_only=True)
class COCOFrameAttributes:
    """Where an object of a video belongs."""

    track_id: int | str
    frame_id: int
    keyframe: bool
    occluded: bool = False
    rotation: float = 0.0


@attrs.frozen(kw_only=True)
class COCOVideoAnnotation(COCOAnnotation):
    """An object at a frame of a video."""

    video_id: int | str
    frame_attributes: COCOFrameAttributes | None = None


@attrs.frozen(kw_only=True)
class COCOContent:
    """A whole COCO file.

    Example:
        >>> [category.name for category in file.categories]
        ['truck', 'road']
    """

    info: COCOInfo = COCOInfo()
    categories: tuple[COCOCategory, ...] = ()
    videos: tuple[COCOVideo, ...] = ()
    images: tuple[COCOImage, ...] = ()
    annotations: tuple[COCOAnnotation, ...] = ()
