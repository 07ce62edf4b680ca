"""Uploading 2,000 small JPEGs, four requests each.

python bench/upload.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from rounds import main
from rows import Row


def make_images(folder: Path, count: int) -> None:
    """Make small images of one content, as only their number counts."""
    encoded = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 30)).save(encoded, "JPEG")
    (folder / "images").mkdir()
    for number in range(count):
        (folder / "images" / f"image-{number:06}.jpg").write_bytes(encoded.getvalue())


ROW = Row(
    name="upload 2,000 small JPEGs",
    work="upload",
    server=("--keys",),
    prepare=lambda folder: make_images(folder, 2000),
    at_most={0: 1.3, 30: 1.15},
    at_least={0: 6, 30: 12},
)

if __name__ == "__main__":
    main(ROW)
