"""Images with something to see on them, and copies of them."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter

__all__ = ["encoded", "picture"]


def picture(seed, size=(320, 240)):
    """Return an image of a few soft blobs, another one for each seed."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        w, h = (chance.randrange(size[axis] // 10, size[axis] // 2) for axis in (0, 1))
        draw.ellipse(
            (x - w // 2, y - h // 2, x + w, y + h), fill=tuple(chance.randrange(256) for _ in range(3))
        )
    return image.filter(ImageFilter.GaussianBlur(2))


def encoded(image, *, scale=1.0, quality=90, format="JPEG"):  # noqa: A002 - Pillow's word
    """Return an image as a file."""
    size = (round(image.width * scale), round(image.height * scale))
    buffer = io.BytesIO()
    image.resize(size).save(buffer, format, **({} if format in ("PNG", "TIFF") else {"quality": quality}))
    return buffer.getvalue()
