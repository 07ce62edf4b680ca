"""Readers of others load what we export, and find in it what was imported. Run by `nox -s readers`.

Nothing of ultralytics is installed: its rules for label files and `data.yaml` are written down here once more, from
its documentation (https://docs.ultralytics.com/datasets/detect/, …/segment/, …/pose/).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from coco_oracle import box_of, filled, parts_of, rounded, run_lengths, things, triples
from PIL import Image
from pycocotools import mask as masks

supervision = pytest.importorskip("supervision")
datasets = pytest.importorskip("torchvision.datasets")

pytestmark = [
    pytest.mark.readers,
    pytest.mark.filterwarnings(
        "ignore:__array__ implementation:DeprecationWarning"
    ),  # pycocotools with NumPy 2
]

BOXES, POLYGONS, MASKS, POSES = "OBJECT_DETECTION", "SEGMENTATION", "MASK", "KEYPOINT"


def edges(annotation, size):
    """Return left, top, right and bottom of the box that an annotation becomes, in whole pixels of the image."""
    x, y, w, h = map(rounded, box_of(annotation))
    return [x, y, min(x + w, size[0]), min(y + h, size[1])]


def edges_of(part):
    return [min(part[::2]), min(part[1::2]), max(part[::2]), max(part[1::2])]


def joined(boxes):
    """Return the edges around boxes given by their edges."""
    columns = list(zip(*boxes, strict=True))
    return [min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3])]


def painted(parts, size):
    """Return a mask as supervision paints polygons."""
    bitmap = np.zeros(size[::-1], bool)
    for part in parts:
        points = np.array(part, np.int32).reshape(-1, 2)
        bitmap |= supervision.polygon_to_mask(points, size).astype(bool)
    return bitmap


def seen(annotation):
    return [point for point in triples(annotation) if point[2]]


def check_detections(dataset, exported, wanted, offset=0):
    """Compare a dataset of supervision with what is wanted: image name to label, edges and mask of each object."""
    assert {Path(path).name for path in dataset.image_paths} == set(wanted)
    for path, image, found in dataset:
        objects = wanted[Path(path).name]
        assert image.shape[:2] == exported.size(Path(path).name)[::-1]
        assert len(found) == len(objects)
        if not objects:
            continue
        assert [dataset.classes[number] for number in found.class_id] == [label for label, _, _ in objects]
        corners = np.array([corners for _, corners, _ in objects], float) - [offset, offset, 0, 0]
        assert np.abs(found.xyxy - corners).max() < 1e-3
        for at, (_, _, mask) in enumerate(objects):
            if mask is not None:
                assert (found.mask[at] == mask).all()


@pytest.mark.parametrize("kind", [BOXES, POLYGONS, MASKS])
async def test_supervision_coco(export, kind):
    exported = await export(kind)
    dataset = supervision.DetectionDataset.from_coco(str(exported.images), str(exported.coco))
    assert dataset.classes == [one["name"] for one in exported.content["categories"]]

    def an_object(annotation, size):
        if kind == BOXES:
            return exported.label(annotation), edges(annotation, size), None
        if kind == POLYGONS:
            parts = parts_of(annotation)
            return exported.label(annotation), joined(map(edges_of, parts)), painted(parts, size)
        image = {"width": size[0], "height": size[1]}
        said = things(annotation)
        lengths = (
            run_lengths(annotation["segmentation"])
            if "mask" in said
            else filled(annotation["segmentation"] if "polygons" in said else parts_of(annotation), image)
        )
        x, y, w, h = masks.toBbox(lengths)
        return exported.label(annotation), [x, y, x + w, y + h], masks.decode(lengths).astype(bool)

    wanted = {
        name: [an_object(annotation, exported.size(name)) for _, annotation in shapes]
        for name, shapes in exported.shapes.items()
    }
    check_detections(dataset, exported, wanted)


def parted(exported, kind, name, shapes):
    """Return the objects of an image in a format whose objects have one polygon each."""
    size = exported.size(name)
    if kind == BOXES:
        return [(exported.label(annotation), edges(annotation, size), None) for _, annotation in shapes]
    return [
        (exported.label(annotation), edges_of(part), painted([part], size))
        for _, annotation in shapes
        for part in parts_of(annotation)
    ]


@pytest.mark.parametrize("kind", [BOXES, POLYGONS])
async def test_supervision_voc(export, kind):
    """Supervision counts pixels from 1, as the files of the VOC challenges do; the platform's count from 0."""
    exported = await export(kind)
    dataset = supervision.DetectionDataset.from_pascal_voc(str(exported.images), str(exported.voc))
    wanted = {name: parted(exported, kind, name, shapes) for name, shapes in exported.shapes.items()}
    without_masks = {name: [(*one[:2], None) for one in objects] for name, objects in wanted.items()}
    check_detections(dataset, exported, without_masks, offset=1)
    if kind == POLYGONS:
        assert all(found.mask.any(axis=(1, 2)).all() for _, _, found in dataset if len(found))


