"""Importing a COCO file of 20,000 images and 100,000 boxes.

python bench/import_coco.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from pathlib import Path

import orjson
from rounds import main
from rows import Row


def prepare(folder: Path) -> None:
    """Write the file."""
    images = [
        {"id": number, "file_name": f"image-{number:06}.jpg", "width": 640, "height": 480}
        for number in range(20_000)
    ]
    boxes = [
        {
            "id": number,
            "image_id": number // 5,
            "category_id": 1,
            "bbox": [10 * (number % 5), 20, 30, 40],
            "area": 1200,
            "iscrowd": 0,
            "segmentation": [],
        }
        for number in range(100_000)
    ]
    coco = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "car"}]}
    (folder / "coco.json").write_bytes(orjson.dumps(coco))


ROW = Row(
    name="import a COCO file of 20,000 images, 100,000 boxes",
    work="import_coco",
    server=("--assets=20000", "--keys"),
    prepare=prepare,
    at_least={30: 8},
    in_flight={0: 8, 30: 128},
)

if __name__ == "__main__":
    main(ROW)
