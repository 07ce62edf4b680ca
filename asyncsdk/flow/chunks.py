"""Cutting work into requests of a bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar
from uuid import UUID

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.wire.ids import canonical_id

__all__ = ["chunked", "split_ids"]

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


def split_ids(ids: Iterable[str | UUID], size: int) -> list[tuple[str, ...]]:
    """Return the ids in canonical form, each once, in their order, in tuples of at most `size`.

    Raises:
        InvalidArgumentError: one is not an id, or `size` is less than 1.
    """
    return list(chunked(dict.fromkeys(canonical_id(one) for one in ids), size))
