"""Importing COCO files: which assets and labels they mean.

Names of tests carry the rows of faults that published clients are known for: c1 to c15.
"""

from __future__ import annotations

import pytest

from asyncsdk import SkippedImage
from asyncsdk.errors import (
    ConflictError,
    FormatError,
    NotFoundError,
)
from asyncsdk.formats.import_result import SkipReason


async def test_c8_names_that_are_there_twice_are_joined(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotations_coco_file(
        coco(
            {1: "a.png", 2: "a.png"},
            {"bbox": [1, 1, 1, 1]},
            {"bbox": [2, 2, 2, 2], "image_id": 2, "category_id": 2},
            categories=("cat", "cat"),
        )
    )
    assert await shapes_by_name(version) == {"a.png": {"rectangles": [box(1, 1, 1, 1), box(2, 2, 2, 2)]}}
    assert result.loss.counts == {"category-name-twice": 1, "name-twice": 1}


async def test_c8_an_image_that_is_there_twice(make_version, coco):
    version = await make_version("object_detection", "a.png", "b.png")
    twice = coco([{"id": 1, "file_name": "a.png"}] * 2, {"bbox": [1, 1, 1, 1]})
    assert (await version.import_annotations_coco_file(twice)).loss.counts == {"image-twice": 1}
    other = coco([{"id": 1, "file_name": "a.png"}, {"id": 1, "file_name": "b.png"}], {"bbox": [1, 1, 1, 1]})
    with pytest.raises(FormatError, match=r"images\[1\]: has the id 1 of images\[0\]"):
        await version.import_annotations_coco_file(other)


async def test_c8_several_assets_of_one_name(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png", "a.png", "b.png")
    file = coco({1: "a.png", 2: "b.png"}, {"bbox": [1, 1, 1, 1]}, {"bbox": [1, 1, 1, 1], "image_id": 2})
    with pytest.raises(ConflictError, match=r"several assets.*'a.png'.*use_id"):
        await version.import_annotations_coco_file(file)
    assert await version.list_labels() == []
    result = await version.import_annotations_coco_file(file, fail_on_asset_not_found=False)
    assert result.skipped == (SkippedImage("a.png", SkipReason.SEVERAL_ASSETS),)
    assert await shapes_by_name(version) == {"b.png": {"rectangles": [box(1, 1, 1, 1)]}}


async def test_c9_unknown_ids_are_told(make_version, coco):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotations_coco_file(
        coco({1: "a.png"}, {"bbox": [1, 1, 1, 1], "category_id": 9}, {"bbox": [1, 1, 1, 1], "image_id": 9})
    )
    assert result.loss.counts == {"unknown-image": 1, "unknown-category": 1}
    assert [(loss.file, loss.place) for loss in result.loss] == [
        ("coco.json", "annotations[1] (id 2)"), ("coco.json", "annotations[0] (id 1)"),
    ]  # fmt: skip
    assert result.skipped == (SkippedImage("a.png", SkipReason.NOTHING_LEFT),)


async def test_c10_missing_assets(make_version, coco):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "x.png", 2: "y.png"}, {"bbox": [1, 1, 1, 1]})
    with pytest.raises(NotFoundError, match=r"2 of the file's images: 'x\.png', 'y\.png'"):
        await version.import_annotations_coco_file(file)
    result = await version.import_annotations_coco_file(file, fail_on_asset_not_found=False)
    assert result == {}
    assert result.skipped == tuple(SkippedImage(name, SkipReason.NO_ASSET) for name in ("x.png", "y.png"))
    assert await version.list_labels() == []


async def test_c10_ids_match_whatever_the_extension(make_version, coco):
    version = await make_version("object_detection", "a.png", "b.png", "c.png")
    a, b, c = sorted(await version.list_assets(), key=lambda asset: asset.filename)
    boxes = [{"bbox": [1, 1, 1, 1], "image_id": number} for number in (1, 2, 3)]
    file = coco({1: f"{a.id}.jpg", 2: f"images/{b.id.upper()}", 3: f"{c.id}.v2.png"}, *boxes)
    assert len(await version.import_annotations_coco_file(file, use_id=True)) == 3
    by_data = coco({1: f"{a.data_id}.jpg", 2: f"{b.data_id}.png", 3: c.data_id}, *boxes)
    assert len(await version.import_annotations_coco_file(by_data, export_key="data_id")) == 3
    by_object = coco({1: a.object_name, 2: b.object_name, 3: c.object_name}, *boxes)
    assert (
        len(await version.import_annotations_coco_file(by_object, export_key="object_name", use_id=True)) == 3
    )
    with pytest.raises(NotFoundError):
        await version.import_annotations_coco_file(by_data, use_id=True)
    twice = coco({1: f"{a.id}.jpg", 2: f"{a.id}.png"}, *boxes[:2])
    assert (await version.import_annotations_coco_file(twice, use_id=True)).loss.counts == {"name-twice": 1}


