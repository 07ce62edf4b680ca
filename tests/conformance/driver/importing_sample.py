"""Importing a sample of COCO, where one is given: real files with crowds, parts and hundreds of points."""

from __future__ import annotations

import json
from collections import Counter

from annotated import check_stats, loaded_shapes
from annotation_files import expected
from assets import add
from checks import equal, holds
from picsellia.types.enums import InferenceType

__all__ = ["import_sample"]


def import_sample(world):
    """Import instances, and for the newer generation keypoints; without a sample nothing is done."""
    if not world.sample:
        return
    data = world.lake.upload_data([*(world.sample / "images").glob("*.jpg")], tags=["sample"], max_workers=4)
    for name in ("OBJECT_DETECTION", "SEGMENTATION", "CLASSIFICATION"):
        _import(world, data, name, "instances.json")
    if not world.is_old:
        _import(world, data, "KEYPOINT", "person_keypoints.json")


def _import(world, data, name, file_name):
    version = world.dataset.create_version(f"sample {name}", type=InferenceType[name])
    add(version, data)
    path = world.sample / "annotations" / file_name
    file = json.loads(path.read_text("utf-8"))
    wanted = expected(file, name, int)
    result = version.import_annotations_coco_file(path)
    # an image on which there are crowds alone gets an annotation without shapes
    equal(sorted(result.values()), sorted(map(len, wanted.values())), f"counts of {file_name} into {name}")
    equal(loaded_shapes(version), wanted, f"shapes of {file_name} in {name}")
    labels = Counter(shape[1] for shapes in wanted.values() for shape in shapes)
    check_stats(version, dict(labels), len(wanted), f"{file_name} in {name}")
    holds(len(labels) > 0, "a sample with objects")
    built = version.build_coco_file_locally()
    equal(len(built.annotations), labels.total(), f"a file built of {name}")
    if world.is_old:
        return
    supercategories = {category["name"]: category["supercategory"] for category in file["categories"]}
    groups = {group.id: group.name for group in version.list_label_groups()}
    found = {label.name: groups[label.group_id] for label in version.list_labels()}
    equal(found, supercategories, f"groups of labels, from {file_name}")
