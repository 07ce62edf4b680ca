"""Shapes with the name of their label: as they are loaded, and as files hold them.

Coordinates are absolute pixels, the origin is the top left corner, x runs right and y down.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

from asyncsdk.records.absent import absent

__all__ = [
    "LARGEST_ATTRIBUTES",
    "LONGEST_TEXT",
    "ClassificationShape",
    "Coordinate",
    "KeypointsShape",
    "LineShape",
    "MaskShape",
    "PointShape",
    "PolygonShape",
    "RectangleShape",
    "Shape",
]

Coordinate: TypeAlias = int | float
"""A number of pixels; the platform keeps whole ones for all shapes but keypoints."""

LONGEST_TEXT = 65_536
"""Characters of a shape's text that the platform takes."""

LARGEST_ATTRIBUTES = 262_144
"""Bytes of a shape's attributes, as JSON, that the platform takes."""


@attrs.frozen(kw_only=True)
class _Labelled:
    """What every shape has."""

    label: str
    """Name of the label."""

    text: str | None = None
    attributes: dict[str, Any] | None = None
    id: str | None = absent()
    """Id on the platform; none in a file."""


@attrs.frozen(kw_only=True)
class ClassificationShape(_Labelled):
    """A label for the whole image."""


@attrs.frozen(kw_only=True)
class RectangleShape(_Labelled):
    """A box: its top left corner, width and height."""

    x: Coordinate
    y: Coordinate
    w: Coordinate
    h: Coordinate
    area: float | None = absent()
    """Width times height, in square pixels, where the platform tells it."""


@attrs.frozen(kw_only=True)
class PolygonShape(_Labelled):
    """A polygon of at least three points, closed by itself."""

    polygon: tuple[tuple[Coordinate, Coordinate], ...]
    area: float | None = absent()
    """Area by the shoelace formula, in square pixels, where the platform tells it."""

    instance: int | None = absent()
    """Polygons of one annotation with the same number are the parts of one object."""


@attrs.frozen(kw_only=True)
class LineShape(_Labelled):
    """An open line through at least two points."""

    line: tuple[tuple[Coordinate, Coordinate], ...]


@attrs.frozen(kw_only=True)
class PointShape(_Labelled):
    """One point."""

    point: tuple[Coordinate, Coordinate]
    order: int = 0
    """Place among the points of its annotation, from 0."""


@attrs.frozen(kw_only=True)
class KeypointsShape(_Labelled):
    """The points of a skeleton, in the order of its vertices.

    Each is x, y and visibility: 0 not there, 1 hidden, 2 visible (as in COCO).
    """

    keypoints: tuple[tuple[Coordinate, Coordinate, int], ...]


@attrs.frozen(kw_only=True)
class MaskShape(_Labelled):
    """A mask: the `counts` text of a compressed COCO RLE; its size is that of the image."""

    mask: str
    area: float | None = absent()
    """Number of pixels."""

    bbox: tuple[int, ...] | None = absent()
    """The smallest box around the pixels: x, y, width, height."""


Shape: TypeAlias = (
    ClassificationShape | RectangleShape | PolygonShape | LineShape | PointShape | KeypointsShape | MaskShape
)
"""Any shape."""
