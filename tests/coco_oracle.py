"""What must become of a COCO file, worked out from its JSON alone: nothing here uses the package under test.

The rules are those of the table in `asyncsdk.formats.fitting`, written down once more: which shapes each type of
dataset version makes of an annotation, and which losses are told of it. Masks are compared by pycocotools.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from pathlib import Path

import attrs
from pycocotools import mask as masks
from pycocotools.coco import COCO

WITH_SKELETONS = {"KEYPOINT", "MULTI"}
DERIVED = {"OBJECT_DETECTION": "box-derived", "MASK": "mask-from-{}", "SEGMENTATION": "polygon-from-{}"}
WAYS = {
    "OBJECT_DETECTION": ("box", "polygons", "mask", "keypoints"),
    "SEGMENTATION": ("polygons", "box"),
    "MASK": ("mask", "polygons", "box"),
    "KEYPOINT": ("keypoints",),
    "CLASSIFICATION": (),
}
SHAPES = {"OBJECT_DETECTION": "box", "SEGMENTATION": "polygons", "MASK": "mask", "KEYPOINT": "keypoints"}
ORDER = ("label", "box", "polygons", "keypoints", "mask")
"""In which a file has the shapes of an image."""

KEPT_KEYS = {
    "images": {"id", "file_name", "width", "height", "attributes"},
    "annotations": {
        *("id", "image_id", "category_id", "bbox", "segmentation", "area", "iscrowd", "score"),
        *("keypoints", "num_keypoints", "utf8_string", "attributes"),
    },
    "categories": {"id", "name", "supercategory", "keypoints", "skeleton"},
}


@attrs.define
class Outcome:
    """What is wanted of an import into one type."""

    shapes: dict[str, list[tuple[str, dict]]]
    """Image name to its shapes, as kind and source annotation, in the order of a file."""

    losses: dict[str, list[int]]
    """Rule to the ids of the annotations that it strikes."""


def read(path):
    return json.loads(Path(path).read_bytes())


def outcome(content, kind):
    """Return what a version of a type keeps of a file, and what it tells of the rest."""
    names = {image["id"]: image["file_name"] for image in content["images"]}
    shapes, losses = defaultdict(list), defaultdict(list)
    for annotation in content["annotations"]:
        made, rules = fit(annotation, kind)
        shapes[names[annotation["image_id"]]] += [(one, annotation) for one in made]
        for rule in rules:
            losses[rule].append(annotation["id"])
    ordered = {name: sorted(found, key=lambda one: ORDER.index(one[0])) for name, found in shapes.items()}
    return Outcome({name: found for name, found in ordered.items() if found}, dict(losses))


def fit(annotation, kind):
    """Return the kinds of shapes that become of an annotation, and the rules of what is lost."""
    said = things(annotation)
    if kind == "MULTI":
        made = [one for one in said if one != "box"]
        if "box" in said and not (made and box_is_told(annotation)):
            made.append("box")
        rules = ["object-split"] if len(made) > 1 else []
        made = made or ["label"]
    else:
        made, rules = fit_first(annotation, kind, said)
    if made and annotation.get("iscrowd"):
        rules.append("crowd-dropped")
    return made, rules


def fit_first(annotation, kind, said):
    ways = [way for way in WAYS[kind] if way in said]
    if kind == "SEGMENTATION" and "mask" in said:
        ways = []  # a box is no fair stand-in for a mask
    if ways:
        made = [SHAPES[kind]]
        rules = [] if ways[0] == SHAPES[kind] else [DERIVED[kind].format(ways[0])]
    else:
        made = ["label"] if kind == "CLASSIFICATION" else []
        rules = [] if said or made else ["label-dropped"]
    rest = [one for one in said if one not in ways[:1]]
    return made, rules + [f"{one}-dropped" for one in rest if one != "box" or not box_is_told(annotation)]


def things(annotation):
    segmentation = annotation.get("segmentation")
    said = {
        "box": annotation.get("bbox"),
        "polygons": segmentation if isinstance(segmentation, list) else None,
        "mask": segmentation if isinstance(segmentation, dict) else None,
        "keypoints": annotation.get("keypoints"),
    }
    return [name for name, value in said.items() if value]


def box_is_told(annotation):
    """Tell whether the box is that of another thing of the annotation, up to a pixel."""
    said, boxes = things(annotation), []
    if "polygons" in said:
        numbers = annotation["segmentation"]
        boxes.append(
            around([n for one in numbers for n in one[::2]], [n for one in numbers for n in one[1::2]])
        )
    if "mask" in said:
        x, y, w, h = masks.toBbox(run_lengths(annotation["segmentation"]))
        boxes.append((x, y, x + w, y + h))
    if "keypoints" in said:
        points = triples(annotation)
        some = [points, [point for point in points if point[2]]]
        boxes += [around([point[0] for point in one], [point[1] for point in one]) for one in some if one]
    x, y, w, h = annotation["bbox"]
    return any(
        all(abs(mine - its) <= 1 for mine, its in zip((x, y, x + w, y + h), box, strict=True))
        for box in boxes
    )


def around(xs, ys):
    return min(xs), min(ys), max(xs), max(ys)


def triples(annotation):
    numbers = annotation["keypoints"]
    return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))


def extra_keys(content):
    """Return what a file says that nothing holds, each once: the rule is `extra-key`."""
    found = {key for key in content if key not in KEPT_KEYS and content[key]}
    for section, kept in KEPT_KEYS.items():
        found |= {
            f"{section}.{key}"
            for one in content[section]
            for key, value in one.items()
            if value and key not in kept
        }
    return found


def rounded(number):
    """Round to a whole number, halves away from zero."""
    return math.copysign(math.floor(abs(number) + 0.5), number)


def run_lengths(segmentation):
    """Return a mask as pycocotools compresses it."""
    height, width = segmentation["size"]
    if isinstance(segmentation["counts"], list):
        return masks.frPyObjects(segmentation, height, width)
    return segmentation


def filled(polygons, image):
    return masks.merge(masks.frPyObjects(polygons, image["height"], image["width"]))


def corners(box):
    x, y, w, h = map(rounded, box)
    return [x, y, x + w, y, x + w, y + h, x, y + h]


def same_mask(one, other):
    return bool((masks.decode(one) == masks.decode(other)).all()) and masks.area(one) > 0


def check_export(path, source, kind):
    """Compare an exported file with the file that was imported, through pycocotools."""
    exported, wanted = COCO(path), outcome(source, kind)
    given = {category["id"]: category for category in source["categories"]}
    check_categories(exported, source["categories"] if wanted.shapes else [], kind)
    images = {image["file_name"]: image for image in source["images"]}
    found = {image["file_name"]: image for image in exported.imgs.values()}
    assert set(found) == set(wanted.shapes)
    for name, shapes in wanted.shapes.items():
        image = images[name]
        assert (found[name]["width"], found[name]["height"]) == (image["width"], image["height"])
        assert found[name]["attributes"] == image.get("attributes")
        annotations = exported.loadAnns(sorted(exported.getAnnIds(imgIds=[found[name]["id"]])))
        assert len(annotations) == len(shapes), name
        for annotation, (what, original) in zip(annotations, shapes, strict=True):
            label = exported.cats[annotation["category_id"]]["name"]
            assert label == given[original["category_id"]]["name"]
            assert annotation["utf8_string"] == original.get("utf8_string")
            assert annotation["attributes"] == original.get("attributes")
            CHECKS[what](annotation, original, image)


def check_categories(exported, categories, kind):
    """Compare categories, unused ones too; where nothing is imported no labels are made."""
    keys = ["name", "supercategory", *(["keypoints", "skeleton"] if kind in WITH_SKELETONS else [])]
    assert [[one.get(key) for key in keys] for one in exported.cats.values()] == [
        [one.get(key) for key in keys] for one in categories
    ]
    if kind not in WITH_SKELETONS:
        assert all(one["keypoints"] is one["skeleton"] is None for one in exported.cats.values())


def check_label(annotation, original, image):
    assert (annotation["bbox"], annotation["segmentation"], annotation["keypoints"]) == ([], [], None)


def box_of(annotation):
    """Return the box that an annotation says, else the one around what it says."""
    said = things(annotation)
    if "box" in said:
        return annotation["bbox"]
    if "mask" in said:
        return masks.toBbox(run_lengths(annotation["segmentation"]))
    if "polygons" in said:
        flat = annotation["segmentation"]
        left, top, right, low = around(
            [n for one in flat for n in one[::2]], [n for one in flat for n in one[1::2]]
        )
    else:
        seen = [point for point in triples(annotation) if point[2]]
        left, top, right, low = around([point[0] for point in seen], [point[1] for point in seen])
    return [left, top, right - left, low - top]


def parts_of(annotation):
    """Return the polygons that an annotation becomes: its own, rounded, or the corners of its box."""
    if "polygons" in things(annotation):
        return [[rounded(number) for number in part] for part in annotation["segmentation"]]
    return [corners(annotation["bbox"])]


def check_box(annotation, original, image):
    assert (annotation["segmentation"], annotation["keypoints"]) == ([], None)
    box = box_of(original)
    assert all(abs(mine - its) <= 0.5 for mine, its in zip(annotation["bbox"], box, strict=True))
    assert all(number == int(number) for number in annotation["bbox"])
    assert annotation["area"] == annotation["bbox"][2] * annotation["bbox"][3]


def check_polygons(annotation, original, image):
    if "polygons" not in things(original):
        assert annotation["segmentation"] == [corners(original["bbox"])]
        return
    parts = original["segmentation"]
    assert len(annotation["segmentation"]) == len(parts)
    for mine, its in zip(annotation["segmentation"], parts, strict=True):
        extra = its[len(mine) :]  # a last vertex that falls on the first one says nothing
        assert all(rounded(number) == mine[at % 2] for at, number in enumerate(extra))
        assert len(mine) >= 6
        assert all(abs(m - i) <= 0.5 for m, i in zip(mine, its[: len(mine)], strict=True))
    expected = filled([[rounded(number) for number in part] for part in parts], image)
    exported = filled(annotation["segmentation"], image)
    if masks.area(expected):
        assert masks.iou([exported], [expected], [0])[0][0] == 1.0
    assert same_mask(exported, expected) or not masks.area(expected)


def check_mask(annotation, original, image):
    said = things(original)
    if "mask" in said:
        expected = run_lengths(original["segmentation"])
    elif "polygons" in said:
        expected = filled(original["segmentation"], image)
    else:
        expected = filled([corners(original["bbox"])], image)
    assert annotation["segmentation"]["size"] == [image["height"], image["width"]]
    assert same_mask(annotation["segmentation"], expected)
    assert annotation["area"] == masks.area(expected)
    assert annotation["bbox"] == list(masks.toBbox(expected))
    assert (annotation["iscrowd"], annotation["keypoints"]) == (0, None)


def check_keypoints(annotation, original, image):
    assert annotation["keypoints"] == original["keypoints"]
    assert annotation["num_keypoints"] == sum(seen > 0 for *_, seen in triples(original))
    assert annotation["segmentation"] == []


CHECKS = {
    "label": check_label,
    "box": check_box,
    "polygons": check_polygons,
    "mask": check_mask,
    "keypoints": check_keypoints,
}


def check_losses(loss, source, kind):
    """Compare a loss report with what the file has, rule by rule and annotation by annotation."""
    wanted = outcome(source, kind)
    counts = {rule: len(ids) for rule, ids in wanted.losses.items()}
    if extra := extra_keys(source):
        counts["extra-key"] = len(extra)
    if kind not in WITH_SKELETONS and (
        drawn := [one for one in source["categories"] if one.get("keypoints")]
    ):
        counts["skeleton"] = len(drawn)
    assert loss.counts == counts
    for rule, ids in wanted.losses.items():
        named = [one.place.rpartition("(id ")[2].rstrip(")") for one in loss if one.rule == rule]
        assert sorted(map(int, named)) == sorted(ids), rule


async def round_trip(version_of, path, kind, folder):
    """Import a file into a fresh version, check it, export it, and do the same with what was exported.

    Args:
        version_of: awaits a fresh version with the images of the file as assets: `await version_of(kind, content)`.
        path: the file.
        kind: name of the version's type.
        folder: for what is exported.
    """
    source = read(path)
    wanted = outcome(source, kind)
    version = await version_of(kind, source)
    result = await version.import_annotations_coco_file(path, progress=False)
    check_losses(result.loss, source, kind)
    with_objects = {one["image_id"] for one in source["annotations"]}
    skipped = {
        image["file_name"]: "NOTHING_LEFT" if image["id"] in with_objects else "NO_OBJECTS"
        for image in source["images"]
        if image["file_name"] not in wanted.shapes
    }
    assert {one.name: one.reason.name for one in result.skipped} == skipped
    assert len(result) == len(wanted.shapes)
    assert sum(result.values()) == sum(
        len(original["segmentation"]) if what == "polygons" and "polygons" in things(original) else 1
        for shapes in wanted.shapes.values()
        for what, original in shapes
    )
    first = await exported(version, folder / "first")
    check_export(first, source, kind)

    again = await version_of(kind, source)
    result = await again.import_annotations_coco_file(first, progress=False)
    assert (len(result.loss), result.skipped) == (0, ())
    second = await exported(again, folder / "second")
    assert second.read_bytes() == first.read_bytes()
    return first


async def exported(version, folder):
    """Export from the platform, and see that building here gives the same bytes."""
    path = await version.export_annotation_file("COCO", folder)
    loss = await version.write_coco_file(folder / "here.json")
    built = await version.build_coco_file_locally()
    built.write(folder / "built.json")
    assert (len(loss), len(built.loss)) == (0, 0)
    assert path.read_bytes() == (folder / "here.json").read_bytes() == (folder / "built.json").read_bytes()
    return path
