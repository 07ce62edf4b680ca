"""Cutting work into requests of a bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from asyncsdk.errors import InvalidArgumentError

__all__ = ["chunked"]

T = TypeVar("T")


def chunked(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield the items in tuples of `size`; the last one may be shorter, none is empty.

    Raises:
        InvalidArgumentError: `size` is less than 1.

    Example:
        >>> list(chunked("abcde", 2))
        [('a', 'b'), ('c', 'd'), ('e',)]
    """
    if size < 1:
        raise InvalidArgumentError(f"size must be at least 1, got {size}")
    source = iter(items)
    while chunk := tuple(islice(source, size)):
        yield chunk
