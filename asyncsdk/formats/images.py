"""Image headers: the displayed size, and what EXIF tells. Pixels are not decoded, but for what is rare in PNG files."""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

from asyncsdk.formats.jpeg_header import HEADER_BYTES, plain_jpeg_size
from asyncsdk.formats.png_header import read_png_header
from asyncsdk.records.data import ImageSize

__all__ = ["READ_ERRORS", "exif_metadata", "image_size"]

_TURNED = frozenset({5, 6, 7, 8})
"""EXIF orientations that show the image on its side (EXIF 2.32, tag 0x0112)."""

_UNITS = {1: "none", 2: "inches", 3: "centimeters"}
_COLOR_SPACES = {1: "sRGB", 65535: "uncalibrated"}
_COMPRESSIONS = {1: "uncompressed", 6: "JPEG"}
READ_ERRORS = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RuntimeError,
    OverflowError,
    ZeroDivisionError,
    Image.DecompressionBombError,
    struct.error,
)
"""What Pillow raises on broken files, by format."""


def image_size(stream: BinaryIO) -> ImageSize | None:
    """Return the size of an image as it is displayed, in pixels; `None` when it cannot be read.

    Args:
        stream: the file, opened for reading; only its header is read.
    """
    try:
        plain = plain_jpeg_size(stream.read(HEADER_BYTES))
        if plain is not None:
            return ImageSize(*plain)
        with _header(stream) as (width, height, exif):
            turned = exif.get(ExifTags.Base.Orientation) in _TURNED
    except READ_ERRORS:
        return None
    if width < 1 or height < 1:
        return None
    return ImageSize(height, width) if turned else ImageSize(width, height)


def exif_metadata(stream: BinaryIO) -> dict[str, Any]:
    """Return what the EXIF data of an image says, under the protocol's metadata keys.

    Keys that the file does not have, or whose value is malformed, are left out. `latitude` and
    `longitude` are degrees (north and east positive) and come together; `altitude` is in metres;
    `acquired_at` is local time without offset, as EXIF stores it.

    Args:
        stream: the file, opened for reading; only its header is read.
    """
    try:
        with _header(stream) as (_, _, exif):
            found = _told(exif)
    except READ_ERRORS:
        return {}
    return {name: value for name, value in found.items() if value is not None}


def _told(exif: Image.Exif) -> dict[str, Any]:
    """Return every key, with `None` where there is no value; a value is decoded, or warned of, when it is asked for."""
    base = ExifTags.Base
    details = exif.get_ifd(ExifTags.IFD.Exif)
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    return {
        "acquired_at": _time(details.get(base.DateTimeOriginal) or exif.get(base.DateTime)),
        "acquired_by": _text(exif.get(base.Artist)),
        "resolution_x": _number(exif.get(base.XResolution)),
        "resolution_y": _number(exif.get(base.YResolution)),
        "resolution_unit": _word(exif.get(base.ResolutionUnit), _UNITS),
        "compression": _word(exif.get(base.Compression), _COMPRESSIONS),
        "manufacturer": _text(exif.get(base.Make)),
        "software": _text(exif.get(base.Software)),
        "color_space": _word(details.get(base.ColorSpace), _COLOR_SPACES),
        **_position(place),
    }


@contextmanager
def _header(stream: BinaryIO) -> Iterator[tuple[int, int, Image.Exif]]:
    """Give width, height and EXIF data of an image."""
    stream.seek(0)
    png = read_png_header(stream)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a large image is no reason to warn: no pixel is decoded
        if png is not None:
            yield png.width, png.height, _loaded(png.exif)
            return
        stream.seek(0)
        with Image.open(stream) as image:
            exif = _exif_of(image)
            if image.format == "TIFF":  # of these Pillow tells the displayed size
                exif.pop(ExifTags.Base.Orientation, None)
            yield *image.size, exif


def _loaded(encoded: bytes) -> Image.Exif:
    exif = Image.Exif()
    with suppress(struct.error):  # an image is one without its EXIF data, too
        exif.load(encoded)
    return exif


def _exif_of(image: Image.Image) -> Image.Exif:
    try:
        return image.getexif()
    except struct.error:
        return Image.Exif()


def _position(place: dict[int, Any]) -> dict[str, float | None]:
    gps = ExifTags.GPS
    latitude = _degrees(place.get(gps.GPSLatitude), place.get(gps.GPSLatitudeRef), "S", 90)
    longitude = _degrees(place.get(gps.GPSLongitude), place.get(gps.GPSLongitudeRef), "W", 180)
    altitude = _number(place.get(gps.GPSAltitude))
    if altitude is not None and place.get(gps.GPSAltitudeRef) in (1, b"\x01"):
        altitude = -altitude
    if latitude is None or longitude is None:
        return {"altitude": altitude}
    return {"latitude": latitude, "longitude": longitude, "altitude": altitude}


def _degrees(value: Any, reference: Any, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not 0 <= total <= most:
        return None
    return -total if reference == negative else total


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if math.isfinite(number) else None


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    clean = "".join(char for char in value if char.isprintable()).strip()
    return clean or None


def _word(value: Any, words: dict[int, str]) -> str | None:
    return words.get(value, str(value)) if isinstance(value, int) else None


def _time(value: Any) -> str | None:
    text = _text(value)
    if text is None:
        return None
    try:
        return datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 - EXIF has no offset
    except ValueError:
        return None
