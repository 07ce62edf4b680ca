from __future__ import annotations

import io
import json

import pytest

from asyncsdk.errors import FormatError
from asyncsdk.formats.coco_joining import load_coco
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category

_IMAGES = [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}]
_CATEGORIES = [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}]


def load(annotations, images=_IMAGES, categories=_CATEGORIES, **sections):
    loss = LossReport()
    content = {"annotations": annotations, "images": images, "categories": categories, **sections}
    return load_coco(json.dumps(content).encode(), "f.json", loss), loss


def box(number, image_id, category_id, **values):
    return {
        "id": number,
        "image_id": image_id,
        "category_id": category_id,
        "bbox": [number, 0, 9, 9],
        **values,
    }


def found(dataset):
    """Return label and x of every object, by image."""
    return {image.name: [(each.label, each.box[0]) for each in image.objects] for image in dataset.images}


def test_joins_in_the_order_of_the_file_whatever_the_order_of_sections():
    dataset, loss = load([box(5, 2, 1), box(6, "1", 2.0), box(7, 2, "2")])
    assert list(found(dataset).items()) == [("a.png", [("bus", 6)]), ("b.png", [("car", 5), ("bus", 7)])]
    assert dataset.categories == (Category(name="car"), Category(name="bus"))
    assert dataset.videos == ()
    assert not loss.counts


def test_takes_streams():
    content = json.dumps({"annotations": [box(5, 1, 1)], "images": _IMAGES, "categories": _CATEGORIES})
    dataset = load_coco(io.BytesIO(content.encode()), "f.json", LossReport())
    assert found(dataset) == {"a.png": [("car", 5)], "b.png": []}


def test_c4_uuids_join():
    images = [{"id": "6f96-a", "file_name": "a.png"}]
    categories = [{"id": "6f96-b", "name": "car"}]
    dataset, loss = load([box(5, "6f96-a", "6f96-b")], images, categories)
    assert found(dataset) == {"a.png": [("car", 5)]}
    assert not loss.counts


def test_c8_categories_with_one_name_are_one_label():
    dataset, loss = load(
        [box(5, 1, 1), box(6, 1, 2)], categories=[{"id": 1, "name": "car"}, {"id": 2, "name": "car"}]
    )
    assert found(dataset)["a.png"] == [("car", 5), ("car", 6)]
    assert dataset.categories == (Category(name="car"),)
    assert loss.counts == {"category-name-twice": 1}


def test_c8_categories_with_one_name_and_other_supercategories_are_told():
    categories = [
        {"id": 1, "name": "car", "supercategory": "a"},
        {"id": 2, "name": "car", "supercategory": "b"},
    ]
    dataset, loss = load([box(6, 1, 2)], categories=categories)
    assert dataset.categories == (Category(name="car", supercategory="a"),)
    assert "those of the first" in str(loss)


def test_c8_images_with_one_name_are_one_asset():
    images = [
        {"id": 1, "file_name": "a.png"},
        {"id": 2, "file_name": "a.png", "attributes": {"fog": True}},
        {"id": 3, "file_name": "a.png", "attributes": {"fog": False}},
    ]
    dataset, loss = load([box(5, 1, 1), box(6, 2, 2), box(7, 3, 1)], images)
    assert found(dataset) == {"a.png": [("car", 5), ("bus", 6), ("car", 7)]}
    assert dataset.images[0].attributes == {"fog": True}
    first, second = loss
    assert (first.place, first.rule) == ("images[1]", "name-twice")
    assert "dropped" not in first.reason
    assert "attributes are dropped" in second.reason


def test_the_same_image_twice_is_told_and_another_with_its_id_refused():
    dataset, loss = load([box(5, 1, 1)], [_IMAGES[0], _IMAGES[0]])
    assert found(dataset) == {"a.png": [("car", 5)]}
    assert loss.counts == {"image-twice": 1}
    with pytest.raises(FormatError) as caught:
        load([], [_IMAGES[0], {"id": 1, "file_name": "b.png"}])
    assert caught.value.place == "images[1]"
    assert "images[0]" in caught.value.rule


def test_c9_objects_of_unknown_images_and_categories_are_told():
    dataset, loss = load([box(5, 1, 9), box(6, 9, 1), box(7, 1, 1)])
    assert found(dataset)["a.png"] == [("car", 7)]
    assert [str(one) for one in loss] == [
        "f.json: annotations[0] (id 5): dropped (unknown-category): no category has the id 9",
        "f.json: annotations[1] (id 6): dropped (unknown-image): no image has the id 9",
    ]


def test_images_without_objects_are_there():
    dataset, loss = load([])
    assert found(dataset) == {"a.png": [], "b.png": []}
    assert not loss.counts


def test_v2_videos_may_be_null():
    dataset, loss = load([box(5, 1, 1)], videos=None)
    assert found(dataset)["a.png"] == [("car", 5)]
    assert not loss.counts
