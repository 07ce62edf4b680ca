"""Importing COCO files.

Names of tests carry the rows of faults that published clients are known for: c1 to c15.
"""

from __future__ import annotations

import codecs
import json
import tempfile
import threading
import tracemalloc
from pathlib import Path
from uuid import UUID

import pytest

import asyncsdk
from asyncsdk import ImportResult, Loss, LossReport, SkippedImage
from asyncsdk.errors import (
    ConflictError,
    FileNotFoundException,
    ForbiddenError,
    FormatError,
    InvalidArgumentError,
    LockedError,
    LossError,
    MissingFileError,
    NotFoundError,
    TransferError,
)
from asyncsdk.formats.import_result import SkipReason
from asyncsdk.resources import import_staging
from asyncsdk.resources.coco_staging import CocoStaging


@pytest.fixture
def coco(tmp_path):
    """A function that writes a COCO file: image id to name, and annotations as dicts."""

    def write(images, *annotations, categories=("cat", "dog"), name="coco.json", **more):
        listed = [
            {"id": number, "name": one} if isinstance(one, str) else {"id": number} | one
            for number, one in enumerate(categories, start=1)
        ]
        found = [
            {"id": number, "image_id": 1, "category_id": 1} | one
            for number, one in enumerate(annotations, start=1)
        ]
        images = (
            [{"id": number, "file_name": one} for number, one in images.items()]
            if isinstance(images, dict)
            else images
        )
        path = tmp_path / name
        path.write_text(
            json.dumps({"images": images, "annotations": found, "categories": listed} | more), "utf-8"
        )
        return path

    return write


async def test_coco_boxes(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png", "b.png", "c.png")
    file = coco(
        {1: "a.png", 2: "b.png"},
        {"bbox": [1, 2, 3, 4], "utf8_string": "AB", "attributes": {"dirty": True}},
        {"bbox": [5, 6, 7, 8], "category_id": 2, "image_id": 2},
        {"bbox": [9, 9, 9, 9]},
    )
    result = await version.import_annotations_coco_file(file)
    assert isinstance(result, ImportResult)
    assert sorted(result.values()) == [1, 2]
    assert all(str(UUID(one)) == one for one in result)
    assert (len(result.loss), result.skipped, result.kept) == (0, (), [])
    assert (result.planned_assets, result.planned_shapes) == (2, 3)
    assert await shapes_by_name(version) == {
        "a.png": {"rectangles": [box(1, 2, 3, 4, text="AB", attributes={"dirty": True}), box(9, 9, 9, 9)]},
        "b.png": {"rectangles": [box(5, 6, 7, 8, "dog")]},
    }
    assert set(result) == {one.id for one in await version.list_annotations()}
    assert [label.name for label in await version.list_labels()] == ["cat", "dog"]


async def test_modes(make_version, coco, shapes_by_name, box):
    version = await make_version("object_detection", "a.png", "b.png")
    first, second = {"bbox": [1, 1, 1, 1]}, {"bbox": [2, 2, 2, 2]}
    [before] = await version.import_annotations_coco_file(coco({1: "a.png"}, first))
    more = coco({1: "a.png", 2: "b.png"}, second, {**second, "image_id": 2})

    kept = await version.import_annotations_coco_file(more, mode="keep")
    assert kept[before] == 0
    assert (kept.kept, sum(kept.values())) == ([before], 1)
    assert (await shapes_by_name(version))["a.png"] == {"rectangles": [box(1, 1, 1, 1)]}
    assert (await version.import_annotations_coco_file(more, mode="SKIP")).kept == list(kept)

    for wanted in (2, 3):  # the same file twice: both times it is added, as the first time was whole
        added = await version.import_annotations_coco_file(more, mode="concatenate")
        assert (added[before], sum(added.values())) == (1, 2)
        assert len((await shapes_by_name(version))["a.png"]["rectangles"]) == wanted

    replaced = await version.import_annotations_coco_file(more, mode=asyncsdk.ImportAnnotationMode.REPLACE)
    assert before not in replaced
    assert await shapes_by_name(version) == {
        name: {"rectangles": [box(2, 2, 2, 2)]} for name in ("a.png", "b.png")
    }
    again = await version.import_annotations_coco_file(more)
    assert not set(again) & set(replaced)  # a whole import is done anew, not answered from memory


@pytest.mark.parametrize("mode", ["replace", "keep", "concatenate"])
async def test_an_import_after_its_annotations_were_deleted(
    make_version, coco, mode, state, shapes_by_name, box
):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]})
    for _ in range(2):
        await version.import_annotations_coco_file(file, mode=mode)
        assert await shapes_by_name(version) == {"a.png": {"rectangles": [box(1, 1, 1, 1)]}}
        await version.delete_all_annotations()
    assert [path for path in state.rglob("*") if path.is_file()] == []


