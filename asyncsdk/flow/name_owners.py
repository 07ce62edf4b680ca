"""Which item has which name, of very many, in little memory."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsdk.flow.name_buckets import AFTER_NAME, BEFORE_NAME, NameBuckets, escaped

__all__ = ["NameOwners"]


class NameOwners:
    """A mapping of names to ids of items, for each about the bytes of both texts.

    In the text of a bucket each name is followed by its owner.

    Example:
        >>> owners = NameOwners()
        >>> owners.first("cat.jpg", "1"), owners.first("cat.jpg", "2")
        ('1', '1')
    """

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets = NameBuckets()

    def first(self, name: str, item_id: str) -> str:
        """Return the item that has a name; where none has it, it is this one's from now on."""
        key, bucket = self._buckets.find(name)
        start = bucket.find(key)
        if start < 0:
            bucket += key + escaped(item_id)
            return item_id
        start += len(key)
        return _text(bucket[start : _end(bucket, start)])

    def give(self, name: str, item_id: str) -> None:
        """Let an item have a name, whoever had it."""
        key, bucket = self._buckets.find(name)
        start = bucket.find(key)
        if start >= 0:
            del bucket[start : _end(bucket, start + len(key))]
        bucket += key + escaped(item_id)

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield each name with the item that has it, in no order."""
        for bucket in self._buckets.values():
            for entry in bytes(bucket[1:]).split(BEFORE_NAME):
                name, _, owner = entry.partition(AFTER_NAME)
                yield _text(name), _text(owner)


def _text(written: bytes | bytearray) -> str:
    return written.decode("unicode_escape")


def _end(bucket: bytearray, start: int) -> int:
    end = bucket.find(BEFORE_NAME, start)
    return len(bucket) if end < 0 else end
