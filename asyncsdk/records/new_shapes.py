"""Shapes on their way to the platform: they name their label by its id.

Coordinates are absolute pixels, the origin is the top left corner, x runs right and y down. The platform
takes whole, non-negative ones; keypoints may lie between pixels.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

from asyncsdk.records.absent import absent
from asyncsdk.records.shapes import Coordinate

__all__ = [
    "EndKeyframe",
    "NewClassification",
    "NewKeypoints",
    "NewLine",
    "NewMask",
    "NewPoint",
    "NewPolygon",
    "NewRectangle",
    "NewShape",
    "NewShapes",
    "NewTrack",
    "PolygonKeyframe",
    "RectangleKeyframe",
    "ShapePatch",
]


@attrs.frozen(kw_only=True)
class _New:
    """What every new shape has."""

    label_id: str
    text: str | None = absent()
    attributes: dict[str, Any] | None = absent()


@attrs.frozen(kw_only=True)
class NewClassification(_New):
    """A label for the whole image."""


@attrs.frozen(kw_only=True)
class NewRectangle(_New):
    """A box: its top left corner, width and height."""

    x: Coordinate
    y: Coordinate
    w: Coordinate
    h: Coordinate


@attrs.frozen(kw_only=True)
class NewPolygon(_New):
    """A polygon of at least three points, closed by itself."""

    polygon: tuple[tuple[Coordinate, Coordinate], ...]
    instance: int | None = absent()
    """Our addition: polygons of one annotation with the same number are the parts of one object."""


@attrs.frozen(kw_only=True)
class NewLine(_New):
    """An open line through at least two points."""

    line: tuple[tuple[Coordinate, Coordinate], ...]


@attrs.frozen(kw_only=True)
class NewPoint(_New):
    """One point."""

    point: tuple[Coordinate, Coordinate]
    order: int | None = absent()
    """Place among the points of its annotation, from 0; the place in the request where it is not said."""


@attrs.frozen(kw_only=True)
class NewKeypoints(_New):
    """The points of a skeleton, each x, y and visibility: 0 not there, 1 hidden, 2 visible."""

    keypoints: tuple[tuple[Coordinate, Coordinate, int], ...]


@attrs.frozen(kw_only=True)
class NewMask(_New):
    """A mask: the `counts` text of a compressed COCO RLE; its size is that of the image."""

    mask: str


NewShape: TypeAlias = (
    NewClassification | NewRectangle | NewPolygon | NewLine | NewPoint | NewKeypoints | NewMask
)
"""Any shape that is to be made."""


@attrs.frozen(kw_only=True)
class NewShapes:
    """Shapes of every kind, by the plural of the kind."""

    classifications: tuple[NewClassification, ...] = absent(())
    rectangles: tuple[NewRectangle, ...] = absent(())
    polygons: tuple[NewPolygon, ...] = absent(())
    lines: tuple[NewLine, ...] = absent(())
    points: tuple[NewPoint, ...] = absent(())
    keypoints: tuple[NewKeypoints, ...] = absent(())
    masks: tuple[NewMask, ...] = absent(())


@attrs.frozen(kw_only=True)
class RectangleKeyframe:
    """Where a box is at a frame, counted from the start of its track."""

    x: Coordinate
    y: Coordinate
    w: Coordinate
    h: Coordinate
    frame_index: int


@attrs.frozen(kw_only=True)
class PolygonKeyframe:
    """Where a polygon is at a frame, counted from the start of its track; parts share a frame."""

    polygon: tuple[tuple[Coordinate, Coordinate], ...]
    frame_index: int


@attrs.frozen(kw_only=True)
class EndKeyframe:
    """The first frame, counted from the start of the track, at which the object is gone."""

    frame_index: int


@attrs.frozen(kw_only=True)
class NewTrack(_New):
    """An object of a video through its frames."""

    start_frame_index: int
    rectangle_keyframes: tuple[RectangleKeyframe, ...] = ()
    polygon_keyframes: tuple[PolygonKeyframe, ...] = ()
    end_keyframes: tuple[EndKeyframe, ...] = ()


@attrs.frozen(kw_only=True)
class ShapePatch:
    """Changes what is given of a shape; only fields of its own kind count."""

    label_id: str | None = absent()
    text: str | None = absent()
    attributes: dict[str, Any] | None = absent()
    x: Coordinate | None = absent()
    y: Coordinate | None = absent()
    w: Coordinate | None = absent()
    h: Coordinate | None = absent()
    polygon: tuple[tuple[Coordinate, Coordinate], ...] | None = absent()
    line: tuple[tuple[Coordinate, Coordinate], ...] | None = absent()
    point: tuple[Coordinate, Coordinate] | None = absent()
