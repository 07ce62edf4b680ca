"""Uploading 2,000 small JPEGs, four requests each.

python bench/upload.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from rounds import Row, main


def prepare(folder: Path) -> None:
    """Make the images: small ones of one content, as only the number of files counts."""
    encoded = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 30)).save(encoded, "JPEG")
    (folder / "images").mkdir()
    for number in range(2000):
        (folder / "images" / f"image-{number:06}.jpg").write_bytes(encoded.getvalue())


ROW = Row(name="upload 2,000 small JPEGs", work="upload", server=("--keys",), prepare=prepare)

if __name__ == "__main__":
    main(ROW)
