"""Sequences that keep their items packed, and behave as the tuples that they stand for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

__all__ = ["PackedSequence"]

T = TypeVar("T")


class PackedSequence(Sequence[T], Generic[T]):
    """A sequence whose items are made anew on each access.

    It equals the tuple of its items, and hashes, shows and adds as that; a slice of it is a tuple.
    """

    __slots__ = ()

    @abstractmethod
    def _at(self, index: int) -> T:
        """Return the item of an index that is there, counted from the start."""

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...

    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        found = range(len(self))[index]
        return tuple(map(self._at, found)) if isinstance(found, range) else self._at(found)

    def __iter__(self) -> Iterator[T]:
        return map(self._at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | PackedSequence):
            return NotImplemented
        return len(self) == len(other) and all(
            mine == theirs for mine, theirs in zip(self, other, strict=True)
        )

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __add__(self, other: Sequence[Any]) -> tuple[Any, ...]:
        return (*self, *other)

    def __radd__(self, other: Sequence[Any]) -> tuple[Any, ...]:
        return (*other, *self)

    def __repr__(self) -> str:
        return repr(tuple(self))
