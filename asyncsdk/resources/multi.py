"""Sequences of resource objects with bulk methods; the objects are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, Self, TypeVar, overload

from asyncsdk.markup.elements import Html
from asyncsdk.resources.cards import items_card
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.resource import Resource

__all__ = ["Multi"]

T = TypeVar("T", bound=Resource[Any])


class Multi(Sequence[T], Generic[T]):
    """A sequence of resource objects of one kind.

    It holds the records, listed ones packed; each object is made on access, so that a million of them stay cheap.
    Slicing and `filter` give a sequence of the same kind.
    """

    __slots__ = ("_connection", "_records")

    def __init__(self, connection: Connection, records: Sequence[Any]) -> None:
        self._connection = connection
        self._records = records

    @property
    def ids(self) -> list[str]:
        """The ids, in order."""
        known: list[str] | None = getattr(self._records, "ids", None)
        return [record.id for record in self._records] if known is None else known

    def filter(self, keep: Callable[[T], bool]) -> Self:
        """Return the objects for which `keep` is true, in order.

        Args:
            keep: looks at one object.
        """
        return self._of([record for record in self._records if keep(self._wrap(record))])

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Self: ...

    def __getitem__(self, index: int | slice) -> T | Self:
        if isinstance(index, slice):
            return self._of(self._records[index])
        return self._wrap(self._records[index])

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[T]:
        return map(self._wrap, self._records)

    def __contains__(self, item: object) -> bool:
        if not isinstance(item, Resource) or not self._records:
            return False
        return type(item) is type(self[0]) and any(record.id == item.id for record in self._records)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Multi) and self.ids == other.ids

    def __hash__(self) -> int:
        return hash((type(self).__name__, tuple(self.ids)))

    def __repr__(self) -> str:
        shown = ", ".join(repr(item) for item in self[:3])
        more = ", …" if len(self) > 3 else ""
        return f"<{type(self).__name__} of {len(self)}: [{shown}{more}]>"

    def _repr_html_(self) -> str:
        return self._card()

    def __reduce_ex__(self, protocol: Any) -> str | tuple[Any, ...]:
        raise TypeError(f"{type(self).__name__} holds a connection and cannot be pickled; keep the ids")

    def _card(self) -> Html:
        first = [(item._label(), item.id) for item in self[:20]]  # noqa: SLF001 - its own
        return items_card(type(self).__name__, first, len(self))

    def _wrap(self, record: Any) -> T:
        raise NotImplementedError

    def _of(self, records: Sequence[Any]) -> Self:
        raise NotImplementedError
