"""Makes annotation files, and says what shapes an importer should make of them.

Only the standard library is used: the tests beside this folder make their files here too.

The published clients cut the digits after the point off, where we round: `expected` takes the function that
makes whole numbers, `int` for theirs.
"""

from __future__ import annotations

import json
import random
from itertools import chain

__all__ = [
    "LABELS",
    "coco_file",
    "expected",
    "mask_of_box",
    "renamed",
    "shapes_of",
    "voc_expected",
    "voc_file",
    "yolo_expected",
    "yolo_files",
]

LABELS = ("car", 'odd "one" & ünique', "bird")
_VERTICES = ("head", "body", "tail")

_KINDS = {
    "classifications": lambda shape: (),
    "rectangles": lambda shape: tuple(shape[side] for side in "xywh"),
    "polygons": lambda shape: tuple(chain(*shape["polygon"])),
    "lines": lambda shape: tuple(chain(*shape["line"])),
    "points": lambda shape: tuple(shape["point"]),
    "keypoints": lambda shape: tuple(chain(*shape["keypoints"])),
    "masks": lambda shape: shape["mask"],
}


def shapes_of(annotation):
    """Return the shapes of a loaded annotation: kind, label, numbers (or mask), text, attributes."""
    return [
        (kind, shape["label"], numbers(shape), shape["text"], shape["attributes"])
        for kind, numbers in _KINDS.items()
        for shape in annotation.get(kind) or ()
    ]


def coco_file(images, holds="polygons", *, seed=1):
    """Return a COCO file as a dictionary.

    Args:
        images: name, width and height of each; the last one stays without annotations.
        holds: what annotations have beside a box: "polygons", "keypoints" or "masks".
        seed: of the numbers.
    """
    chance = random.Random(seed)
    categories = [{"id": 7 + 3 * number, "name": name} for number, name in enumerate(LABELS)]
    if holds == "keypoints":
        for category in categories:
            category |= {"keypoints": list(_VERTICES), "skeleton": [[1, 2], [2, 3]]}
    file = {"categories": categories, "images": [], "annotations": []}
    for number, (name, width, height) in enumerate(images):
        image = {"id": 100 + number, "file_name": name, "width": width, "height": height}
        if number % 3 == 0:
            image["attributes"] = {"weather": "fog", "shot": number}
        file["images"].append(image)
        for index in range(0 if number == len(images) - 1 else 1 + number % 4):
            found = {
                "id": len(file["annotations"]) + 1,
                "image_id": image["id"],
                "category_id": categories[(number + index) % len(categories)]["id"],
                "iscrowd": 0,
                **_object(chance, width, height, holds),
            }
            if index % 2:
                found |= {"utf8_string": f"AB-{index} ü", "attributes": {"dirty": True, "index": index}}
            file["annotations"].append(found)
    return file


def _object(chance, width, height, holds):
    """Return box, area and one thing more, on an image."""
    x, y = _number(chance, 0, width / 2 - 4), _number(chance, 0, height / 2 - 4)
    w, h = _number(chance, 3.6, width / 2), _number(chance, 3.6, height / 2)
    found = {"bbox": [x, y, w, h], "area": w * h}
    if holds == "polygons":
        parts = 1 + (chance.random() < 0.3)
        found["segmentation"] = [_polygon(x + part, y + part, w - 1, h - 1, chance) for part in range(parts)]
    elif holds == "keypoints":
        points = [[x, y, 2], [x + w / 2, y + h / 2, 1], [0, 0, 0]]
        found |= {"keypoints": list(chain(*points)), "num_keypoints": 2}
    else:
        box = [int(side) for side in found["bbox"]]
        found["segmentation"] = {"size": [height, width], "counts": mask_of_box(box, width, height)}
    return found


def _number(chance, low, high):
    """Return a number of pixels: some are whole, some are halves."""
    return chance.choice((round, _half, _fine, _fine))(chance.uniform(low, high))


def _half(number):
    return int(number) + 0.5


def _fine(number):
    return round(number, 2)


def _polygon(x, y, w, h, chance):
    points = [(x, y), (x + w, y + chance.random()), (x + w - 0.25, y + h), (x + 0.75, y + h - 0.5)]
    return [round(number, 3) for number in chain(*points)]


def mask_of_box(box, width, height):
    """Return the mask of a box on an image, in the compressed text of the COCO API."""
    x, y, w, h = box
    # runs go down the columns, outside and inside in turn
    runs = [x * height + y, *([h, height - h] * w)]
    runs[-1] = width * height - sum(runs[:-1])
    return _compressed(runs if runs[-1] else runs[:-1])


def _compressed(runs):
    text = []
    for index, run in enumerate(runs):
        left = run - (runs[index - 2] if index > 2 else 0)
        more = True
        while more:
            bits, left = left & 31, left >> 5
            more = left != (-1 if bits & 16 else 0)
            text.append(chr(48 + bits + 32 * more))
    return "".join(text)


def renamed(file, names):
    """Return the same COCO file with other names of images."""
    return file | {
        "images": [image | {"file_name": names[image["file_name"]]} for image in file["images"]],
    }


