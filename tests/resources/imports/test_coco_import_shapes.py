"""Importing COCO files: what becomes of their objects.

Names of tests carry the rows of faults that published clients are known for: c1 to c15.
"""

from __future__ import annotations

import json

import pytest

from asyncsdk import SkippedImage
from asyncsdk.errors import (
    ConflictError,
    ForbiddenError,
    FormatError,
)
from asyncsdk.formats.import_result import SkipReason

PERSON = {"name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("object_detection", {"rectangles": [{"label": "cat", "x": 10, "y": 20, "w": 30, "h": 40}]}),
        ("segmentation", {"polygons": [{"label": "cat", "polygon": [[10, 20], [40, 20], [40, 60]]}]}),
        ("classification", {"classifications": [{"label": "cat"}]}),
        ("multi", {"polygons": [{"label": "cat", "polygon": [[10, 20], [40, 20], [40, 60]]}]}),
    ],
)
async def test_what_each_type_makes_of_a_polygon(make_version, coco, kind, wanted, shapes_by_name):
    version = await make_version(kind, "a.png")
    polygon = {"bbox": [10, 20, 30, 40], "segmentation": [[10, 20, 40, 20, 40, 60]]}
    await version.import_annotations_coco_file(coco({1: "a.png"}, polygon))
    assert await shapes_by_name(version) == {"a.png": wanted}


async def test_c1_an_image_whose_objects_are_all_lost_is_left_alone(make_version, coco, shapes_by_name):
    version = await make_version("segmentation", "a.png", "b.png")
    polygon = [[1, 1, 9, 1, 9, 9]]
    await version.import_annotations_coco_file(coco({1: "a.png"}, {"segmentation": polygon}))
    before = await shapes_by_name(version)
    crowd = {"segmentation": {"size": [480, 640], "counts": [5, 3, 307192]}, "iscrowd": 1}
    result = await version.import_annotations_coco_file(
        coco({1: "a.png", 2: "b.png"}, crowd, {"segmentation": polygon, "image_id": 2})
    )
    assert result.skipped == (SkippedImage("a.png", SkipReason.NOTHING_LEFT),)
    assert "mask-dropped" in result.loss.counts
    assert await shapes_by_name(version) == before | {"b.png": before["a.png"]}


async def test_c1_masks_of_every_form_are_kept(make_version, coco, shapes_by_name):
    version = await make_version("mask", "a.png", width=6, height=4)
    result = await version.import_annotations_coco_file(
        coco(
            {1: "a.png"},
            {"segmentation": {"size": [4, 6], "counts": [4, 8, 12]}},
            {"segmentation": [[1, 0, 3, 0, 3, 4, 1, 4]]},
        )
    )
    masks = (await shapes_by_name(version))["a.png"]["masks"]
    assert len({mask["mask"] for mask in masks}) == 1
    assert list(result.loss.counts) == ["mask-from-polygons"]


async def test_a_mask_on_an_asset_of_unknown_size_is_reported(make_version, coco):
    version = await make_version("mask", "a.png", "b.png", width=None, height=None)
    result = await version.import_annotations_coco_file(
        coco({1: "a.png"}, {"segmentation": {"size": [4, 6], "counts": [4, 8, 12]}})
    )
    assert (result, list(result.loss.counts)) == ({}, ["mask-size-unknown"])
    assert [one.reason for one in result.skipped] == [SkipReason.NOTHING_LEFT]


async def test_c2_a_segmentation_without_polygons(make_version, coco, shapes_by_name):
    version = await make_version("segmentation", "a.png")
    result = await version.import_annotations_coco_file(
        coco(
            {1: "a.png"},
            {"segmentation": []},
            {"bbox": [1, 1, 2, 2], "segmentation": None},
            {"segmentation": {}},
        )
    )
    assert (await shapes_by_name(version))["a.png"] == {
        "polygons": [{"label": "cat", "polygon": [[1, 1], [3, 1], [3, 3], [1, 3]]}]
    }
    assert result.loss.counts == {"label-dropped": 2, "polygon-from-box": 1}


async def test_c3_an_empty_box_is_no_error_and_boxes_come_from_polygons(
    make_version, coco, shapes_by_name, box
):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotations_coco_file(
        coco({1: "a.png"}, {"bbox": []}, {"bbox": [], "segmentation": [[1, 1, 9, 1, 9, 5]]})
    )
    assert (await shapes_by_name(version))["a.png"] == {"rectangles": [box(1, 1, 8, 4)]}
    assert result.loss.counts == {"label-dropped": 1, "box-derived": 1}


