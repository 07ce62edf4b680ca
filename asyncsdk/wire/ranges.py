"""Byte ranges (RFC 9110, section 14): asking for them, answering them, checking answers."""

from __future__ import annotations

import re

import attrs

__all__ = ["ByteRange", "ContentRange", "UnsatisfiableRange", "parse_content_range", "parse_range"]

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class UnsatisfiableRange(ValueError):  # noqa: N818 - the term of the RFC
    """The range lies outside the object: status 416."""


@attrs.frozen
class ByteRange:
    """A part of an object: from `start` to `end`, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.end - self.start + 1


@attrs.frozen
class ContentRange:
    """Which part an answer carries, and the size of the whole where it is told."""

    start: int
    end: int
    size: int | None


def parse_range(header: str | None, size: int) -> ByteRange | None:
    """Return the single range that a `Range` header asks for; `None` serves the whole object.

    A header that is malformed, or that asks for several ranges, is ignored, as the RFC allows.

    Raises:
        UnsatisfiableRange: the range starts past the end.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        wanted = int(last)
        if wanted == 0 or size == 0:
            raise UnsatisfiableRange(f"no such range in {size} bytes")
        return ByteRange(max(0, size - wanted), size - 1)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise UnsatisfiableRange(f"byte {start} is past the end of {size} bytes")
    return ByteRange(start, end)


def parse_content_range(header: str | None) -> ContentRange | None:
    """Return what a `Content-Range` header says; `None` when it is missing or malformed."""
    match = _CONTENT_RANGE.fullmatch(header.strip()) if header else None
    if match is None:
        return None
    start, end, size = match.groups()
    return ContentRange(int(start), int(end), None if size == "*" else int(size))
