"""Plain geometry of boxes and polygons, in pixels: areas, bounds, rounding, cutting to an image.

Nothing here knows of files or shapes, and nothing is reported: `canvas` does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from asyncsdk.formats.objects import Box, Point

__all__ = [
    "LARGEST_COORDINATE",
    "MOST_POINTS",
    "area",
    "bounding_box",
    "clamp",
    "corners",
    "cut_box",
    "pairs",
    "pixel",
    "usable",
    "without_closing_point",
]

N = TypeVar("N", int, float)

LARGEST_COORDINATE = 2**28
"""No image comes near; five times this still fits the whole numbers of the COCO API."""

MOST_POINTS = 100_000
"""Points that the platform takes of one shape."""


def pixel(value: float) -> int:
    """Round to a whole pixel, halves away from zero.

    Args:
        value: a finite number of pixels.

    Example:
        >>> [pixel(value) for value in (0.4, 0.5, 2.5, -0.5)]
        [0, 1, 3, -1]
    """
    whole = int(value)
    if abs(value - whole) < 0.5:
        return whole
    return whole + 1 if value > 0 else whole - 1


def usable(numbers: Iterable[float]) -> bool:
    """Tell whether all are finite and no larger than `LARGEST_COORDINATE`, whatever their sign."""
    return all(-LARGEST_COORDINATE <= number <= LARGEST_COORDINATE for number in numbers)


def pairs(numbers: Sequence[float]) -> tuple[Point, ...]:
    """Return the points of a flat list: x1, y1, x2, y2 and so on.

    Raises:
        ValueError: the last x has no y.
    """
    if len(numbers) % 2:
        raise ValueError(f"{len(numbers)} numbers are not pairs of x and y")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def without_closing_point(points: Sequence[tuple[N, N]]) -> tuple[tuple[N, N], ...]:
    """Return the points of a polygon whose end does not repeat its first point."""
    end = len(points)
    while end > 1 and points[end - 1] == points[0]:
        end -= 1
    return tuple(points[:end])


def area(points: Sequence[Point]) -> float:
    """Return the area of a polygon by the shoelace formula, in square pixels, never negative."""
    following = [*points[1:], *points[:1]]
    return (
        abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(points, following, strict=True)))
        / 2
    )


def bounding_box(points: Iterable[tuple[N, N]]) -> tuple[N, N, N, N]:
    """Return the smallest box around the points.

    Args:
        points: at least one.
    """
    xs, ys = zip(*points, strict=True)
    left, top = min(xs), min(ys)
    return left, top, max(xs) - left, max(ys) - top


def corners(box: tuple[N, N, N, N]) -> tuple[tuple[N, N], ...]:
    """Return the corners of a box, clockwise from the top left."""
    x, y, w, h = box
    return (x, y), (x + w, y), (x + w, y + h), (x, y + h)


def clamp(value: float, largest: float | None) -> float:
    """Return the number nearest to `value` that lies between 0 and `largest`, where that is known."""
    return max(value if largest is None else min(value, largest), 0)


def cut_box(box: Box, width: int | None, height: int | None) -> Box | None:
    """Return the part of a box that lies on an image, `None` where nothing of it does.

    Args:
        box: a box whose width and height are positive.
        width: of the image in pixels, `None` where it is unknown; then only negative x are cut.
        height: the same for y.
    """
    x, y, w, h = box
    across, down = _cut(x, w, width), _cut(y, h, height)
    if across is None or down is None:
        return None
    return across[0], down[0], across[1], down[1]


def _cut(start: float, length: float, size: int | None) -> tuple[float, float] | None:
    """Return the part of a span that lies between 0 and `size`; the same numbers where all of it does."""
    end = start + length
    if start >= 0 and (size is None or end <= size):
        return start, length
    first, last = clamp(start, size), clamp(end, size)
    return (first, last - first) if first < last else None