async def test_c11_names_with_folders(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png", "b.png", "c.png")
    boxes = [{"bbox": [number, 1, 1, 1], "image_id": number} for number in (1, 2, 3, 4)]
    await version.import_annotations_coco_file(coco({1: "train/a.png", 2: "val\\b.png"}, *boxes[:2]))
    assert await shapes_by_name(version) == {
        "a.png": {"rectangles": [box(1, 1, 1, 1)]}, "b.png": {"rectangles": [box(2, 1, 1, 1)]},
    }  # fmt: skip
    clash = coco({1: "train/a.png", 2: "val/a.png", 3: "x/c.png", 4: "c.png"}, *boxes)
    with pytest.raises(ConflictError, match=r"'train/a\.png', 'val/a\.png'"):
        await version.import_annotations_coco_file(clash)
    result = await version.import_annotations_coco_file(clash, fail_on_asset_not_found=False)
    assert {one.name: one.reason for one in result.skipped} == dict.fromkeys(
        ("train/a.png", "val/a.png", "x/c.png"), SkipReason.SEVERAL_IMAGES
    )
    assert (await shapes_by_name(version))["c.png"] == {"rectangles": [box(4, 1, 1, 1)]}


async def test_c14_groups_are_known_by_their_whole_path(make_version, coco):
    version = await make_version("object_detection", "a.png")
    await version.create_label("lone")
    file = coco(
        {1: "a.png"},
        {"bbox": [1, 1, 1, 1]},
        categories=(
            {"name": "cat", "supercategory": "a.x"},
            {"name": "dog", "supercategory": "b.x"},
            {"name": "lone", "supercategory": "a"},
            {"name": "again", "supercategory": "a.b.a"},
        ),
    )

    async def groups():
        found = {group.id: group for group in await version.list_label_groups()}

        def path(group_id):
            return "" if group_id is None else f"{path(found[group_id].parent_id)}/{found[group_id].name}"

        return {label.name: path(label.group_id) for label in await version.list_labels()}

    result = await version.import_annotations_coco_file(file)
    assert await groups() == {"lone": "/a", "cat": "/a/x", "dog": "/b/x", "again": "/a/b/a"}
    assert len(result.loss) == 0
    mine = await version.create_label_group("mine")
    await (await version.get_label("cat")).set_group(mine)
    result = await version.import_annotations_coco_file(file)
    assert (await groups())["cat"] == "/mine"  # what somebody has put in order stays
    assert [loss.reason for loss in result.loss] == ["the label stays in the group 'mine'"]
    assert len(await version.list_label_groups()) == 7


async def test_c14_an_import_again_changes_no_label(client, org, fill, coco, make_proxy, connect):
    proxy = await make_proxy(org)
    version = await (await client.create_dataset("birds")).create_version("v1", type="object_detection")
    await fill(org, version, ["a.png"], width=640, height=480)
    through = await (await connect(org, host=proxy.origin)).get_dataset_version_by_id(version.id)
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, categories=({"name": "cat", "supercategory": "a.x"},))
    for patches, posts in ((1, 2), (1, 2)):
        await through.import_annotations_coco_file(file)
        assert (proxy.count("PATCH"), proxy.count("POST", "labelgroups")) == (patches, posts)
    assert proxy.count("XGET", "bulk-labels") == 1


async def test_c15_a_failing_import_leaves_no_labels(make_version, coco, tmp_path):
    version = await make_version("object_detection", "a.png")
    broken = tmp_path / "broken.json"
    broken.write_text(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}).read_text()[:-20])
    with pytest.raises(FormatError):
        await version.import_annotations_coco_file(broken)
    with pytest.raises(NotFoundError):
        await version.import_annotations_coco_file(coco({1: "a.png", 2: "x.png"}, {"bbox": [1, 1, 1, 1]}))
    with pytest.raises(NotFoundError, match=r"labels are not there.*'cat'"):
        await version.import_annotations_coco_file(
            coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}), force_create_label=False
        )
    with pytest.raises(FormatError, match="1 to 255 characters"):
        await version.import_annotations_coco_file(
            coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, categories=("x" * 300,))
        )
    assert (await version.list_labels(), await version.list_label_groups()) == ([], [])


async def test_labels_that_nothing_uses_need_not_be_there(make_version, coco):
    version = await make_version("object_detection", "a.png")
    await version.create_label("cat")
    await version.import_annotations_coco_file(
        coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}), force_create_label=False
    )
    assert [label.name for label in await version.list_labels()] == ["cat"]


async def test_images_without_objects(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png", "b.png")
    await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}))
    file = coco({1: "a.png", 2: "b.png"}, {"bbox": [1, 1, 1, 1], "image_id": 2})
    result = await version.import_annotations_coco_file(file)
    assert result.skipped == (SkippedImage("a.png", SkipReason.NO_OBJECTS),)
    assert (await shapes_by_name(version))["a.png"] == {"rectangles": [box(1, 1, 1, 1)]}
    cleared = await version.import_annotations_coco_file(file, clear_empty=True)
    assert (sorted(cleared.values()), cleared.skipped) == ([0, 1], ())
    assert (await shapes_by_name(version))["a.png"] == {}


