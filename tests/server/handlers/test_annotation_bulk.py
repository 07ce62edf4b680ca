"""Bulk requests: what each mode does, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from asyncsdk.records import codec
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.server.services import annotation_bulk
from asyncsdk.wire import routes

LISTS = ("classifications", "rectangles", "polygons", "lines", "points", "keypoints", "masks")


def box(label: str, x: int = 0, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": 0, "w": 2, "h": 3, "label_id": label} | more


async def send(api, version, mode, *elements, expect=200, **fields):
    body = {"import_type": mode, "annotations": list(elements), **fields}
    return await api.call(routes.BULK_ANNOTATIONS, body, version=version, expect=expect)


async def load(api, version) -> dict[str, LoadedAnnotation]:
    """All annotations of a version by their id, newest first."""
    ids = await api.call(routes.LIST_ANNOTATION_IDS, version=version)
    loaded = await api.call(routes.LOAD_ANNOTATIONS, ids, version=version)
    assert [one["id"] for one in loaded] == ids
    return {one["id"]: codec.load(one, LoadedAnnotation) for one in loaded}


async def test_each_mode_meets_what_is_there_in_its_way(api, field, check_store):
    first, second = field.assets[:2]
    before = await send(api, field.version, "REPLACE", {"asset_id": first, "rectangles": [box(field.label)]})
    (old,) = before
    assert before == {old: 1}

    async def xs():
        loaded = await load(api, field.version)
        return {one.asset_id: [shape.x for shape in one.rectangles] for one in loaded.values()}

    elements = [{"asset_id": asset, "rectangles": [box(field.label, 5)] * 2} for asset in (first, second)]
    kept = await send(api, field.version, "KEEP", *elements)
    (new,) = set(kept) - {old}
    assert kept == {old: annotation_bulk.KEPT, new: 2}
    assert await xs() == {first: [0], second: [5, 5]}
    added = await send(api, field.version, "CONCATENATE", *elements)
    assert added == {old: 2, new: 2}
    assert await xs() == {first: [0, 5, 5], second: [5, 5, 5, 5]}
    replaced = await send(api, field.version, "REPLACE", *elements)
    assert sorted(replaced.values()) == [2, 2]
    assert not set(replaced) & {old, new}
    assert await xs() == {first: [5, 5], second: [5, 5]}
    assert list(await load(api, field.version)) == list(replaced)[::-1]
    emptied = await send(api, field.version, "REPLACE", {"asset_id": first} | {name: [] for name in LISTS})
    assert list(emptied.values()) == [0]
    assert await xs() == {first: [], second: [5, 5]}
    assert await send(api, field.version, "REPLACE") == {}
    check_store()


async def test_a_bulk_request_touches_the_annotations_of_its_worker_only(api, field, colleague):
    other, worker = colleague
    element = {"asset_id": field.assets[0], "rectangles": [box(field.label)]}
    (mine,) = await send(api, field.version, "REPLACE", element)
    (theirs,) = await send(other, field.version, "REPLACE", element)
    (again,) = await send(api, field.version, "REPLACE", element, worker_id=worker)
    loaded = await load(api, field.version)
    assert list(loaded) == [again, mine]
    assert theirs not in loaded
    assert loaded[again].worker_id == worker


async def test_status_and_attributes_are_given_to_what_is_written(api, field):
    element = {"asset_id": field.assets[0], "attributes": {"a": 1}}
    (old,) = await send(api, field.version, "REPLACE", element)

    bare = {"asset_id": field.assets[0]}
    other = bare | {"attributes": {"a": 2}}
    for mode, one, fields in (("CONCATENATE", bare, {}), ("KEEP", other, {"status": "REFUSED"})):
        await send(api, field.version, mode, one, **fields)
        kept = (await load(api, field.version))[old]
        assert (kept.status, kept.attributes) == ("PENDING", {"a": 1})
    more = {"asset_id": field.assets[0], "attributes": {"b": None}}
    await send(api, field.version, "CONCATENATE", more, status="ACCEPTED")
    changed = (await load(api, field.version))[old]
    assert (changed.status, changed.attributes) == ("ACCEPTED", {"b": None})
    (new,) = await send(api, field.version, "REPLACE", bare, status="SKIPPED")
    replaced = (await load(api, field.version))[new]
    assert (replaced.status, replaced.attributes, replaced.duration) == ("SKIPPED", None, 0)


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ({"rectangles": [{}, {"w": -1}]}, "annotations[1].rectangles[1].w: must be 0 to"),
        ({"rectangles": [{"x": -3}]}, "annotations[1].rectangles[0].x: must be 0 to"),
        ({"rectangles": [{"x": 0.5}]}, "annotations[1].rectangles[0].x: must be a whole number"),
        (
            {"rectangles": [{"label_id": "none"}]},
            "annotations[1].rectangles[0].label_id: 'none' is not an id",
        ),
        ({"rectangles": [{"label_id": "other"}]}, "annotations[1].rectangles[0].label_id: "),
        ({"keypoints": [{"keypoints": []}]}, "annotations[1].keypoints[0].keypoints: must have 1 to"),
        (
            {"keypoints": [{"keypoints": [[-0.5, 0, 2]]}]},
            "annotations[1].keypoints[0].keypoints[0]: must lie",
        ),
        ({"keypoints": [{"keypoints": [[0, 0, 3]]}]}, "annotations[1].keypoints[0].keypoints[0]: visibility"),
        ({"masks": [{"mask": "x"}]}, "annotations[1].masks[0].mask: "),
        ({"tracks": [{"start_frame_index": -1}]}, "annotations[1].tracks[0].start_frame_index: must be 0 to"),
        (
            {"tracks": [{"start_frame_index": 0, "end_keyframes": [{"frame_index": 0.5}]}]},
            "annotations[1].tracks[0].end_keyframes[0].frame_index",
        ),
        (
            {"tracks": [{"start_frame_index": 0, "polygon_keyframes": [{"polygon": [], "frame_index": 0}]}]},
            "annotations[1].tracks[0].polygon_keyframes[0].polygon: must have 3",
        ),
        ({"rectangles": [{"attributes": {"sky": 5}}]}, "annotations[1].rectangles[0].attributes: 'sky': "),
        ({"attributes": {"sky": 5}}, "annotations[1].attributes: 'sky': "),
        ({"asset_id": "first"}, "annotations[1].asset_id: the asset is in annotations[0] already"),
        ({"asset_id": "none"}, "annotations[1].asset_id: 'none' is not an id"),
        ({"asset_id": "other"}, "annotations[1].asset_id: "),
    ],
)
async def test_a_fault_names_its_place_and_nothing_is_written(api, field, other_world, element, message):
    rules = {"attributes": {"sky": {"input_type": "STRING", "required": False}}}
    await api.call(routes.SET_VERSION_ATTRIBUTES, rules, version=field.version)
    await api.call(routes.SET_LABEL_ATTRIBUTES, rules, label=field.label)
    (old,) = await send(api, field.version, "REPLACE", {"asset_id": field.assets[0]})
    named = {"first": field.assets[0], "other": other_world.asset}
    faulty = {"asset_id": named.get(element.get("asset_id"), element.get("asset_id", field.assets[1]))}
    labels = {"other": other_world.label}
    for name, shapes in element.items():
        if name == "attributes":
            faulty[name] = shapes
        elif name != "asset_id":
            base = box(field.label) if name == "rectangles" else {"label_id": field.label}
            whole = [base | shape for shape in shapes]
            faulty[name] = [
                shape | {"label_id": labels.get(shape["label_id"], shape["label_id"])} for shape in whole
            ]
    good = {"asset_id": field.assets[0], "rectangles": [box(field.label)]}
    for mode in ("REPLACE", "KEEP", "CONCATENATE"):
        answer = await send(api, field.version, mode, good, faulty, expect=400)
        assert message in answer["message"]
    assert list(await load(api, field.version)) == [old]
    stats = await api.call(routes.GET_STATS, version=field.version)
    assert (stats["nb_objects"], stats["nb_annotations"]) == (0, 1)


async def test_odd_bodies_are_refused(api, field):
    element = {"asset_id": field.assets[0]}
    for body in (
        {"import_type": "SKIP", "annotations": []},
        {"import_type": "replace", "annotations": []},
        {"annotations": []},
        {"import_type": "KEEP"},
        {"import_type": "KEEP", "annotations": {}},
        {"import_type": "KEEP", "annotations": [None]},
        {"import_type": "KEEP", "annotations": [element | {"rectangles": {}}]},
        {"import_type": "KEEP", "annotations": [element | {"rectangles": [[1, 2, 3, 4]]}]},
        {"import_type": "KEEP", "annotations": [element], "status": "DONE"},
        {
            "import_type": "KEEP",
            "annotations": [element | {"polygons": [{"polygon": "abc", "label_id": "x"}]}],
        },
    ):
        await api.call(routes.BULK_ANNOTATIONS, body, version=field.version, expect=400)
    assert await load(api, field.version) == {}


async def test_more_than_a_transaction_should_hold_is_too_large(api, field, monkeypatch):
    monkeypatch.setattr(annotation_bulk, "MOST_PARTS", 3)
    element = {"asset_id": field.assets[0], "classifications": [{"label_id": field.label}] * 2}
    await send(api, field.version, "REPLACE", element)
    await send(api, field.version, "REPLACE", element, {"asset_id": field.assets[1]}, expect=413)


async def test_a_keyed_request_is_written_once(api, field):
    element = {"asset_id": field.assets[0], "rectangles": [box(field.label)]}
    body = {"import_type": "CONCATENATE", "annotations": [element]}
    answers = [
        await api.call(routes.BULK_ANNOTATIONS, body, version=field.version, key="k") for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert [len(one.rectangles) for one in (await load(api, field.version)).values()] == [1]


async def test_c6_parts_of_one_object_stay_together_but_on_a_strict_platform(world, strict_world):
    for one, instances in ((world, [7, 7, None]), (strict_world, [None, None, None])):
        square = {"polygon": [[0, 0], [2, 0], [2, 2]], "label_id": one.label}
        polygons = [square | {"instance": 7}, square | {"instance": 7}, square]
        await send(one.api, one.version, "REPLACE", {"asset_id": one.asset, "polygons": polygons})
        (loaded,) = (await load(one.api, one.version)).values()
        assert [shape.instance for shape in loaded.polygons] == instances
