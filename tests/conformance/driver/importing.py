"""Importing annotation files of every format into versions of every type that takes them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from annotated import check_stats, file_names, loaded_shapes, version_of
from annotation_files import (
    LABELS,
    coco_file,
    expected,
    renamed,
    shapes_of,
    voc_expected,
    voc_file,
    yolo_expected,
    yolo_files,
)
from checks import equal, holds, refused
from picsellia.exceptions import NoDataError, ResourceNotFoundError
from picsellia.types.enums import AnnotationStatus, ImportAnnotationMode

__all__ = ["import_files"]

_HOLDS = {"KEYPOINT": "keypoints", "MASK": "masks"}
"""What a COCO file for a type has beside boxes; polygons else."""


def import_files(world):
    """Import, and compare what is stored with what the files say."""
    types = ["OBJECT_DETECTION", "SEGMENTATION", "CLASSIFICATION", *(() if world.is_old else _HOLDS)]
    for name in types:
        world.out = world.make_folder(f"import-{name}")
        version = version_of(world, f"imported {name}", name)
        _import_coco(world, version, name)
        if name not in _HOLDS:
            _import_voc(world, version, name)
            _import_yolo(world, version, name)
    refusing = version_of(world, "import refused", "POINT")
    with refused(TypeError, "an import into a version of another type"):
        refusing.import_annotations_coco_file(_write(world, "point.json", coco_file(_images(refusing))))


def _images(version):
    """Name, width and height of all assets but two, in the order of their names."""
    return sorted((asset.filename, asset.width, asset.height) for asset in version.list_assets())[:-2]


def _write(world, name, content):
    path = world.out / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def _import_coco(world, version, name):
    file = coco_file(_images(version), _HOLDS.get(name, "polygons"))
    wanted = expected(file, name, int, attributes=not world.is_old)
    path = _write(world, "coco.json", file)
    with refused(ResourceNotFoundError, "labels that are missing"):
        version.import_annotations_coco_file(path, force_create_label=False)
    equal(version.list_labels(), [], "and none are made")

    first = version.import_annotations_coco_file(path)
    _compare(version, first, wanted, f"COCO into {name}")
    if not world.is_old:
        _compare_details(version, file)
    if name == "KEYPOINT":
        skeleton = {"vertices": ["head", "body", "tail"], "edges": [[1, 2], [2, 3]]}
        equal([*version.get_skeletons().values()], [skeleton] * len(LABELS), "the skeletons of the file")
    _import_in_every_mode(version, path, first, wanted, name)
    _import_by_keys(world, version, file, wanted)
    _import_some(world, version, file, wanted)


def _compare(version, result, wanted, what):
    """Compare the counts of an import, of the platform and of what is loaded with what a file says."""
    count = sum(map(len, wanted.values()))
    names = file_names(version)
    loaded = version.load_annotations()
    counts = {names[asset_id]: result.get(str(each["id"])) for asset_id, (each,) in loaded.items()}
    equal(counts, {name: len(shapes) for name, shapes in wanted.items()}, f"{what}: counts by annotation")
    equal((len(result), sum(result.values())), (len(wanted), count), f"{what}: counts")
    stored = {names[asset_id]: shapes_of(each) for asset_id, (each,) in loaded.items()}
    equal(stored, wanted, f"{what}: shapes")
    _count(version, wanted, what)


def _count(version, wanted, what, times=1):
    labels = Counter(shape[1] for shapes in wanted.values() for shape in shapes)
    repartition = {label: count * times for label, count in labels.items()}
    check_stats(version, repartition, len(wanted), what)


def _compare_details(version, file):
    """Attributes of images became those of annotations; areas and boxes of masks are computed."""
    names = file_names(version)
    attributes = {image["file_name"]: image.get("attributes") for image in file["images"]}
    for asset_id, (annotation,) in version.load_annotations().items():
        equal(annotation["attributes"], attributes[names[asset_id]], "attributes of an annotation")
    if version.type.value != "MASK":
        return
    boxes = {found["segmentation"]["counts"]: found["bbox"] for found in file["annotations"]}
    for (annotation,) in version.load_annotations().values():
        for mask in annotation["masks"]:
            box = [int(side) for side in boxes[mask["mask"]]]
            equal((mask["bbox"], mask["area"]), (box, box[2] * box[3]), "box and area of a mask")


def _import_in_every_mode(version, path, first, wanted, name):
    kept = version.import_annotations_coco_file(path, mode="keep", status=AnnotationStatus.REFUSED)
    holds(set(kept) <= set(first) and set(kept.values()) <= {-1}, f"KEEP into {name} changes nothing: {kept}")
    _compare(version, first, wanted, f"after KEEP into {name}")
    more = version.import_annotations_coco_file(
        path,
        mode=ImportAnnotationMode.CONCATENATE,
        force_create_label=False,
        status=AnnotationStatus.ACCEPTED,
    )
    equal(more, first, f"CONCATENATE into {name}: the same annotations")
    equal(loaded_shapes(version), {key: each * 2 for key, each in wanted.items()}, "twice the shapes")
    _count(version, wanted, f"CONCATENATE into {name}", times=2)
    accepted = version.list_annotations(status=AnnotationStatus.ACCEPTED)
    equal(len(accepted), len(wanted), f"CONCATENATE into {name}: a status")
    again = version.import_annotations_coco_file(path, mode="REPLACE", force_create_label=False)
    holds(not set(again) & set(first), f"REPLACE into {name}: new annotations")
    _compare(version, again, wanted, f"REPLACE into {name}")
    equal(len(version.list_labels()), len(LABELS), "labels are made once")


def _import_by_keys(world, version, file, wanted):
    """Import files that call their images by id."""
    assets = {asset.filename: asset for asset in version.list_assets()}
    keys = {"ASSET_ID": {name: asset.id_with_extension for name, asset in assets.items()}}
    options = {"ASSET_ID": {"use_id": True}}
    if not world.is_old:
        keys |= {
            "DATA_ID": {name: f"{asset.data_id}{Path(name).suffix}" for name, asset in assets.items()},
            "OBJECT_NAME": {name: asset.object_name for name, asset in assets.items()},
        }
        options |= {key: {"export_key": key} for key in keys}
    for key, names in keys.items():
        path = _write(world, f"{key}.json", renamed(file, names))
        result = version.import_annotations_coco_file(path, **options[key])
        _compare(version, result, wanted, f"images called by {key}")


def _import_some(world, version, file, wanted):
    """Import a file with images that are no assets."""
    first, *rest = file["images"]
    with_stranger = file | {"images": [first | {"file_name": "nowhere.png"}, *rest]}
    path = _write(world, "stranger.json", with_stranger)
    with refused(ResourceNotFoundError, "an image that is no asset"):
        version.import_annotations_coco_file(path)
    version.delete_all_annotations()
    result = version.import_annotations_coco_file(path, fail_on_asset_not_found=False)
    left = {name: shapes for name, shapes in wanted.items() if name != first["file_name"]}
    _compare(version, result, left, "all but the image that is no asset")
    strangers = [image | {"file_name": f"nowhere {image['id']}"} for image in file["images"]]
    path = _write(world, "strangers.json", file | {"images": strangers})
    with refused(NoDataError, "no image is an asset"):
        version.import_annotations_coco_file(path, fail_on_asset_not_found=False)


def _import_voc(world, version, name):
    version.delete_all_annotations()
    file = coco_file(_images(version), seed=2)
    wanted = {}
    result = {}
    for image in file["images"][:4]:
        key = image["file_name"]
        path = _write(world, f"{Path(key).stem}.xml", voc_file(file, key))
        result |= version.import_annotation_voc_file(path)
        wanted[key] = voc_expected(file, key, name, int)
    _compare(version, result, wanted, f"Pascal VOC into {name}")
    kept = version.import_annotation_voc_file(path, mode=ImportAnnotationMode.KEEP)
    holds(set(kept.values()) <= {-1}, f"Pascal VOC, KEEP: {kept}")
    more = version.import_annotation_voc_file(path, mode="concatenate", status=AnnotationStatus.ACCEPTED)
    equal([*more.values()], [len(wanted[key])], "Pascal VOC, CONCATENATE")
    accepted = loaded_shapes(version, status=AnnotationStatus.ACCEPTED)
    equal(accepted, {key: wanted[key] * 2}, "Pascal VOC: twice the shapes, and a status")
    path = _write(world, "stranger.xml", voc_file(file, key).replace(key, "nowhere.png"))
    with refused(ResourceNotFoundError, "Pascal VOC: no asset"):
        version.import_annotation_voc_file(path)


def _import_yolo(world, version, name):
    version.delete_all_annotations()
    file = coco_file(_images(version), seed=3)
    config, files = yolo_files(file, name)
    config = _write(world, "data.yaml", config)
    paths = [_write(world, f"{Path(key).stem}.txt", text) for key, text in files.items()]
    wanted = yolo_expected(file, name, int)
    first = version.import_annotations_yolo_files(config, paths)
    _compare(version, first, wanted, f"YOLO into {name}")
    kept = version.import_annotations_yolo_files(config, paths, mode="KEEP")
    holds(set(kept.values()) <= {-1}, f"YOLO, KEEP: {kept}")
    more = version.import_annotations_yolo_files(
        config, paths, mode="CONCATENATE", force_create_label=False, status=AnnotationStatus.ACCEPTED
    )
    equal(more, first, "YOLO, CONCATENATE: the same annotations")
    equal(loaded_shapes(version), {key: each * 2 for key, each in wanted.items()}, "YOLO: twice the shapes")
    again = version.import_annotations_yolo_files(config, paths)
    _compare(version, again, wanted, f"YOLO, REPLACE into {name}")
    stranger = _write(world, "nowhere.txt", next(iter(files.values())))
    with refused(ResourceNotFoundError, "YOLO: no asset"):
        version.import_annotations_yolo_files(config, [*paths, stranger])
