from __future__ import annotations

import attrs
import pytest
from pycocotools.coco import COCO

from asyncsdk.errors import FormatError
from asyncsdk.formats.bounds import box_of
from asyncsdk.formats.coco_joining import load_coco
from asyncsdk.formats.coco_parts import annotation_part, category_part, image_part
from asyncsdk.formats.coco_writing import CocoWriter
from asyncsdk.formats.loss import LossReport

pytestmark = pytest.mark.coco


@pytest.fixture
def annotations(coco_images):
    """The folder of the sample's annotation files."""
    return coco_images[0].parent.parent / "annotations"


def load(path):
    loss = LossReport()
    with path.open("rb") as stream:
        return load_coco(stream, path.name, loss), loss


@pytest.mark.parametrize("name", ["instances", "person_keypoints"])
def test_reads_the_sample_completely(annotations, name):
    path = annotations / f"{name}.json"
    dataset, loss = load(path)
    theirs = COCO(str(path))
    assert len(dataset.images) == len(theirs.imgs)
    assert [category.name for category in dataset.categories] == [
        each["name"] for each in theirs.cats.values()
    ]
    for image, number in zip(dataset.images, theirs.imgs, strict=True):
        assert (image.name, image.width) == (theirs.imgs[number]["file_name"], theirs.imgs[number]["width"])
        expected = theirs.imgToAnns[number]
        assert [each.label for each in image.objects] == [
            theirs.cats[a["category_id"]]["name"] for a in expected
        ]
        assert [list(each.box) for each in image.objects] == [a["bbox"] for a in expected]
        assert [each.is_crowd for each in image.objects] == [bool(a["iscrowd"]) for a in expected]
        assert [bool(each.mask) for each in image.objects] == [
            type(a["segmentation"]) is dict for a in expected
        ]
        assert [sum(map(len, each.parts or ())) for each in image.objects] == [
            0 if type(a["segmentation"]) is dict else sum(map(len, a["segmentation"])) // 2 for a in expected
        ]
        seen = [
            None if each.keypoints is None else sum(v > 0 for *_, v in each.keypoints)
            for each in image.objects
        ]
        assert seen == [a.get("num_keypoints") for a in expected]
    assert set(loss.counts) == {"extra-key"}
    assert {one.place.partition("].")[2] or one.place for one in loss} == {
        *("info", "licenses", "license", "coco_url", "date_captured", "flickr_url")
    }


def test_computes_areas_and_boxes_as_the_sample_has_them(annotations):
    path = annotations / "instances.json"
    dataset, _ = load(path)
    theirs = COCO(str(path))
    found = [each for image in dataset.images for each in image.objects]
    expected = [each for number in theirs.imgs for each in theirs.imgToAnns[number]]
    for each, record in zip(found, expected, strict=True):
        if each.parts:  # the areas of the sample's crowds are not those of their masks
            area = annotation_part(0, 0, 0, each).area
            assert abs(area - record["area"]) <= 0.05 * record["area"] + 5
        assert all(
            abs(mine - its) <= 1
            for mine, its in zip(box_of(attrs.evolve(each, box=None)), each.box, strict=True)
        )


@pytest.mark.parametrize("name", ["instances", "person_keypoints"])
def test_writes_the_sample_so_that_nothing_changes(annotations, tmp_path, name):
    dataset, _ = load(annotations / f"{name}.json")
    path = tmp_path / "again.json"
    numbers = {category.name: number for number, category in enumerate(dataset.categories)}
    with path.open("wb") as sink:
        writer = CocoWriter(sink)
        for category in dataset.categories:
            writer.add(category_part(numbers[category.name], category))
        for number, image in enumerate(dataset.images):
            writer.add(image_part(number, image))
        for number, image in enumerate(dataset.images):
            for found in image.objects:
                writer.add(annotation_part(number, number, numbers[found.label], found))
        writer.close()
    again, loss = load(path)
    assert not loss.counts
    assert again.categories == dataset.categories
    assert len(COCO(str(path)).imgs) == len(dataset.images)
    for one, other in zip(again.images, dataset.images, strict=True):
        assert (one.name, one.width, one.height) == (other.name, other.width, other.height)
        for key in ("label", "box", "parts", "mask", "keypoints", "is_crowd"):
            assert [getattr(each, key) for each in one.objects] == [
                getattr(each, key) for each in other.objects
            ]


def test_captions_are_refused(annotations):
    with pytest.raises(FormatError, match=r"captions.json: annotations\[0\]: .*captions file"):
        load(annotations / "captions.json")
