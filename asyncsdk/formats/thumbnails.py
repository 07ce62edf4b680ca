"""Small pictures of large ones."""

from __future__ import annotations

import io
import warnings
from typing import cast

import attrs
from PIL import Image, ImageOps

from asyncsdk.errors import FormatError
from asyncsdk.formats.images import READ_ERRORS

__all__ = ["Thumbnail", "make_thumbnail"]

MOST_PIXELS = 50_000_000
"""No more are decoded for a thumbnail; large JPEG images are decoded at a part of their size."""

_QUALITY = 75
_WHITE = (255, 255, 255)


@attrs.frozen
class Thumbnail:
    """A small JPEG image, upright, and the size of the image that it was made of."""

    jpeg: bytes = attrs.field(repr=False)

    width: int
    """Width of the whole image in pixels, as displayed."""

    height: int
    """Height of the whole image in pixels, as displayed."""


def make_thumbnail(content: bytes, filename: str, longest_px: int) -> Thumbnail:
    """Return a thumbnail of an image, turned as its EXIF orientation says, with white behind it.

    Args:
        content: the image file.
        filename: its name, for the error.
        longest_px: length of the thumbnail's longer side; a smaller image keeps its size.

    Raises:
        FormatError: it is no image that can be read, is broken, or more than fifty million pixels would have to be decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its size is looked at below
            with Image.open(io.BytesIO(content)) as image:
                return _made(image, filename, longest_px)
    except READ_ERRORS as error:
        raise FormatError(filename, "", f"no picture can be made of it: {error}") from error


def _made(image: Image.Image, filename: str, longest_px: int) -> Thumbnail:
    stored = image.size
    image.draft("RGB", (longest_px, longest_px))
    if image.width * image.height > MOST_PIXELS:
        raise FormatError(filename, "", f"{stored[0]} x {stored[1]} pixels are too many for a thumbnail")
    upright = ImageOps.exif_transpose(_eight_bits(image))
    turned = (upright.width > upright.height) != (image.width > image.height)
    width, height = stored[::-1] if turned else stored
    upright.thumbnail((longest_px, longest_px))
    target = io.BytesIO()
    _flat(upright).save(target, "JPEG", quality=_QUALITY)
    return Thumbnail(target.getvalue(), width, height)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return an image of one or more bytes a pixel: what has larger numbers is stretched from darkest to brightest."""
    if image.mode[0] not in "IF":
        return image
    numbers = image.convert("F")
    low, high = map(float, cast(tuple[float, float], numbers.getextrema()))
    scale = 255 / ((high - low) or 1)
    return numbers.point(lambda value: value * scale - low * scale).convert("L")


def _flat(image: Image.Image) -> Image.Image:
    """Return the image without transparency and palette."""
    if image.mode in ("L", "RGB"):
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    colored = image.convert("RGBA")
    behind = Image.new("RGB", colored.size, _WHITE)
    behind.paste(colored, mask=colored.getchannel("A"))
    return behind
