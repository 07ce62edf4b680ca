"""Sequences of sync objects with bulk methods; the objects are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Self, TypeVar, cast, overload

from asyncsdk.portal.objects import SyncObject, unwrap

__all__ = ["SyncMulti"]

T = TypeVar("T", bound=SyncObject)


class SyncMulti(SyncObject, Sequence[T]):
    """A sequence of sync objects of one kind.

    Each object is made on access, so that a million of them stay cheap. Slicing and `filter` give a
    sequence of the same kind.
    """

    __slots__ = ()

    _item: ClassVar[type[SyncObject]]

    @property
    def ids(self) -> list[str]:
        """The ids, in order."""
        ids: list[str] = self._async.ids
        return ids

    def filter(self, keep: Callable[[T], bool]) -> Self:
        """Return the objects for which `keep` is true, in order.

        Args:
            keep: looks at one object.
        """
        return type(self)(self._async.filter(lambda item: keep(self._wrap(item))))

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Self: ...

    def __getitem__(self, index: int | slice) -> T | Self:
        found = self._async[index]
        return type(self)(found) if isinstance(index, slice) else self._wrap(found)

    def __len__(self) -> int:
        return len(self._async)

    def __iter__(self) -> Iterator[T]:
        return map(self._wrap, self._async)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, SyncObject) and unwrap(item) in self._async

    def _repr_html_(self) -> str:
        shown: str = self._async._repr_html_()
        return shown

    def _wrap(self, item: Any) -> T:
        return cast(T, self._item(item))
