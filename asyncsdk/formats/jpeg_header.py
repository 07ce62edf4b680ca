"""The header of a plain JPEG file, read without a decoder.

Most files of a dataset are like that, and finding their size this way takes a tenth of the time. Everything that is not
plain is for a decoder to judge: EXIF or XMP, which may turn the image, several images in one file, damage, and what
is rare.
"""

from __future__ import annotations

__all__ = ["HEADER_BYTES", "plain_jpeg_size"]

HEADER_BYTES = 4096
"""How much of a file is enough to find the size in a plain one."""

_MOST_PIXELS = 2**26

_START = b"\xff\xd8\xff"
_JFIF, _ADOBE, _TABLES, _SCAN = 0xE0, 0xEE, 0xDB, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_PASSED_OVER = frozenset({0xC4, 0xDD, 0xFE})
"""Huffman tables, restart interval, comment."""

_LEAST_BYTES = {_JFIF: 16, _ADOBE: 14}


def plain_jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height of a plain JPEG file; `None` when it is not one, or not for sure.

    Args:
        head: the beginning of the file; the first scan has to begin in it.

    Source: ITU-T T.81, annex B; JFIF 1.02.
    """
    size: tuple[int, int] | None = None
    if not head.startswith(_START):
        return None
    at, last = 2, len(head) - 4
    while at <= last and head[at] == 0xFF:
        marker = head[at + 1]
        end = at + 2 + (head[at + 2] << 8 | head[at + 3])
        if end > len(head):
            return None
        segment = head[at + 4 : end]
        if marker == _SCAN:
            return size
        if marker in _FRAMES:
            size = _frame_size(segment)
            if size is None:
                return None
        elif not _is_plain(marker, segment):
            return None
        at = end
    return None


def _frame_size(frame: bytes) -> tuple[int, int] | None:
    if len(frame) < 6 or frame[0] != 8 or frame[5] not in (1, 3, 4) or len(frame) != 6 + 3 * frame[5]:
        return None
    height, width = frame[1] << 8 | frame[2], frame[3] << 8 | frame[4]
    return (width, height) if 0 < width * height <= _MOST_PIXELS else None


def _is_plain(marker: int, segment: bytes) -> bool:
    if marker == _TABLES:
        return len(segment) % 65 == 0 and all(first < 16 for first in segment[::65])
    if marker in _LEAST_BYTES:
        return len(segment) + 2 >= _LEAST_BYTES[marker]
    return marker in _PASSED_OVER