def expected(file, inference_type, whole, *, attributes=True):
    """Return the shapes of a COCO file in a version of a type, by name of the image.

    Args:
        file: what `coco_file` made, or a file with polygons, or with run lengths that are no text.
        inference_type: type of the version.
        whole: makes whole numbers.
        attributes: shapes have attributes.
    """
    labels = {category["id"]: category["name"] for category in file["categories"]}
    images = {image["id"]: image["file_name"] for image in file["images"]}
    shapes = {}
    for found in file["annotations"]:
        text = found.get("utf8_string")
        more = found.get("attributes") if attributes else None
        shapes.setdefault(images[found["image_id"]], []).extend(
            (kind, labels[found["category_id"]], numbers, text, more)
            for kind, numbers in _things(found, inference_type, whole)
        )
    return shapes


def _things(found, inference_type, whole):
    if inference_type == "OBJECT_DETECTION":
        return [("rectangles", tuple(whole(side) for side in found["bbox"]))]
    if inference_type == "CLASSIFICATION":
        return [("classifications", ())]
    if inference_type == "KEYPOINT":
        return [("keypoints", tuple(found["keypoints"]))]
    said = found["segmentation"]
    if inference_type == "MASK":
        return [("masks", said["counts"])]
    return [("polygons", tuple(map(whole, part))) for part in said] if isinstance(said, list) else []


def voc_file(file, name):
    """Return the Pascal VOC file of an image of a COCO file with polygons, as text."""
    lines = ["<annotation>", f"  <filename>{name}</filename>"]
    for label, found in _on_image(file, name):
        x, y, w, h = found["bbox"]
        points = _pairs(found["segmentation"][0])
        corners = "".join(
            f"<x{number}>{px}</x{number}><y{number}>{py}</y{number}>"
            for number, (px, py) in enumerate(points, start=1)
        )
        lines += [
            "  <object>",
            f"    <name>{label.replace('&', '&amp;')}</name>",
            f"    <bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + w}</xmax><ymax>{y + h}</ymax></bndbox>",
            f"    <polygon>{corners}</polygon>",
            "  </object>",
        ]
    return "\n".join([*lines, "</annotation>"])


def voc_expected(file, name, inference_type, whole, *, corners=True):
    """Return the shapes of `voc_file`.

    Args:
        file: the COCO file that it was made of.
        name: of the image.
        inference_type: type of the version.
        whole: makes whole numbers.
        corners: widths and heights are those between whole corners; else they are made whole themselves.
    """
    shapes = []
    for label, found in _on_image(file, name):
        x, y, w, h = found["bbox"]
        box = [x, y, (x + w) - x, (y + h) - y]
        if corners:
            box = [x, y, whole(x + w) - whole(x), whole(y + h) - whole(y)]
        one = found | {"bbox": box, "segmentation": found["segmentation"][:1]}
        shapes += [
            (kind, label, numbers, None, None) for kind, numbers in _things(one, inference_type, whole)
        ]
    return shapes


def yolo_files(file, inference_type):
    """Return `data.yaml` and the label files of a COCO file with polygons, by name of the image."""
    # JSON is YAML
    config = json.dumps({"nc": len(LABELS), "names": list(LABELS)}, ensure_ascii=False)
    files = {}
    for image in file["images"]:
        size = image["width"], image["height"]
        lines = [
            " ".join([str(LABELS.index(label)), *map(repr, _fractions(found, size, inference_type))])
            for label, found in _on_image(file, image["file_name"])
        ]
        if inference_type == "CLASSIFICATION":
            lines = lines[:1]
        if lines:
            files[image["file_name"]] = "\n".join(lines)
    return config, files


def yolo_expected(file, inference_type, whole):
    """Return the shapes of `yolo_files`, by name of the image."""
    shapes = {}
    for image in file["images"]:
        name, size = image["file_name"], (image["width"], image["height"])
        found = [
            (label, _unscaled(_fractions(one, size, inference_type), size, inference_type, whole))
            for label, one in _on_image(file, name)
        ]
        kind = {"OBJECT_DETECTION": "rectangles", "SEGMENTATION": "polygons"}.get(
            inference_type, "classifications"
        )
        if kind == "classifications":
            found = found[:1]
        if found:
            shapes[name] = [(kind, label, numbers, None, None) for label, numbers in found]
    return shapes


def _fractions(found, size, inference_type):
    """Return the numbers of a line of YOLO, with six digits."""
    width, height = size
    if inference_type == "OBJECT_DETECTION":
        x, y, w, h = found["bbox"]
        numbers = (x + w / 2) / width, (y + h / 2) / height, w / width, h / height
    elif inference_type == "SEGMENTATION":
        numbers = chain(*((x / width, y / height) for x, y in _pairs(found["segmentation"][0])))
    else:
        numbers = ()
    return [round(number, 6) for number in numbers]


def _unscaled(numbers, size, inference_type, whole):
    width, height = size
    if inference_type == "OBJECT_DETECTION":
        cx, cy, w, h = numbers
        w, h = w * width, h * height
        box = max(0, cx * width - w / 2), max(0, cy * height - h / 2), w, h
        return tuple(map(whole, box))
    return tuple(chain(*((whole(x * width), whole(y * height)) for x, y in _pairs(numbers))))


def _on_image(file, name):
    """Give label and annotation of each object on an image."""
    labels = {category["id"]: category["name"] for category in file["categories"]}
    (image_id,) = (image["id"] for image in file["images"] if image["file_name"] == name)
    for found in file["annotations"]:
        if found["image_id"] == image_id:
            yield labels[found["category_id"]], found


def _pairs(numbers):
    return list(zip(numbers[::2], numbers[1::2], strict=True))
