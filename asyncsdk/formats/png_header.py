"""What a PNG file says of itself, read without a decoder: from chunk to chunk, past the pixels.

Pillow decodes all pixels in search of what may stand behind them: 0.1 s and more for each photograph. Files that
can be read here are walked through to their end instead; everything else is for Pillow to judge.
"""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

import attrs

__all__ = ["PngHeader", "read_png_header"]

_START = b"\x89PNG\r\n\x1a\n"
_FIRST = struct.Struct(">I4sIIBBBBBI")
_CHUNK = struct.Struct(">I4s")
_MOST_CHUNKS = 100_000
_MOST_READ_BYTES = 2**20
_MOST_PIXELS = 2**32
_MOST_SIDE = 2**31 - 1
_TURNING = (b"Raw profile type ", b"XML:com.adobe.xmp\0")
"""How texts begin that may turn an image."""

_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
"""Bits of a sample, by colour type."""


@attrs.frozen
class PngHeader:
    """A PNG file, but for its pixels."""

    width: int
    height: int
    exif: bytes = b""
    """EXIF data, from its TIFF header on."""


def read_png_header(stream: BinaryIO) -> PngHeader | None:
    """Return what a plain PNG file says of itself; `None` when it is not one, or not for sure.

    Args:
        stream: the file, opened for reading, at its beginning.

    Source: W3C PNG (third edition), sections 5 and 11.
    """
    size = _size(stream.read(len(_START) + _FIRST.size))
    if size is None:
        return None
    exif, has_pixels = b"", False
    for _ in range(_MOST_CHUNKS):
        head = stream.read(_CHUNK.size)
        if len(head) < _CHUNK.size:
            return None
        length, kind = _CHUNK.unpack(head)
        if kind == b"IDAT":
            has_pixels = True
            stream.seek(length + 4, 1)
            continue
        body = _body(stream, kind, length) if length <= _MOST_READ_BYTES else None
        if body is None or body.startswith(_TURNING) or (kind == b"eXIf" and exif) or not kind.isalpha():
            return None
        if kind == b"IEND":
            return PngHeader(*size, exif) if has_pixels else None
        if kind == b"eXIf":
            exif = body
    return None


def _size(head: bytes) -> tuple[int, int] | None:
    if len(head) < len(_START) + _FIRST.size or not head.startswith(_START):
        return None
    length, kind, width, height, depth, colour, packing, filtering, interlace, checksum = _FIRST.unpack_from(
        head, len(_START)
    )
    sound = (
        (length, kind, packing, filtering) == (13, b"IHDR", 0, 0)
        and depth in _DEPTHS.get(colour, ())
        and interlace in (0, 1)
        and zlib.crc32(head[len(_START) + 4 : -4]) == checksum
        and 0 < width * height <= _MOST_PIXELS
        and max(width, height) <= _MOST_SIDE
    )
    return (width, height) if sound else None


def _body(stream: BinaryIO, kind: bytes, length: int) -> bytes | None:
    body = stream.read(length)
    return body if stream.read(4) == zlib.crc32(kind + body).to_bytes(4, "big") else None