async def test_status_and_worker(make_version, coco, any_client, any_org, box):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]})
    [pending] = await version.import_annotations_coco_file(file)
    [accepted] = await version.import_annotations_coco_file(file, status="accepted")
    dataset = await any_client.get_dataset(version.name)
    worker = await dataset.find_worker(any_org.username)
    [refused] = await version.import_annotations_coco_file(
        file, worker, status=asyncsdk.AnnotationStatus.REFUSED
    )
    [found] = await version.list_annotations()
    assert (found.id, found.status, found.worker_id) == (
        refused,
        asyncsdk.AnnotationStatus.REFUSED,
        worker.id,
    )
    assert len({pending, accepted, refused}) == 3


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


async def test_types_without_a_file_are_refused_first(make_version, coco):
    for kind in ("not_configured", "point", "line"):
        version = await make_version(kind, "a.png")
        with pytest.raises(InvalidArgumentError, match=kind.upper()):
            await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}))
        assert await version.list_labels() == []


async def test_bad_arguments(make_version, coco, tmp_path):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]})
    bad = [
        {"mode": "merge"}, {"status": "done"}, {"export_key": "name"}, {"on_loss": "ignore"}, {"max_workers": 0},
        {"worker": "nobody"},
    ]  # fmt: skip
    for arguments in bad:
        with pytest.raises(InvalidArgumentError):
            await version.import_annotations_coco_file(file, **arguments)
    with pytest.raises(InvalidArgumentError, match="not a file"):
        await version.import_annotations_coco_file(tmp_path)
    for import_it in (
        version.import_annotations_coco_file,
        version.import_annotations_coco_video_file,
        version.import_annotation_voc_file,
    ):
        with pytest.raises(MissingFileError):
            await import_it(tmp_path / "missing")
        with pytest.raises(FileNotFoundException):
            await import_it("~/no such file of mine")
        with pytest.raises(FileNotFoundError):
            await import_it(str(tmp_path / "missing"))


async def test_a_dry_run_says_all_and_writes_nothing(make_version, coco, shapes_by_name):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [630, 1, 30, 10]}, {"bbox": [1, 1, 1, 1]})
    result = await version.import_annotations_coco_file(file, dry_run=True)
    assert (result, result.planned_assets, result.planned_shapes) == ({}, 1, 2)
    assert [loss.rule for loss in result.loss] == ["box-cut"]
    assert (await version.list_labels(), await shapes_by_name(version)) == ([], {})


async def test_a_loss_can_be_refused(make_version, coco, shapes_by_name):
    version = await make_version("object_detection", "a.png")
    with pytest.raises(LossError, match="box-cut") as caught:
        await version.import_annotations_coco_file(
            coco({1: "a.png"}, {"bbox": [630, 1, 30, 10]}), on_loss="raise"
        )
    assert isinstance(caught.value.loss, LossReport)
    assert all(isinstance(loss, Loss) for loss in caught.value.loss)
    assert (await version.list_labels(), await shapes_by_name(version)) == ([], {})
    await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 3, 1]}), on_loss="raise")


async def test_a_locked_version_is_refused_first(make_version, coco):
    version = await make_version("object_detection", "a.png")
    await version.lock()
    with pytest.raises(LockedError):
        await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}), dry_run=True)


async def test_progress(make_version, coco):
    version = await make_version("object_detection", "a.png", "b.png")
    events = []
    await version.import_annotations_coco_file(
        coco({1: "a.png", 2: "b.png"}, {"bbox": [1, 1, 1, 1]}, {"bbox": [1, 1, 1, 1], "image_id": 2}),
        progress=events.append,
    )
    assert (events[-1].stage, events[-1].done, events[-1].total) == ("import", 2, 2)


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


def test_c12_memory_does_not_follow_the_file(tmp_path):
    count, ring = 2_000, [number / 7 for number in range(200)]
    polygons = [{"image_id": n % 100, "category_id": 1, "segmentation": [ring]} for n in range(count)]
    images = [{"id": number, "file_name": f"{number}.png"} for number in range(100)]
    path = tmp_path / "coco.json"
    path.write_text(
        json.dumps({"annotations": polygons, "images": images, "categories": [{"id": 1, "name": "cat"}]})
    )
    del polygons
    staging = import_staging.Staging(tmp_path / "staging.sqlite")
    tracemalloc.start()
    try:
        coco = CocoStaging(staging, "coco.json", LossReport())
        with path.open("rb") as stream:
            for _ in coco.read(stream):
                pass
        staging.database.execute("UPDATE image SET asset = name")
        coco.join()
        assert sum(len(objects) for _, objects in coco.groups()) == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        staging.close()
    size = path.stat().st_size
    assert peak < 3_000_000 < size  # in memory as objects it would be ten times the file


