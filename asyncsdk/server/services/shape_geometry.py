"""What the platform takes as geometry: whole pixels, none of them negative.

Each function returns what is stored of a shape: its own fields as they travel, and its area. Negative
positions and empty boxes are refused, not clipped: a client's fault must not turn into other annotations.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

from asyncsdk.formats import rle
from asyncsdk.formats.geometry import LARGEST_COORDINATE, MOST_POINTS, area
from asyncsdk.formats.objects import RunLengths
from asyncsdk.records.new_shapes import NewKeypoints, NewLine, NewPoint, NewPolygon, NewRectangle
from asyncsdk.records.shapes import Coordinate

__all__ = [
    "Drawn",
    "GeometryError",
    "draw_keypoints",
    "draw_line",
    "draw_mask",
    "draw_point",
    "draw_polygon",
    "draw_rectangle",
    "whole",
    "whole_points",
]

Drawn: TypeAlias = tuple[dict[str, Any], float | None]
"""The fields of a shape's own, and its area in square pixels where it has one."""

_Points: TypeAlias = Sequence[tuple[Coordinate, Coordinate]]


class GeometryError(ValueError):
    """A shape cannot be kept.

    Attributes:
        field: where in the shape, such as `polygon[2]`.
    """

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(rule)
        self.field = field


def whole(value: Coordinate, field: str) -> int:
    """Return a whole number of pixels; 3.0 is one.

    Raises:
        GeometryError: it is none, negative or too large.
    """
    if type(value) is not int and not float(value).is_integer():
        raise GeometryError(field, f"must be a whole number of pixels, not {value}")
    if not 0 <= value <= LARGEST_COORDINATE:
        raise GeometryError(field, f"must be 0 to {LARGEST_COORDINATE}, not {value}")
    return int(value)


def whole_points(points: _Points, field: str, least: int) -> _Points:
    """Return points in whole pixels.

    Raises:
        GeometryError: there are fewer than `least`, or one is no place of an image.
    """
    if not least <= len(points) <= MOST_POINTS:
        raise GeometryError(field, f"must have {least} to {MOST_POINTS} points, not {len(points)}")
    flat = list(chain.from_iterable(points))
    if set(map(type, flat)) == {int} and min(flat) >= 0 and max(flat) <= LARGEST_COORDINATE:
        return points
    return [
        (whole(x, f"{field}[{index}]"), whole(y, f"{field}[{index}]")) for index, (x, y) in enumerate(points)
    ]


def draw_rectangle(shape: NewRectangle) -> Drawn:
    """Return a rectangle as it is stored; the published clients cut boxes of less than a pixel to 0."""
    w, h = whole(shape.w, "w"), whole(shape.h, "h")
    return {"x": whole(shape.x, "x"), "y": whole(shape.y, "y"), "w": w, "h": h}, float(w * h)


def draw_polygon(shape: NewPolygon) -> Drawn:
    """Return a polygon as it is stored."""
    points = whole_points(shape.polygon, "polygon", 3)
    drawn: dict[str, Any] = {"polygon": points}
    if shape.instance is not None:
        drawn["instance"] = whole(shape.instance, "instance")
    return drawn, area(points)


def draw_line(shape: NewLine) -> Drawn:
    """Return a line as it is stored."""
    return {"line": whole_points(shape.line, "line", 2)}, None


def draw_point(shape: NewPoint) -> Drawn:
    """Return a point as it is stored."""
    point = whole_points([shape.point], "point", 1)[0]
    return {"point": point, "order": None if shape.order is None else whole(shape.order, "order")}, None


def draw_keypoints(shape: NewKeypoints) -> Drawn:
    """Return keypoints as they are stored; they may lie between pixels."""
    if not 1 <= len(shape.keypoints) <= MOST_POINTS:
        raise GeometryError("keypoints", f"must have 1 to {MOST_POINTS} points, not {len(shape.keypoints)}")
    for index, (x, y, visibility) in enumerate(shape.keypoints):
        if not (0 <= x <= LARGEST_COORDINATE and 0 <= y <= LARGEST_COORDINATE):
            raise GeometryError(
                f"keypoints[{index}]", f"must lie at 0 to {LARGEST_COORDINATE}, not at {x}, {y}"
            )
        if visibility not in {0, 1, 2}:
            raise GeometryError(f"keypoints[{index}]", f"visibility must be 0, 1 or 2, not {visibility}")
    return {"keypoints": shape.keypoints}, None


def draw_mask(counts: str, width: int, height: int) -> Drawn:
    """Return a mask as it is stored.

    Args:
        counts: the text of its compressed run lengths.
        width: of the image in pixels.
        height: of the image in pixels.

    Raises:
        GeometryError: the counts are not those of an image of this size.
    """
    try:
        runs = rle.plain(RunLengths(height, width, counts))
        return {"mask": counts, "bbox": rle.bounding_box(runs)}, float(rle.area(runs))
    except rle.RunLengthsError as error:
        raise GeometryError("mask", str(error)) from error
