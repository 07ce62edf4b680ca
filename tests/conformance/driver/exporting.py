"""Files of annotations: exported by the platform, and built by the client itself."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from assets import add
from checks import equal, holds
from picsellia.types.enums import AnnotationFileType, AnnotationStatus, InferenceType

__all__ = ["export"]


def export(world):
    """Export every type of file, build what the client can build, and import an export again."""
    version = world.dataset.create_version("exported", type=InferenceType.OBJECT_DETECTION)
    add(version, world.street_data)
    labels = [version.create_label(name) for name in ("car", 'odd "one" & ünique')]
    assets = version.list_assets()
    for number, asset in enumerate(assets[:-1]):
        annotation = asset.create_annotation(1.5)
        for label in labels[: number % 3]:
            annotation.create_rectangle(1 + number, 2, 3, 4, label)
    assets[0].list_annotations()[0].update(status=AnnotationStatus.ACCEPTED)
    wanted = {
        asset.filename: [[1 + number, 2, 3, 4]] * min(number % 3, 2)
        for number, asset in enumerate(assets[:-1])
    }
    path = _coco(world, version, assets, wanted)
    _archives(world, version, assets, wanted)
    _build(world, version, wanted)
    _import_again(version, path, wanted)


def _export(world, version, kind, name, **options):
    target = world.folder / name
    path = Path(version.export_annotation_file(kind, target, **options))
    holds(path.is_file(), f"an export of type {kind}")
    holds(path.is_relative_to(target), "which lies in the folder")
    return path


def _boxes(file):
    """Boxes by file name."""
    names = {image["id"]: image["file_name"] for image in file["images"]}
    boxes = {name: [] for name in names.values()}
    for found in file["annotations"]:
        boxes[names[found["image_id"]]].append(found["bbox"])
    return boxes


def _coco(world, version, assets, wanted):
    def exported(name, **options):
        return json.loads(
            _export(world, version, AnnotationFileType.COCO, name, **options).read_text("utf-8")
        )

    path = _export(world, version, "coco", "coco")
    file = json.loads(path.read_text("utf-8"))
    equal(_boxes(file), wanted, "a COCO file")
    equal(
        [one["name"] for one in file["categories"]],
        [one.name for one in version.list_labels()],
        "its categories",
    )
    equal(path.suffix, ".json", "its name")
    ids = {asset.id_with_extension for asset in assets[:-1]}
    equal(set(_boxes(exported("ids", use_id=True))), ids, "by ids")
    if not world.is_old:
        names = {asset.object_name for asset in assets[:-1]}
        equal(set(_boxes(exported("names", export_key="OBJECT_NAME"))), names, "by object names")
    some = exported("some", assets=[assets[1], assets[len(assets) - 1]])
    equal(list(_boxes(some)), [assets[1].filename], "some assets")
    equal(exported("none", assets=[])["images"], [], "no assets")
    accepted = exported("accepted", status=AnnotationStatus.ACCEPTED)
    equal(list(_boxes(accepted)), [assets[0].filename], "a status")
    equal(exported("refused", status=AnnotationStatus.REFUSED)["annotations"], [], "a status that none has")
    return path


def _archives(world, version, assets, wanted):
    stems = {Path(name).stem for name in wanted}
    yolo = zipfile.ZipFile(_export(world, version, AnnotationFileType.YOLO, "yolo"))
    equal(set(yolo.namelist()), {"data.yaml"} | {f"{stem}.txt" for stem in stems}, "YOLO files")
    lines = {name: len(yolo.read(f"{Path(name).stem}.txt").splitlines()) for name in wanted}
    equal(lines, {name: len(boxes) for name, boxes in wanted.items()}, "their lines")
    voc = zipfile.ZipFile(_export(world, version, AnnotationFileType.PASCAL_VOC, "voc", use_id=True))
    equal(set(voc.namelist()), {f"{asset.id}.xml" for asset in assets[:-1]}, "Pascal VOC files by ids")


def _build(world, version, wanted):
    built = version.build_coco_file_locally(
        enforced_ordered_categories=[one.name for one in version.list_labels()]
    )
    names = {image.id: image.file_name for image in built.images}
    equal(set(names.values()), set(wanted), "a COCO file that the client builds")
    boxes = {name: [] for name in wanted}
    for found in built.annotations:
        boxes[names[found.image_id]].append([int(side) for side in found.bbox])
    equal(boxes, wanted, "its boxes")
    if not world.is_old:
        folder = Path(version.build_pascal_voc_locally(world.folder / "voc-built"))
        equal(
            {path.stem for path in folder.iterdir()}, {Path(name).stem for name in wanted}, "Pascal VOC files"
        )


def _import_again(version, path, wanted):
    result = version.import_annotations_coco_file(path)
    equal(sum(result.values()), sum(map(len, wanted.values())), "an export imported again")
