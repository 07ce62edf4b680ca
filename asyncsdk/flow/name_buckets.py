"""Very many names in little memory, for searching."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Container, Iterable

__all__ = ["AFTER_NAME", "BEFORE_NAME", "NameBuckets", "NameSet", "escaped"]

BEFORE_NAME, AFTER_NAME = b"\n", b"\0"
"""What is around each name: escaped texts have neither."""

_BUCKETS = 4096


class NameBuckets(defaultdict[int, bytearray]):
    """Texts of many names each. A bucket is searched as such: with a million names that takes a microsecond."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(bytearray)

    def find(self, name: str) -> tuple[bytes, bytearray]:
        """Return how a name is written, and the bucket in which it is, or is to be."""
        written = BEFORE_NAME + escaped(name) + AFTER_NAME
        return written, self[zlib.crc32(written) % _BUCKETS]


class NameSet(Container[str]):
    """A set of names that never changes, for each about its bytes.

    Args:
        names: the names.

    Example:
        >>> "cat.jpg" in NameSet(["cat.jpg"])
        True
    """

    __slots__ = ("_buckets",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._buckets = NameBuckets()
        for name in names:
            written, bucket = self._buckets.find(name)
            bucket += written

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        written, bucket = self._buckets.find(name)
        return written in bucket


def escaped(text: str) -> bytes:
    """Return a text in ASCII, without line breaks and zeros."""
    return text.encode("unicode_escape")
