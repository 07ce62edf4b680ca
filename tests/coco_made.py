"""COCO files for tests, with everything that an import may keep, change or drop."""

from __future__ import annotations

import numpy as np
from pycocotools import mask as masks

WIDTH, HEIGHT = 60, 40


def square(x, y, size):
    return [x, y, x + size, y, x + size, y + size, x, y + size]


def painted(*spans):
    """Return a mask with some columns painted."""
    bitmap = np.zeros((HEIGHT, WIDTH), np.uint8, order="F")
    for first, last in spans:
        bitmap[5:30, first:last] = 1
    encoded = masks.encode(bitmap)
    return {"size": [HEIGHT, WIDTH], "counts": encoded["counts"].decode()}


def plain(first, last):
    """Return the same as run lengths that are not compressed."""
    runs = [first * HEIGHT + 5]
    for _ in range(first, last):
        runs += [25, 15]
    runs[-1] += (WIDTH - last) * HEIGHT - 5
    return {"size": [HEIGHT, WIDTH], "counts": runs}


OBJECTS = [
    {"bbox": [1.4, 2.5, 10.49, 20.5], "utf8_string": "AB-1 é", "attributes": {"dirty": True, "n": 1.5}},
    {"bbox": [4.5, 5.4, 10, 10], "segmentation": [square(4.5, 5.4, 10)]},
    {
        "bbox": [0, 0, 50, 30],
        "segmentation": [square(0.2, 0.3, 9.6), square(30.5, 10.5, 19.4)],
        "category_id": 2,
    },
    {"bbox": [1, 1, 40, 30], "segmentation": [[20.5, 10.25, 33.7, 12, 30.1, 28.9, 20.5, 10.25]]},
    {"segmentation": [[3, 3, 17.5, 4.49, 9.51, 16]], "category_id": 3},
    {"bbox": [10, 5, 10, 25], "segmentation": painted((10, 20)), "iscrowd": 1},
    {"bbox": [2, 5, 50, 25], "segmentation": painted((2, 10), (40, 52)), "image_id": 2},
    {"segmentation": plain(30, 36), "image_id": 2, "iscrowd": 1, "category_id": 2},
    {"bbox": [], "segmentation": [], "image_id": 2, "category_id": 3, "utf8_string": ""},
    {"bbox": [], "segmentation": [], "image_id": 3},
    {"bbox": [7, 8, 9, 10], "image_id": 3, "attributes": {"deep": {"list": [1, None, "x"]}}},
]
POSES = [
    {"keypoints": [5, 6, 2, 7.5, 9.25, 1, 0, 0, 0], "bbox": [5, 6, 2.5, 3.25], "num_keypoints": 2},
    {"keypoints": [0] * 9, "bbox": [3, 3, 10, 10], "segmentation": [square(3, 3, 10)], "num_keypoints": 0},
    {
        "keypoints": [9, 9, 2, 20, 30.5, 2, 11, 12, 1],
        "segmentation": [square(5, 6, 25)],
        "bbox": [5, 6, 25, 25],
    },
    {"bbox": [3, 3, 10, 10], "image_id": 2},
]
PERSON = {
    "keypoints": ["head", "hand", "foot"],
    "skeleton": [[1, 2], [1, 3]],
    "supercategory": "living.human",
}


def made(annotations, *categories):
    images = [
        {"id": number, "file_name": f"{number}.jpg", "width": WIDTH, "height": HEIGHT}
        for number in (1, 2, 3, 4)
    ]
    images[0] |= {"attributes": {"weather": "fog"}, "license": 1, "coco_url": "http://example.org/1.jpg"}
    return {
        "info": {"year": 2026},
        "licenses": [{"id": 1, "name": "CC BY 4.0"}],
        "images": images,
        "categories": [{"id": number} | one for number, one in enumerate(categories, start=1)],
        "annotations": [
            {"id": 100 + number, "image_id": 1, "category_id": 1} | one
            for number, one in enumerate(annotations)
        ],
    }


FILES = {
    "objects": made(
        OBJECTS,
        {"name": "car", "supercategory": "vehicles"},
        {"name": "bus", "supercategory": "vehicles"},
        {"name": "never seen", "supercategory": "things.small"},
    ),
    "poses": made(POSES, {"name": "person"} | PERSON, {"name": "cat"}),
}
