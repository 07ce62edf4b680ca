"""How an image looks, in a few bytes: images that look alike have looks that are near."""

from __future__ import annotations

import io
import warnings

import attrs
from PIL import Image, ImageOps, UnidentifiedImageError

__all__ = ["BITS", "Look", "UnreadableImageError", "distance", "look_at"]

BITS = 128
"""Bits of a hash."""

_SIDE = 8
_DRAFT = (256, 256)
_MOST_COLOUR_STEPS = 20


class UnreadableImageError(Exception):
    """The bytes are no image that can be read."""


@attrs.frozen
class Look:
    """How an image looks."""

    hash: int
    """Where it gets brighter from left to right, and from top to bottom: 128 bits."""

    colour: tuple[int, int, int]
    """Its mean colour, red, green and blue, 0 to 255."""

    area: int
    """Width times height, in pixels."""


def look_at(content: bytes) -> Look:
    """Return how the image in a file looks, as it is displayed.

    The hash is the difference hash: the image as grey values, shrunk to 9 by 8 pixels, and one bit for each
    pair of neighbours in a row, set where the right one is brighter. A second one of the columns, of 8 by 9
    pixels, follows. Source: N. Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013.

    Raises:
        UnreadableImageError: it is no image, or a broken one.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as opened:
                area = opened.width * opened.height
                opened.draft("RGB", _DRAFT)  # JPEG: decoded at a fraction of its size
                image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableImageError(str(error)) from error
    grey = image.convert("L")
    mean = image.resize((1, 1), Image.Resampling.BOX).tobytes()
    bits = _rising(grey, across=True) << (BITS // 2) | _rising(grey, across=False)
    return Look(bits, (mean[0], mean[1], mean[2]), area)


def distance(one: Look, other: Look) -> int:
    """Return how many bits of two hashes differ; all of them where the mean colours are not alike.

    A surface without any edges has next to no hash: its colour tells it from another one.
    """
    steps = max(abs(a - b) for a, b in zip(one.colour, other.colour, strict=True))
    return (one.hash ^ other.hash).bit_count() if steps <= _MOST_COLOUR_STEPS else BITS


def _rising(grey: Image.Image, *, across: bool) -> int:
    """Return a bit for each pair of neighbours, set where the second one is brighter."""
    if not across:
        grey = grey.transpose(Image.Transpose.TRANSPOSE)
    shrunk = grey.resize((_SIDE + 1, _SIDE), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(_SIDE):
        for column in range(_SIDE):
            at = row * (_SIDE + 1) + column
            bits = bits << 1 | (shrunk[at] < shrunk[at + 1])
    return bits