@pytest.mark.parametrize("kind", [BOXES, POLYGONS, POSES])
async def test_supervision_yolo(export, kind):
    exported = await export(kind)
    dataset = supervision.DetectionDataset.from_yolo(
        str(exported.images), str(exported.yolo), str(exported.yolo / "data.yaml")
    )
    assert dataset.classes == [one["name"] for one in exported.content["categories"]]
    if kind == POSES:  # it leaves the keypoints, and reads the box around those that can be seen
        wanted = {
            name: [
                (exported.label(annotation), joined((x, y, x, y) for x, y, _ in seen(annotation)), None)
                for _, annotation in shapes
                if seen(annotation)
            ]
            for name, shapes in exported.shapes.items()
        }
    else:
        wanted = {name: parted(exported, kind, name, shapes) for name, shapes in exported.shapes.items()}
    check_detections(dataset, exported, wanted)


@pytest.mark.parametrize("kind", [BOXES, POLYGONS, MASKS, POSES])
async def test_torchvision_coco(export, kind):
    exported = await export(kind)
    dataset = datasets.CocoDetection(str(exported.images), str(exported.coco))
    assert len(dataset) == len(exported.shapes)
    for number, (image, target) in zip(dataset.ids, dataset, strict=True):
        name = dataset.coco.imgs[number]["file_name"]
        shapes = exported.shapes[name]
        assert image.size == exported.size(name)
        assert [dataset.coco.cats[one["category_id"]]["name"] for one in target] == [
            exported.label(annotation) for _, annotation in shapes
        ]
        for one, (_, annotation) in zip(target, shapes, strict=True):
            if kind == BOXES:
                x, y, w, h = one["bbox"]
                assert [x, y, x + w, y + h] == edges(annotation, image.size)
            elif kind == POSES:
                assert one["keypoints"] == annotation["keypoints"]
            elif kind == POLYGONS:
                expected = filled(parts_of(annotation), {"width": image.size[0], "height": image.size[1]})
                assert (dataset.coco.annToMask(one) == masks.decode(expected)).all()
            else:
                assert dataset.coco.annToMask(one).sum() == one["area"] > 0


@pytest.mark.parametrize("kind", [BOXES, POLYGONS])
async def test_torchvision_voc(export, kind, tmp_path):
    exported = await export(kind)
    root = tmp_path / "VOCdevkit" / "VOC2012"
    shutil.copytree(exported.voc, root / "Annotations")
    shutil.copytree(exported.images, root / "JPEGImages")
    (root / "ImageSets" / "Main").mkdir(parents=True)
    stems = "\n".join(Path(name).stem for name in exported.shapes)
    (root / "ImageSets" / "Main" / "train.txt").write_text(stems)
    dataset = datasets.VOCDetection(str(tmp_path), year="2012", image_set="train")
    assert len(dataset) == len(exported.shapes)
    for image, target in dataset:
        said = target["annotation"]
        assert image.size == (int(said["size"]["width"]), int(said["size"]["height"]))
        wanted = parted(exported, kind, said["filename"], exported.shapes[said["filename"]])
        assert [one["name"] for one in said["object"]] == [label for label, _, _ in wanted]
        sides = ("xmin", "ymin", "xmax", "ymax")
        assert [[int(one["bndbox"][side]) for side in sides] for one in said["object"]] == [
            corners for _, corners, _ in wanted
        ]


@pytest.mark.parametrize("kind", [BOXES, POLYGONS, POSES])
async def test_the_rules_of_ultralytics(export, kind):
    exported = await export(kind)
    for image in exported.images.iterdir():
        shutil.copy(image, exported.yolo)
    config = yaml.safe_load((exported.yolo / "data.yaml").read_text("utf-8"))
    assert config["nc"] == len(config["names"]) == len(set(config["names"]))
    assert ("kpt_shape" in config) == (kind == POSES)
    numbers = 4 + int(np.prod(config.get("kpt_shape", [0])))
    for split in ("train", "val"):
        folder = exported.yolo / config.get("path", "") / config[split]
        images = [path for path in folder.rglob("*.*") if path.suffix == ".jpg"]
        assert {path.name for path in images} == set(exported.shapes)
        for image in images:
            check_label_file(image, exported, config, kind, numbers)


def check_label_file(image, exported, config, kind, numbers):
    text = str(image.resolve())
    before, folder, after = text.rpartition("/images/")
    path = Path(f"{before}/labels/{after}" if folder else text).with_suffix(".txt")
    with Image.open(image) as opened:
        assert opened.size == exported.size(image.name)
        assert min(opened.size) > 9
    rows = [[float(word) for word in line.split()] for line in path.read_text("utf-8").splitlines()]
    assert len({tuple(row) for row in rows}) == len(rows)
    for row in rows:
        number, *shares = row
        assert number == int(number)
        assert 0 <= number < config["nc"]
        if kind == POLYGONS:
            assert len(shares) >= 6
            assert len(shares) % 2 == 0
        else:
            assert len(shares) == numbers
        assert min(shares) >= 0
        flags = shares[6::3] if kind == POSES else []
        assert set(flags) <= {0, 1, 2}
        places = [*shares[:4], *shares[4::3], *shares[5::3]] if kind == POSES else shares
        assert max(places) <= 1
    shapes = exported.shapes[image.name]
    if kind == POSES:
        wanted = [annotation for _, annotation in shapes if seen(annotation)]
        assert [row[5:] for row in rows] == [
            pytest.approx(
                [n for x, y, v in triples(one) for n in (x / opened.size[0], y / opened.size[1], v)]
            )
            for one in wanted
        ]
    else:
        assert len(rows) == len(parted(exported, kind, image.name, shapes))
