"""Many records in little memory: kept as the JSON they came in, and read again on access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

import attrs
import msgspec

from asyncsdk.records import codec

__all__ = ["PackedRecords", "pack"]

T = TypeVar("T")


class _Item(msgspec.Struct, gc=False):
    id: str


_ids = msgspec.json.Decoder(_Item)


@attrs.frozen
class _Items:
    items: list[msgspec.Raw]


def pack(body: bytes) -> list[msgspec.Raw]:
    """Return the items of a page as they are in its JSON, which was decoded before, so that it is known to be sound."""
    return codec.decode(body, _Items).items


class PackedRecords(Sequence[T], Generic[T]):
    """A sequence of records of one type that have an `id`; each is made anew on each access.

    A record of a listing takes about half of the memory in this form. A slice shares it.

    Args:
        items: what `pack` returned, of any number of pages; or the JSON of each record.
        kind: type of the records.

    Example:
        >>> page = b'{"items": [{"id": "1", "name": "train", "target_type": "ASSET"}]}'
        >>> PackedRecords(pack(page), TagRecord)[0].name
        'train'
    """

    __slots__ = ("_items", "_kind")

    def __init__(self, items: Sequence[msgspec.Raw | bytes], kind: type[T]) -> None:
        self._items = items
        self._kind = kind

    @property
    def ids(self) -> list[str]:
        """The ids, in order."""
        return [_ids.decode(item).id for item in self._items]

    def id_at(self, index: int) -> str:
        """Return the id of a record that is there, without the rest of it."""
        return _ids.decode(self._items[index]).id

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> PackedRecords[T]: ...

    def __getitem__(self, index: int | slice) -> T | PackedRecords[T]:
        if isinstance(index, slice):
            return PackedRecords(self._items[index], self._kind)
        return self._record(self._items[index])

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return map(self._record, self._items)

    def _record(self, item: msgspec.Raw | bytes) -> T:
        return codec.decode(bytes(item), self._kind)
