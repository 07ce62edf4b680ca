"""Makes the files that are uploaded: small images, big ones, and some with awkward names."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image

__all__ = ["EXACT_BYTES", "make_big", "make_exact", "make_photo", "make_small", "make_tiny"]

EXACT_BYTES = 2 * 25 * 1024 * 1024
"""An exact multiple of the part size: the last part of its upload is empty."""

_ORIENTATION, _MAKER, _SOFTWARE, _TAKEN = 0x0112, 0x010F, 0x0131, 0x0132


def make_small(folder, stem, number):
    """Write an image of a size and content of its own, JPEG and PNG in turn."""
    path = Path(folder, f"{stem}_{number:02d}.{'png' if number % 2 else 'jpg'}")
    Image.new("RGB", (40 + number, 30 + number), (number * 9, 90, len(stem) * 20)).save(path)
    return path


def make_tiny(folder, number):
    """Write an image of a few bytes; its number is its content."""
    path = Path(folder, f"tiny_{number:04d}.png")
    Image.new("RGB", (1, 1), (number >> 8, number & 255, 7)).save(path)
    return path


def make_photo(folder):
    """Write a JPEG of 48 by 32 pixels that a camera has turned by 90 degrees and described."""
    path = Path(folder, "photo.jpg")
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif[_MAKER] = "Lens & Co"
    exif[_SOFTWARE] = "firmware 3"
    exif[_TAKEN] = "2031:05:06 07:08:09"
    Image.new("RGB", (48, 32), (200, 30, 60)).save(path, exif=exif)
    return path


def make_big(folder):
    """Write an image of a little more than 60 MB."""
    path = Path(folder, "big.png")
    size = (5000, 4000)
    Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3)).save(path, compress_level=0)
    return path


def make_exact(folder):
    """Write an image of exactly twice the part size."""
    path = make_small(folder, "exact", 1)
    with path.open("ab") as stream:
        stream.write(os.urandom(EXACT_BYTES - path.stat().st_size))
    return path
