"""Masks of polygons, with exactly the pixels that the COCO API gives them.

The rules, as they follow from `rleFrPoly` in
https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c: vertices are moved to a grid five
times finer than the pixels, halves up. Each edge becomes a line of grid points, one for each step along
its longer side, the other number rounded. The outline crosses column c of pixels where such a line steps
between the grid's columns 5c + 2 and 5c + 3; every crossing turns the pixels below it from off to on, or
back, from the first pixel whose middle (5r + 2) is not above the higher of the two grid points.

There the whole line is written out; here the step is computed, so that the work grows with the columns
that the edges cross and not with their length.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from asyncsdk.formats.objects import Point, RunLengths
from asyncsdk.formats.rle import RunLengthsError, check_size, union

__all__ = ["mask_of_polygon", "mask_of_polygons"]

_Pair: TypeAlias = tuple[int, int]

_FINER = 5
_MOST_CROSSINGS = 2_000_000


def mask_of_polygons(parts: Iterable[Sequence[Point]], height: int, width: int) -> RunLengths:
    """Return the mask of an object of several polygons.

    Args:
        parts: at least one polygon; see `mask_of_polygon`.
        height: of the image in pixels.
        width: of the image in pixels.

    Raises:
        RunLengthsError: as `mask_of_polygon` does, or no polygon.
    """
    return union(mask_of_polygon(points, height, width) for points in parts)


def mask_of_polygon(points: Sequence[Point], height: int, width: int) -> RunLengths:
    """Return the mask of one polygon; what lies outside of the image is left out.

    Args:
        points: the vertices, `geometry.usable`; fewer than three give no pixels.
        height: of the image in pixels.
        width: of the image in pixels.

    Raises:
        RunLengthsError: a size out of range, or an outline that crosses columns more than two million times.
    """
    pixels = check_size(height, width)
    turns: set[int] = set()
    for count, turn in enumerate(_turns(points, height, width)):
        if count == _MOST_CROSSINGS:
            raise RunLengthsError(f"the outline crosses columns of pixels more than {_MOST_CROSSINGS} times")
        turns ^= {turn}
    counts = (end - start for start, end in pairwise([0, *sorted(turns | {pixels})]))
    return RunLengths(height, width, tuple(counts))


def _turns(points: Sequence[Point], height: int, width: int) -> Iterator[int]:
    """Yield the pixels, counted column by column, from which on the mask turns."""
    grid = [(int(_FINER * x + 0.5), int(_FINER * y + 0.5)) for x, y in points]
    for (x, y), (next_x, next_y) in zip(grid, [*grid[1:], *grid[:1]], strict=True):
        for column, grid_row in _crossings(x, y, next_x, next_y, width):
            row = -((2 - grid_row) // _FINER)
            yield column * height + min(max(row, 0), height)


def _crossings(x: int, y: int, end_x: int, end_y: int, width: int) -> Iterator[_Pair]:
    """Yield each column of pixels that an edge crosses, with the higher of the step's two grid rows."""
    columns = range(
        max(0, -((2 - min(x, end_x)) // _FINER)),
        min(width, (max(x, end_x) - 3) // _FINER + 1),
    )
    if not columns:
        return iter(())
    if abs(end_x - x) >= abs(end_y - y):
        first, last = sorted([(x, y), (end_x, end_y)])
        return _crossings_of_flat(*first, *last, columns)
    first, last = sorted([(y, x), (end_y, end_x)])
    return _crossings_of_steep(*first, *last, columns)


def _crossings_of_flat(x: int, y: int, end_x: int, end_y: int, columns: range) -> Iterator[_Pair]:
    """Yield the crossings of an edge that is at least as wide as high; its line has a point in each column."""
    slope = (end_y - y) / (end_x - x)
    for column in columns:
        higher = _FINER * column + 2 - x + (slope < 0)
        yield column, int(y + slope * higher + 0.5)


def _crossings_of_steep(y: int, x: int, end_y: int, end_x: int, columns: range) -> Iterator[_Pair]:
    """Yield the crossings of an edge that is higher than wide; its line has a point in each row."""
    rows = range(end_y - y + 1)
    slope = (end_x - x) / (end_y - y)
    sign = 1 if slope > 0 else -1

    def along(row: int) -> int:
        return sign * int(x + slope * row + 0.5)

    for column in columns:
        before = _FINER * column + (2 if slope > 0 else 3)
        yield column, y + bisect_right(rows, sign * before, key=along) - 1