async def test_supercategories_that_are_no_plain_paths_are_told(make_version, coco):
    version = await make_version("object_detection", "a.png")
    supercategories = {"cat": "pets..small", "dog": " pets ", "cow": ".", "pig": "pets.large"}
    categories = [{"name": name, "supercategory": one} for name, one in supercategories.items()]
    result = await version.import_annotations_coco_file(
        coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, categories=categories)
    )
    assert result.loss.counts == {"supercategory": 3}
    assert {one.place for one in result.loss} == {f"category {name!r}" for name in ("cat", "dog", "cow")}
    file = await version.build_coco_file_locally()
    assert {one.name: one.supercategory for one in file.categories} == {
        "cat": "pets.small", "dog": "pets", "cow": None, "pig": "pets.large",
    }  # fmt: skip


async def test_frames_of_videos_in_an_image_import(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    images = [
        {"id": 1, "file_name": "a.png", "video_id": 1, "frame_id": 0},
        {"id": 2, "video_id": 1, "frame_id": 1},
    ]
    result = await version.import_annotations_coco_file(
        coco(images, {"bbox": [1, 1, 1, 1]}, {"bbox": [1, 1, 1, 1], "image_id": 2},
             videos=[{"id": 1, "file_name": "v.mp4"}])
    )  # fmt: skip
    assert result.loss.counts == {"videos": 1, "nameless-image": 1}
    assert await shapes_by_name(version) == {"a.png": {"rectangles": [box(1, 1, 1, 1)]}}


async def test_labels_without_force_stay_where_they_are(make_version, coco):
    version = await make_version("object_detection", "a.png")
    await version.create_label("cat")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, categories=({"name": "cat", "supercategory": "pet"},))
    result = await version.import_annotations_coco_file(file, force_create_label=False)
    assert [loss.reason for loss in result.loss] == ["the label stays in no group"]
    assert await version.list_label_groups() == []


@pytest.mark.parametrize("dry_run", [False, True])
async def test_c15_attributes_that_a_label_does_not_allow_leave_nothing(make_version, coco, dry_run):
    version = await make_version("object_detection", "a.png", "b.png")
    cat = await version.create_label("cat")
    await cat.set_attributes(
        {"dirty": {"input_type": "boolean", "required": True}, "age": {"input_type": "integer"}}
    )
    boxes = [{"bbox": [1, 2, 3, 4], "image_id": number} for number in (1, 2)]
    bad = {"dirty": "very"}
    for given, rule in (
        (bad, "'dirty': expected true or false, got 'very'"),
        ({"age": 3}, "'dirty': required"),
    ):
        file = coco(
            {1: "a.png", 2: "b.png"},
            boxes[0],
            boxes[1] | {"attributes": given},
            boxes[0] | {"category_id": 2},
        )
        with pytest.raises(FormatError) as caught:
            await version.import_annotations_coco_file(file, dry_run=dry_run)
        place = "image 'b.png', an object of 'cat'"
        assert (caught.value.file, caught.value.place) == ("coco.json", place)
        assert caught.value.rule == f"attributes: {rule}"
        assert [label.name for label in await version.list_labels()] == ["cat"]
        assert await version.load_annotations() == {}


async def test_attributes_that_are_allowed_or_free(make_version, coco, shapes_by_name):
    version = await make_version("object_detection", "a.png")
    cat = await version.create_label("cat")
    await cat.set_attributes({"dirty": {"input_type": "boolean", "required": True}})
    given = ({"dirty": True, "more": [1]}, {"any": "thing"})
    file = coco(
        {1: "a.png"},
        {"bbox": [1, 2, 3, 4], "attributes": given[0]},
        {"bbox": [1, 2, 3, 4], "category_id": 2, "attributes": given[1]},
        {"bbox": [1, 2, 3, 4]},  # none at all: most files cannot carry any
    )
    assert sum((await version.import_annotations_coco_file(file)).values()) == 3
    loaded = (await shapes_by_name(version))["a.png"]["rectangles"]
    assert [shape.get("attributes") for shape in loaded] == [*given, None]


async def test_attributes_that_the_version_does_not_allow(make_version, coco):
    version = await make_version("object_detection", "a.png")
    await version.set_attributes({"weather": {"input_type": "string", "choices": ["sun", "rain"]}})
    images = [{"id": 1, "file_name": "a.png", "attributes": {"weather": "fog"}}]
    file = coco(images, {"bbox": [1, 2, 3, 4]})
    with pytest.raises(
        FormatError, match=r"image 'a\.png': attributes: 'weather': 'fog' is none of the choices"
    ):
        await version.import_annotations_coco_file(file)
    assert await version.list_labels() == []
    images[0]["attributes"] = {"weather": "rain"}
    assert len(await version.import_annotations_coco_file(coco(images, {"bbox": [1, 2, 3, 4]}))) == 1
