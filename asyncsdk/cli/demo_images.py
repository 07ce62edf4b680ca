"""Images for the demo: coloured shapes of different sizes, the same at each run."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["make_images"]


def make_images(folder: Path, count: int) -> None:
    """Write images into a folder; files that are there are kept.

    Args:
        folder: made when it is missing.
        count: how many images.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / f"shape-{number:05}.{'png' if number % 4 == 0 else 'jpg'}"
        if not path.exists():
            _draw(random.Random(number)).save(path)  # noqa: S311 - the same pictures at each run


def _draw(chance: random.Random) -> Image.Image:
    width, height = chance.randrange(120, 321, 8), chance.randrange(120, 321, 8)
    image = Image.new("RGB", (width, height), _colour(chance))
    pen = ImageDraw.Draw(image)
    for _ in range(chance.randrange(2, 6)):
        left, top = chance.randrange(width - 40), chance.randrange(height - 40)
        box = (left, top, left + chance.randrange(20, 90), top + chance.randrange(20, 90))
        (pen.rectangle if chance.random() < 0.5 else pen.ellipse)(box, fill=_colour(chance))
    return image


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)
