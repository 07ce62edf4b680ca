"""Importing COCO files.

Names of tests carry the rows of faults that published clients are known for: c1 to c15.
"""

from __future__ import annotations

from uuid import UUID

import pytest

import asyncsdk
from asyncsdk import ImportResult, Loss, LossReport
from asyncsdk.errors import (
    LossError,
)


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


async def test_progress(make_version, coco):
    version = await make_version("object_detection", "a.png", "b.png")
    events = []
    await version.import_annotations_coco_file(
        coco({1: "a.png", 2: "b.png"}, {"bbox": [1, 1, 1, 1]}, {"bbox": [1, 1, 1, 1], "image_id": 2}),
        progress=events.append,
    )
    assert (events[-1].stage, events[-1].done, events[-1].total) == ("import", 2, 2)


async def test_an_empty_file(make_version, coco):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotations_coco_file(coco({}))
    assert (result, result.skipped) == ({}, ())


async def test_what_results_say_of_themselves(make_version, coco):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}, {"bbox": [1, 1, 1, 1], "score": 0.5})
    planned = await version.import_annotations_coco_file(file, dry_run=True)
    assert str(planned).startswith("nothing written, 1 annotations and 2 shapes planned, 0 skipped; 1 lost")
    done = await version.import_annotations_coco_file(file)
    assert repr(done) == "<ImportResult of 1 annotations, 2 shapes, 0 kept, 0 skipped; 1 lost or changed>"
