"""Which item has which name, of very many, in little memory."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator

__all__ = ["NameOwners"]

_BUCKETS = 4096
_NAME, _OWNER = b"\n", b"\0"  # in front of each: escaped texts have neither


class NameOwners:
    """A mapping of names to ids of items, for each about the bytes of both texts.

    A bucket is one text of all of its names and owners, and is searched as such: with a million names that
    takes a microsecond.

    Example:
        >>> owners = NameOwners()
        >>> owners.first("cat.jpg", "1"), owners.first("cat.jpg", "2")
        ('1', '1')
    """

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets: defaultdict[int, bytearray] = defaultdict(bytearray)

    def first(self, name: str, item_id: str) -> str:
        """Return the item that has a name; where none has it, it is this one's from now on."""
        key, bucket = self._find(name)
        start = bucket.find(key)
        if start < 0:
            bucket += key + _escaped(item_id)
            return item_id
        start += len(key)
        return _text(bucket[start : _end(bucket, start)])

    def give(self, name: str, item_id: str) -> None:
        """Let an item have a name, whoever had it."""
        key, bucket = self._find(name)
        start = bucket.find(key)
        if start >= 0:
            del bucket[start : _end(bucket, start + len(key))]
        bucket += key + _escaped(item_id)

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield each name with the item that has it, in no order."""
        for bucket in self._buckets.values():
            for entry in bytes(bucket[1:]).split(_NAME):
                name, _, owner = entry.partition(_OWNER)
                yield _text(name), _text(owner)

    def _find(self, name: str) -> tuple[bytes, bytearray]:
        key = _NAME + _escaped(name) + _OWNER
        return key, self._buckets[zlib.crc32(key) % _BUCKETS]


def _escaped(text: str) -> bytes:
    return text.encode("unicode_escape")


def _text(escaped: bytes | bytearray) -> str:
    return escaped.decode("unicode_escape")


def _end(bucket: bytearray, start: int) -> int:
    end = bucket.find(_NAME, start)
    return len(bucket) if end < 0 else end