async def test_c4_files_of_the_wild(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    file = coco(
        [{"id": "1", "file_name": "a.png", "date_captured": 0, "license": "mine"}],
        {"id": "0190b2a4-0000-7000-8000-000000000001", "image_id": "1", "bbox": [1, 1, 2, 2], "area": None},
        {"bbox": None, "iscrowd": None, "segmentation": [[1, 1, 3, 1, 3, 3]]},
    )
    await version.import_annotations_coco_file(file)
    assert (await shapes_by_name(version))["a.png"] == {"rectangles": [box(1, 1, 2, 2)] * 2}


async def test_c5_coordinates_are_rounded(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    await version.import_annotations_coco_file(
        coco({1: "a.png"}, {"bbox": [1.9, 2.9, 3.9, 4.9]}, {"bbox": [5, 5, 0.6, 0.6]})
    )
    assert (await shapes_by_name(version))["a.png"] == {"rectangles": [box(2, 3, 4, 5), box(5, 5, 1, 1)]}


async def test_c6_parts_of_one_object_stay_one_object(make_version, coco, any_client, shapes_by_name):
    version = await make_version("segmentation", "a.png")
    two = {"segmentation": [[1, 1, 9, 1, 9, 9], [20, 1, 29, 1, 29, 9]]}
    one = {"segmentation": [[50, 1, 59, 1, 59, 9]]}
    result = await version.import_annotations_coco_file(coco({1: "a.png"}, two, one, two))
    polygons = (await shapes_by_name(version))["a.png"]["polygons"]
    if any_client._connection.supports("instances"):
        assert [polygon.get("instance") for polygon in polygons] == [1, 1, None, 2, 2]
        assert len(result.loss) == 0
    else:
        assert all("instance" not in polygon for polygon in polygons)
        assert result.loss.counts == {"instance": 4}


async def test_c6_added_objects_do_not_join_those_that_are_there(client, org, fill, coco, shapes_by_name):
    version = await (await client.create_dataset("birds")).create_version("v1", type="segmentation")
    await fill(org, version, ["a.png"], width=640, height=480)
    file = coco({1: "a.png"}, {"segmentation": [[1, 1, 9, 1, 9, 9], [20, 1, 29, 1, 29, 9]]})
    for _ in range(3):
        await version.import_annotations_coco_file(file, mode="concatenate")
    polygons = (await shapes_by_name(version))["a.png"]["polygons"]
    instances = [polygon["instance"] for polygon in polygons]
    assert sorted(instances.count(one) for one in set(instances)) == [2, 2, 2]


async def test_c7_what_has_no_place_is_told(make_version, coco):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotations_coco_file(
        coco(
            {1: "a.png"},
            {"bbox": [1, 1, 1, 1], "iscrowd": 1, "score": 0.5},
            licenses=[{"id": 1, "name": "CC"}],
        )
    )
    assert set(result.loss.counts) == {"crowd-dropped", "score", "extra-key"}


async def test_attributes_of_images(make_version, coco):
    version = await make_version("object_detection", "a.png")
    images = [
        {"id": 1, "file_name": "a.png"},
        {"id": 2, "file_name": "a.png", "attributes": {"fog": True}},
        {"id": 3, "file_name": "a.png", "attributes": {"fog": False}},
    ]
    result = await version.import_annotations_coco_file(coco(images, {"bbox": [1, 1, 1, 1]}))
    [found] = (await version.load_annotations()).values()
    assert found[0]["attributes"] == {"fog": True}
    assert result.loss.counts == {"name-twice": 2, "attributes": 1}


async def test_sizes_that_differ_are_told(make_version, coco):
    version = await make_version("object_detection", "a.png")
    image = {"id": 1, "file_name": "a.png", "width": 320, "height": 480}
    result = await version.import_annotations_coco_file(coco([image], {"bbox": [1, 1, 1, 1]}))
    assert [loss.reason.partition(";")[0] for loss in result.loss] == [
        "the file says 320 x 480, the asset has 640 x 480"
    ]


async def test_a_type_without_keypoints_tells_of_skeletons(make_version, coco):
    version = await make_version("object_detection", "a.png")
    person = {"name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}
    result = await version.import_annotations_coco_file(
        coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, categories=("cat", person))
    )
    assert [(one.place, one.rule) for one in result.loss] == [("category 'person'", "skeleton")]
    assert await version.get_skeletons() == {}


async def test_keypoints_and_skeletons(make_version, coco, shapes_by_name):
    version = await make_version("keypoint", "a.png")
    person = {"name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2], [2, 2], [1, 5]]}
    file = coco(
        {1: "a.png"},
        {"keypoints": [5.5, 6, 2, 0, 0, 0], "num_keypoints": 1},
        {"keypoints": [5, 6, 2]},
        categories=(person,),
    )
    result = await version.import_annotations_coco_file(file)
    assert (await shapes_by_name(version))["a.png"] == {
        "keypoints": [{"label": "person", "keypoints": [[5.5, 6, 2], [0, 0, 0]]}]
    }
    assert result.loss.counts == {"skeleton-edges": 1, "keypoints-count": 1}
    [skeleton] = (await version.get_skeletons()).values()
    assert (skeleton.vertices, skeleton.edges) == (("nose", "eye"), ((1, 2),))
    other = coco({1: "a.png"}, {"keypoints": [1, 1, 2]}, categories=(person | {"keypoints": ["nose"]},))
    with pytest.raises(ConflictError, match="nose, eye"):
        await version.import_annotations_coco_file(other)


@pytest.mark.parametrize("kind", ["object_detection", "segmentation", "mask", "classification"])
async def test_real_coco(any_client, any_org, fill, coco_annotations, kind):
    file = coco_annotations / "instances.json"
    said = json.loads(file.read_bytes())
    version = await (await any_client.create_dataset("coco")).create_version("v1", type=kind)
    sizes = {image["file_name"]: image for image in said["images"]}
    names = [image["file_name"] for image in said["images"]]
    await fill(
        any_org,
        version,
        names,
        width=lambda name: sizes[name]["width"],
        height=lambda name: sizes[name]["height"],
    )
    result = await version.import_annotations_coco_file(file)
    assert len(result) == len({one["image_id"] for one in said["annotations"]})
    crowds = sum(one["iscrowd"] for one in said["annotations"])
    parts = sum(len(one["segmentation"]) for one in said["annotations"] if not one["iscrowd"])
    wanted = parts if kind == "segmentation" else len(said["annotations"])
    assert sum(result.values()) == wanted == (await version.retrieve_stats()).nb_objects
    if kind == "segmentation":
        assert result.loss.counts["mask-dropped"] == crowds
    assert len(await version.list_labels()) == 80
    groups = {one["supercategory"] for one in said["categories"]}
    assert {group.name for group in await version.list_label_groups()} == groups


async def test_real_keypoints(any_client, any_org, fill, coco_annotations):
    file = coco_annotations / "person_keypoints.json"
    said = json.loads(file.read_bytes())
    version = await (await any_client.create_dataset("coco")).create_version("v1", type="keypoint")
    await fill(any_org, version, [image["file_name"] for image in said["images"]], width=640, height=640)
    result = await version.import_annotations_coco_file(file)
    assert sum(result.values()) == len(said["annotations"])
    with pytest.raises(FormatError, match="captions"):
        await version.import_annotations_coco_file(coco_annotations / "captions.json")


@pytest.mark.parametrize(
    "kind", ["object_detection", "segmentation", "mask", "keypoint", "classification", "multi"]
)
async def test_there_and_back(
    any_client, any_org, fill, make_version, coco_annotations, tmp_path, shapes_by_name, kind
):
    file = coco_annotations / ("person_keypoints.json" if kind == "keypoint" else "instances.json")
    images = {image["file_name"]: image for image in json.loads(file.read_bytes())["images"]}
    version = await make_version(
        kind, *images, width=lambda name: images[name]["width"], height=lambda name: images[name]["height"]
    )
    await version.import_annotations_coco_file(file, clear_empty=True)
    before = await shapes_by_name(version)
    written = tmp_path / "written.json"
    await version.write_coco_file(written)
    await version.delete_all_annotations()
    result = await version.import_annotations_coco_file(written, clear_empty=True, on_loss="raise")
    assert len(result) == len(images)
    assert await shapes_by_name(version) == before


@pytest.mark.parametrize(
    ("category", "rule"),
    [
        (
            {"supercategory": ".".join("ab" * 33)},
            "groups are at most 64 deep, the supercategory has 66 parts",
        ),
        ({"supercategory": "x" * 256}, "a group has 1 to 255 characters"),
        ({"keypoints": ["x" * 256]}, "a keypoint has 1 to 255 characters"),
    ],
)
async def test_what_no_label_can_have_is_refused_before_any_is_made(make_version, coco, category, rule):
    version = await make_version("keypoint", "a.png")
    file = coco({1: "a.png"}, {"keypoints": [1, 1, 2]}, categories=({"name": "person"} | category,))
    with pytest.raises(FormatError, match=f"category 'person': {rule}"):
        await version.import_annotations_coco_file(file)
    assert await version.list_labels() == []


async def test_a_broken_shape_makes_no_label_of_the_whole_image(make_version, coco, shapes_by_name, box):
    version = await make_version("multi", "a.png", "b.png")
    broken = {"image_id": 2, "bbox": [1, 2, 3]}
    result = await version.import_annotations_coco_file(
        coco(
            {1: "a.png", 2: "b.png"}, {"bbox": [1, 1, 2, 2]}, {"segmentation": [[1, 2]]}, {"bbox": []}, broken
        )
    )
    assert await shapes_by_name(version) == {
        "a.png": {"rectangles": [box(1, 1, 2, 2)], "classifications": [{"label": "cat"}]}
    }
    assert result.loss.counts == {"segmentation": 1, "bbox": 1, "label-dropped": 2}
    assert [one.reason for one in result.skipped] == [SkipReason.NOTHING_LEFT]


async def test_an_older_platform_without_groups_and_skeletons(
    any_org, make_proxy, connect, make_version, coco
):
    version = await make_version("keypoint", "a.png")
    proxy = await make_proxy(any_org)
    for part in ("labelgroups", "labels/skeleton"):
        proxy.answers("GET", part, status=404)
    through = await (await connect(any_org, host=proxy.origin)).get_dataset_version_by_id(version.id)
    file = coco(
        {1: "a.png"}, {"keypoints": [1, 1, 2, 3, 3, 2]}, categories=(PERSON | {"supercategory": "x"},)
    )
    result = await through.import_annotations_coco_file(file)
    assert result.loss.counts == {"skeleton": 1, "supercategory": 1}
    assert list(result.values()) == [1]
    proxy.answers("GET", "labelgroups", status=403)
    with pytest.raises(ForbiddenError):
        await through.import_annotations_coco_file(file)


async def test_skeletons_that_cannot_be_and_that_differ(make_version, coco):
    version = await make_version("keypoint", "a.png")
    await version.create_label("before")
    points = {"keypoints": [1, 1, 2, 3, 3, 2]}
    twice = coco({1: "a.png"}, points, categories=(PERSON | {"keypoints": ["nose", "nose"]},))
    assert (await version.import_annotations_coco_file(twice)).loss.counts == {"skeleton": 1}
    assert await version.get_skeletons() == {}
    sound = coco({1: "a.png"}, points, categories=(PERSON,))
    assert len((await version.import_annotations_coco_file(sound)).loss) == 0
    assert len((await version.import_annotations_coco_file(sound)).loss) == 0
    other = coco({1: "a.png"}, points, categories=(PERSON | {"skeleton": []},))
    assert (await version.import_annotations_coco_file(other)).loss.counts == {"skeleton-edges": 1}
    [skeleton] = (await version.get_skeletons()).values()
    assert skeleton.edges == ((1, 2),)
    short = coco({1: "a.png"}, {"keypoints": [1, 1, 2]}, categories=("person",))
    result = await version.import_annotations_coco_file(short)  # counts by the skeleton that is there
    assert result.loss.counts == {"keypoints-count": 1}


async def test_c15_what_the_platform_would_refuse_is_found_before(make_version, coco, shapes_by_name):
    version = await make_version("object_detection", "a.png", "b.png")
    box = {"bbox": [1, 2, 3, 4]}
    large = {"x": "a" * 262_144}
    images = [
        {"id": 1, "file_name": "a.png", "attributes": large},
        {"id": 2, "file_name": "b.png", "attributes": {"x": "a" * 262_000}},
    ]
    file = coco(
        images,
        box | {"utf8_string": "a" * 65_537},
        box | {"utf8_string": "a\0b"},
        box | {"attributes": large},
        box | {"utf8_string": "a" * 65_536, "image_id": 2},
    )
    result = await version.import_annotations_coco_file(file)
    assert result.loss.counts == {"attributes": 2, "utf8_string": 2}
    assert (len(result), sum(result.values())) == (2, 4)
    [kept] = (await shapes_by_name(version))["b.png"]["rectangles"]
    assert len(kept["text"]) == 65_536


async def test_a_polygon_of_more_points_than_a_platform_takes(make_version, coco):
    version = await make_version("segmentation", "a.png")
    long = [x for number in range(100_001) for x in (number % 640, number % 7)]
    result = await version.import_annotations_coco_file(coco({1: "a.png"}, {"segmentation": [long]}))
    assert (result, result.loss.counts) == ({}, {"polygon-too-long": 1})