async def test_c13_any_locale_and_a_byte_order_mark(make_version, tmp_path, coco, shapes_by_name, box):
    version = await make_version("object_detection", "vögel.png")
    path = coco({1: "vögel.png"}, {"bbox": [1, 1, 1, 1]}, categories=("Möwe",))
    path.write_bytes(codecs.BOM_UTF8 + json.dumps(json.loads(path.read_bytes()), ensure_ascii=False).encode())
    await version.import_annotations_coco_file(path)
    assert await shapes_by_name(version) == {"vögel.png": {"rectangles": [box(1, 1, 1, 1, "Möwe")]}}


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


async def test_an_empty_file(make_version, coco):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotations_coco_file(coco({}))
    assert (result, result.skipped) == ({}, ())


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


async def test_the_temporary_folder_goes(make_version, coco, monkeypatch, tmp_path):
    version = await make_version("object_detection", "a.png")
    made = []
    real = import_staging.tempfile.mkdtemp
    monkeypatch.setattr(
        import_staging.tempfile,
        "mkdtemp",
        lambda **options: made.append(real(dir=tmp_path, **options)) or made[-1],
    )
    threads = set()
    read = import_staging.Staging.add
    monkeypatch.setattr(
        import_staging.Staging,
        "add",
        lambda self, *row: threads.add(threading.current_thread()) or read(self, *row),
    )
    await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}))
    with pytest.raises(NotFoundError):
        await version.import_annotations_coco_file(coco({1: "x.png"}, {"bbox": [1, 1, 1, 1]}))
    assert len(made) == 2
    assert not {Path(one) for one in made} & set(tmp_path.iterdir())
    assert threading.current_thread() not in threads


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


PERSON = {"name": "person", "keypoints": ["nose", "eye"], "skeleton": [[1, 2]]}


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


async def test_labels_without_force_stay_where_they_are(make_version, coco):
    version = await make_version("object_detection", "a.png")
    await version.create_label("cat")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, categories=({"name": "cat", "supercategory": "pet"},))
    result = await version.import_annotations_coco_file(file, force_create_label=False)
    assert [loss.reason for loss in result.loss] == ["the label stays in no group"]
    assert await version.list_label_groups() == []


async def test_paths_that_are_none(make_version):
    version = await make_version("object_detection", "a.png")
    with pytest.raises(InvalidArgumentError, match="5 is not a path"):
        await version.import_annotations_coco_file(5)


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


async def test_files_that_cannot_be_read(make_version, coco, monkeypatch, tmp_path):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 2, 3, 4]})

    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    for import_it in (
        version.import_annotations_coco_file,
        version.import_annotations_coco_video_file,
        version.import_annotation_voc_file,
    ):
        with pytest.raises(TransferError, match=r"coco\.json: cannot be read: Permission denied"):
            await import_it(file)
        with pytest.raises(TransferError, match="cannot be read: File name too long"):
            await import_it(tmp_path / ("a" * 300))
        with pytest.raises(MissingFileError):
            await import_it(f"{tmp_path}/a\0b")


async def test_a_disk_that_fails_while_a_file_is_read(make_version, coco, monkeypatch):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 2, 3, 4]})

    def fail(*_):
        raise OSError(5, "Input/output error")
        yield

    monkeypatch.setattr(CocoStaging, "read", fail)
    with pytest.raises(TransferError, match=r"coco\.json: cannot be read: Input/output error"):
        await version.import_annotations_coco_file(file)


async def test_what_results_say_of_themselves(make_version, coco):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, {"bbox": [1, 1, 1, 1], "score": 0.5})
    planned = await version.import_annotations_coco_file(file, dry_run=True)
    assert str(planned).startswith("nothing written, 1 annotations and 2 shapes planned, 0 skipped; 1 lost")
    done = await version.import_annotations_coco_file(file)
    assert repr(done) == "<ImportResult of 1 annotations, 2 shapes, 0 kept, 0 skipped; 1 lost or changed>"


async def test_a_temporary_folder_that_is_full_or_shut(make_version, coco, monkeypatch, tmp_path):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, *[{"bbox": [1, 1, 1, 1]}] * 500)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with monkeypatch.context() as small:
        small.setattr(import_staging, "_PRAGMAS", ("cache_size = 1", "max_page_count = 4"))
        with pytest.raises(
            TransferError, match=r"asyncsdk-import-.*: cannot be written: .* full; set TMPDIR"
        ):
            await version.import_annotations_coco_file(file)
    assert list(tmp_path.glob("asyncsdk-import-*")) == []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(TransferError, match="cannot be made: No such file or directory; set TMPDIR"):
        await version.import_annotations_coco_file(file)
    assert await version.list_labels() == []
