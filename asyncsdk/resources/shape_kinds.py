"""The kinds of shapes that have routes of their own, in one table: routes, and what callers give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Real
from typing import Any

import attrs

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.new_shapes import (
    NewClassification,
    NewLine,
    NewMask,
    NewPoint,
    NewPolygon,
    NewRectangle,
)
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["CLASSIFICATIONS", "LINES", "MASKS", "POINTS", "POLYGONS", "RECTANGLES", "ShapeKind"]


@attrs.frozen(kw_only=True)
class ShapeKind:
    """A kind of shape.

    Attributes:
        singular: the variable of its routes.
        plural: what lists of it are called.
        new: record of a new one.
        checks: its own fields in the order that callers give them, each with what checks it.
        listing: route that lists those of an annotation.
        creating: route that adds some to an annotation.
        reading: route that reads one.
        changing: route that changes one; `None` for masks, which are replaced.
        deleting: route that deletes one.
    """

    singular: str
    plural: str
    new: type[Any]
    checks: Mapping[str, Callable[[Any, str], Any]]
    listing: Route
    creating: Route
    reading: Route
    changing: Route | None
    deleting: Route


def _whole(value: Any, what: str) -> int:
    """Return a whole number of pixels; 3.0 is one."""
    if not _is_whole(value):
        raise InvalidArgumentError(f"{what} must be a whole number of pixels, got {value!r}")
    return int(value)


def _is_whole(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and bool(value % 1 == 0)


def _place(value: Any, what: str) -> tuple[int, int]:
    numbers = _items(value, what, "x and y")
    if len(numbers) != 2:
        raise InvalidArgumentError(f"{what} must be x and y, got {value!r}")
    return _whole(numbers[0], f"{what}[0]"), _whole(numbers[1], f"{what}[1]")


def _places(value: Any, what: str) -> tuple[tuple[int, int], ...]:
    points = _items(value, what, "a list of points")
    return tuple(_place(point, f"{what}[{index}]") for index, point in enumerate(points))


def _items(value: Any, what: str, wanted: str) -> list[Any]:
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise InvalidArgumentError(f"{what} must be {wanted}, got {value!r}")
    return list(value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise InvalidArgumentError(f"{what} must be the counts text of a compressed COCO RLE, got {value!r}")
    return value


RECTANGLES = ShapeKind(
    singular="rectangle",
    plural="rectangles",
    new=NewRectangle,
    checks={"x": _whole, "y": _whole, "w": _whole, "h": _whole},
    listing=routes.LIST_RECTANGLES,
    creating=routes.CREATE_RECTANGLES,
    reading=routes.GET_RECTANGLE,
    changing=routes.UPDATE_RECTANGLE,
    deleting=routes.DELETE_RECTANGLE,
)
POLYGONS = ShapeKind(
    singular="polygon",
    plural="polygons",
    new=NewPolygon,
    checks={"polygon": _places},
    listing=routes.LIST_POLYGONS,
    creating=routes.CREATE_POLYGONS,
    reading=routes.GET_POLYGON,
    changing=routes.UPDATE_POLYGON,
    deleting=routes.DELETE_POLYGON,
)
LINES = ShapeKind(
    singular="line",
    plural="lines",
    new=NewLine,
    checks={"line": _places},
    listing=routes.LIST_LINES,
    creating=routes.CREATE_LINES,
    reading=routes.GET_LINE,
    changing=routes.UPDATE_LINE,
    deleting=routes.DELETE_LINE,
)
POINTS = ShapeKind(
    singular="point",
    plural="points",
    new=NewPoint,
    checks={"point": _place},
    listing=routes.LIST_POINTS,
    creating=routes.CREATE_POINTS,
    reading=routes.GET_POINT,
    changing=routes.UPDATE_POINT,
    deleting=routes.DELETE_POINT,
)
CLASSIFICATIONS = ShapeKind(
    singular="classification",
    plural="classifications",
    new=NewClassification,
    checks={},
    listing=routes.LIST_CLASSIFICATIONS,
    creating=routes.CREATE_CLASSIFICATIONS,
    reading=routes.GET_CLASSIFICATION,
    changing=routes.UPDATE_CLASSIFICATION,
    deleting=routes.DELETE_CLASSIFICATION,
)
MASKS = ShapeKind(
    singular="mask",
    plural="masks",
    new=NewMask,
    checks={"mask": _text},
    listing=routes.LIST_MASKS,
    creating=routes.CREATE_MASKS,
    reading=routes.GET_MASK,
    changing=None,
    deleting=routes.DELETE_MASK,
)
