"""Does the memory of a COCO import follow the file?

    python bench/coco_memory.py [boxes …]

A client process of its own imports a file of so many boxes, ten on each image, into a version of rows without
files; printed are its peak above the resident size after connecting and one request, and the time.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from filled_workspace import TOKEN, fill
from serving import platform

import asyncsdk

PER_IMAGE = 10


def write(path: Path, boxes: int) -> None:
    """Write a file of boxes in random order, as real files have them."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}], "images": [')
        for number in range(1, boxes // PER_IMAGE + 1):
            image = {"id": number, "file_name": f"image-{number:08}.jpg", "width": 640, "height": 480}
            file.write("," * (number > 1) + json.dumps(image))
        file.write('], "annotations": [')
        for number in range(boxes):
            box = [draw.randrange(500) + 0.25, draw.randrange(400) + 0.5, 20.75, 30.0]
            found = {
                "id": number,
                "image_id": draw.randrange(boxes // PER_IMAGE) + 1,
                "bbox": box,
                "iscrowd": 0,
            }
            found |= {"category_id": 1 + number % 2, "area": 622.5, "segmentation": []}
            file.write("," * (number > 0) + json.dumps(found))
        file.write("]}")


async def bring_in(url: str, version_id: str, path: str) -> None:
    async with asyncsdk.Client(url, TOKEN) as client:
        version = await client.get_dataset_version_by_id(version_id)
        await version.set_type("object_detection")
        before = psutil.Process().memory_info().rss
        begun, cpu = time.perf_counter(), time.process_time()
        result = await version.import_annotations_coco_file(path, progress=False)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(
            f"{sum(result.values()):9,} boxes on {len(result):,} assets  peak +{(peak - before) / 1e6:6.1f} MB  "
            f"{seconds:6.1f} s, of it {cpu:6.1f} s CPU of the client"
        )


def main() -> None:
    if sys.argv[1:2] == ["--import"]:
        asyncsdk.run(bring_in(*sys.argv[2:5]))
        return
    for boxes in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000]:
        with tempfile.TemporaryDirectory() as name:
            folder, path = Path(name, "workspace"), Path(name, "coco.json")
            version = fill(folder, boxes // PER_IMAGE)
            write(path, boxes)
            print(f"{path.stat().st_size / 1e6:9,.0f} MB")
            with platform(folder, TOKEN) as (url, _):
                subprocess.run([sys.executable, __file__, "--import", url, version, str(path)], check=True)


if __name__ == "__main__":
    main()
