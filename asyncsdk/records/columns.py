"""Columns of many values: arrays while these are numbers of one kind, lists else."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final, TypeAlias

__all__ = ["Column", "drained", "grown"]

Column: TypeAlias = "array[Any] | list[Any]"

_CODES: Final = {frozenset({int}): ("i", "q"), frozenset({float}): ("d",)}
"""Kinds of items, by the type of all values; the smaller one first."""

_IN_A_PART: Final = 4096


def grown(column: Column, more: Sequence[Any]) -> Column:
    """Return a column with more values; the column itself is used up.

    Args:
        column: an empty list, or what this function returned.
        more: what comes behind it.

    Example:
        >>> grown(grown([], [1, 2]), [3])
        array('i', [1, 2, 3])
        >>> grown(grown([], [1, 2]), [2**40])
        array('q', [1, 2, 1099511627776])
        >>> grown(grown([], [1, 2]), ["three"])
        [1, 2, 'three']
    """
    values = _packed(more)
    if isinstance(column, array):
        if (
            values is not None
            and column.typecode != values.typecode
            and "d" not in {column.typecode, values.typecode}
        ):
            column, values = _widened(column), _widened(values)
        if values is None or column.typecode != values.typecode:
            column = column.tolist()
    elif not column and values is not None:
        return values
    column.extend(more if isinstance(column, list) or values is None else values)
    return column


def drained(column: Column, order: Sequence[int] | None = None) -> Iterator[Any]:
    """Return an iterator over a column's values, which lets go of what it has given, some thousands at a time.

    Args:
        column: copied at once, part by part.
        order: indexes of the values to give; `None` gives all, in their order.

    Example:
        >>> list(drained([1, 2, 3], [2, 0]))
        [3, 1]
    """
    return chain.from_iterable(_popped(deque(_parts(column, order))))


def _parts(column: Column, order: Sequence[int] | None) -> Iterator[Column]:
    for start in range(0, len(column) if order is None else len(order), _IN_A_PART):
        if order is None:
            yield column[start : start + _IN_A_PART]
        else:
            part = map(column.__getitem__, order[start : start + _IN_A_PART])
            yield array(column.typecode, part) if isinstance(column, array) else list(part)


def _popped(parts: deque[Column]) -> Iterator[Column]:
    while parts:
        yield parts.popleft()


def _packed(values: Sequence[Any]) -> array[Any] | None:
    for code in _CODES.get(frozenset(map(type, values)), ()):
        try:
            return array(code, values)
        except OverflowError:
            continue
    return None


def _widened(numbers: array[Any]) -> array[Any]:
    return numbers if numbers.typecode == "q" else array("q", numbers)
