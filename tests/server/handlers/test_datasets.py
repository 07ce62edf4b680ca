"""Datasets, and their versions with their locks."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.records import codec
from asyncsdk.records.datasets import DatasetRecord, DatasetVersionRecord
from asyncsdk.wire import routes


async def test_a_dataset_is_created_read_changed_and_deleted(api):
    made = codec.load(
        await api.call(routes.CREATE_DATASET, {"name": "street", "description": "by day"}, expect=201),
        DatasetRecord,
    )
    assert (made.name, made.description) == ("street", "by day")
    read = codec.load(await api.call(routes.GET_DATASET, dataset=made.id), DatasetRecord)
    assert read.tags == ()
    assert (read.id, read.name, read.created_at) == (made.id, "street", made.created_at)
    changed = await api.call(routes.UPDATE_DATASET, {"name": "road"}, dataset=made.id)
    assert (changed["name"], changed["description"]) == ("road", "by day")
    await api.call(routes.UPDATE_DATASET, {"description": ""}, dataset=made.id)
    assert (await api.call(routes.GET_DATASET, dataset=made.id))["description"] == ""
    await api.call(routes.DELETE_DATASET, dataset=made.id)
    await api.call(routes.GET_DATASET, dataset=made.id, expect=404)


async def test_a_name_is_unique_in_its_organization_only(api, other_api):
    first = await api.call(routes.CREATE_DATASET, {"name": "street"}, expect=201)
    await api.call(routes.CREATE_DATASET, {"name": "street"}, expect=409)
    await other_api.call(routes.CREATE_DATASET, {"name": "street"}, expect=201)
    second = await api.call(routes.CREATE_DATASET, {"name": "Street"}, expect=201)
    await api.call(routes.UPDATE_DATASET, {"name": "street"}, dataset=second["id"], expect=409)
    await api.call(routes.UPDATE_DATASET, {"name": "street"}, dataset=first["id"])
    assert (await api.call(routes.LIST_DATASETS))["count"] == 2


@pytest.mark.parametrize("name", ["", "  ", "a\0", "a\n", "\x7f", "x" * 256, "a\x85"])
async def test_a_name_must_be_fit_to_be_stored(api, name):
    await api.call(routes.CREATE_DATASET, {"name": name}, expect=400)
    made = await api.call(routes.CREATE_DATASET, {"name": "street"}, expect=201)
    await api.call(routes.UPDATE_DATASET, {"name": name}, dataset=made["id"], expect=400)
    await api.call(routes.CREATE_VERSION, {"version": name}, dataset=made["id"], expect=400)
    assert [item["name"] for item in (await api.call(routes.LIST_DATASETS))["items"]] == ["street"]


@pytest.mark.parametrize("name", ["a", "x" * 255, "Größe 🐦", "a/b", 'a"b\\c', "%41", "None", "../x", " a"])
async def test_a_name_may_be_any_text_otherwise(api, name):
    made = await api.call(routes.CREATE_DATASET, {"name": name}, expect=201)
    found = await api.call(routes.FIND_DATASET, query={"name": name})
    assert found == made
    assert made["name"] == name


async def test_find_takes_a_name_or_an_id(api):
    made = await api.call(routes.CREATE_DATASET, {"name": "street"}, expect=201)
    other = await api.call(routes.CREATE_DATASET, {"name": "other"}, expect=201)
    for query in ({"name": "street"}, {"id": made["id"]}, {"name": "street", "id": made["id"].upper()}):
        assert (await api.call(routes.FIND_DATASET, query=query))["id"] == made["id"]
    for query in ({"name": "none"}, {"id": str(uuid4())}, {"name": "street", "id": other["id"]}):
        await api.call(routes.FIND_DATASET, query=query, expect=404)
    for query in ({}, {"name": ""}, {"id": "x"}):
        await api.call(routes.FIND_DATASET, query=query, expect=400)


async def test_a_version_is_created_read_changed_and_deleted(api):
    dataset = await api.call(routes.CREATE_DATASET, {"name": "street"}, expect=201)
    body = {"version": "first", "description": "d", "type": "OBJECT_DETECTION"}
    made = codec.load(
        await api.call(routes.CREATE_VERSION, body, dataset=dataset["id"], expect=201), DatasetVersionRecord
    )
    assert (made.origin_id, made.origin_name, made.version) == (dataset["id"], "street", "first")
    assert (made.type, made.description, made.locked) == ("OBJECT_DETECTION", "d", False)
    assert made.annotation_campaign_id is None
    plain = await api.call(routes.CREATE_VERSION, {"version": "second"}, dataset=dataset["id"], expect=201)
    assert plain["type"] == "NOT_CONFIGURED"
    changed = await api.call(routes.UPDATE_VERSION, {"type": "MASK"}, version=made.id)
    assert (changed["version"], changed["type"], changed["description"]) == ("first", "MASK", "d")
    read = await api.call(routes.GET_VERSION, version=made.id)
    assert read == changed | {"tags": []}
    await api.call(routes.UPDATE_VERSION, {"version": "second"}, version=made.id, expect=409)
    await api.call(routes.UPDATE_VERSION, {"type": "mask"}, version=made.id, expect=400)
    await api.call(routes.DELETE_VERSION, version=made.id)
    await api.call(routes.GET_VERSION, version=made.id, expect=404)
    assert (await api.call(routes.LIST_VERSIONS, dataset=dataset["id"]))["items"] == [plain]


async def test_a_version_is_found_in_its_dataset_or_in_its_organization(api, other_api):
    dataset = (await api.call(routes.CREATE_DATASET, {"name": "street"}, expect=201))["id"]
    other = (await api.call(routes.CREATE_DATASET, {"name": "other"}, expect=201))["id"]
    made = await api.call(routes.CREATE_VERSION, {"version": "first"}, dataset=dataset, expect=201)
    await api.call(routes.CREATE_VERSION, {"version": "first"}, dataset=dataset, expect=409)
    twin = await api.call(routes.CREATE_VERSION, {"version": "first"}, dataset=other, expect=201)
    for query in ({"version": "first"}, {"id": made["id"]}):
        assert await api.call(routes.FIND_VERSION, query=query, dataset=dataset) == made
    for query in ({"version": "none"}, {"id": twin["id"]}, {"id": made["id"], "version": "x"}):
        await api.call(routes.FIND_VERSION, query=query, dataset=dataset, expect=404)
    await api.call(routes.FIND_VERSION, dataset=dataset, expect=400)
    assert await api.call(routes.FIND_VERSION_BY_ID, query={"id": made["id"]}) == made
    await api.call(routes.FIND_VERSION_BY_ID, expect=400)
    await other_api.call(routes.FIND_VERSION_BY_ID, query={"id": made["id"]}, expect=404)


async def test_lists_are_ordered_cut_and_newest_first(api):
    for name in ("b", "a", "c"):
        await api.call(routes.CREATE_DATASET, {"name": name}, expect=201)
    for query, expected in (
        ({}, "cab"),
        ({"order_by": "name"}, "abc"),
        ({"order_by": "-name"}, "cba"),
        ({"order_by": "created_at"}, "bac"),
        ({"order_by": "-created_at"}, "cab"),
        ({"limit": "2"}, "ca"),
        ({"limit": "2", "offset": "1"}, "ab"),
        ({"offset": "2"}, "b"),
        ({"offset": "9"}, ""),
        ({"limit": "0"}, ""),
        ({"limit": "99999999", "order_by": ["name", "created_at"]}, "abc"),
    ):
        items = (await api.call(routes.LIST_DATASETS, query=query))["items"]
        assert "".join(item["name"] for item in items) == expected, query


@pytest.mark.parametrize(
    "query",
    [{"limit": "-1"}, {"limit": "x"}, {"offset": "1.5"}, {"order_by": "color"}, {"order_by": "seq"},
     {"order_by": ["name"] * 17}, {"limit": "9" * 4301}, {"limit": str(2**53 + 1)}],
)  # fmt: skip
async def test_a_list_cannot_be_cut_or_ordered_by_anything(api, query):
    await api.call(routes.LIST_DATASETS, query=query, expect=400)


LOCKED = {
    routes.UPDATE_VERSION: {"description": "new"},
    routes.DELETE_VERSION: None,
    routes.ADD_ASSETS: {"data_ids": ["DATA"]},
    routes.DELETE_MANY_ASSETS: {"ids": ["ASSET"]},
    routes.DELETE_ASSET: None,
    routes.CREATE_ASSET_TAG: {"name": "new"},
    routes.UPDATE_TAG: {"name": "new"},
    routes.DELETE_TAG: None,
    routes.ATTACH_TAG: ["ASSET"],
    routes.DETACH_TAG: ["ASSET"],
    routes.DELETE_DATA: None,
    routes.DELETE_MANY_DATA: {"ids": ["DATA", "SPARE"]},
    routes.DELETE_DATASET: None,
}


@pytest.mark.parametrize("route", LOCKED, ids=str)
async def test_a_locked_version_refuses_every_change_until_it_is_unlocked(world, route):
    call = world.api.call
    body = LOCKED[route]
    places = {"DATA": world.data, "ASSET": world.asset, "SPARE": world.spare_data}
    if isinstance(body, dict):
        body = {
            n: [places[v] for v in value] if isinstance(value, list) else value for n, value in body.items()
        }
    elif isinstance(body, list):
        body = [places[value] for value in body]
    assert (await call(routes.LOCK_VERSION, version=world.version))["locked"] is True
    before = await everything_in(world)
    await call(route, body, expect=423, **world.variables)
    assert await everything_in(world) == before
    assert (await call(routes.UNLOCK_VERSION, version=world.version))["locked"] is False
    status = {routes.DELETE_DATA: 204, routes.CREATE_ASSET_TAG: 201}.get(route, 200)
    await call(route, body, expect=status, **world.variables)


async def everything_in(world):
    call = world.api.call
    return unsigned(
        [
            await call(routes.GET_VERSION, version=world.version),
            await call(routes.LIST_ASSETS, version=world.version),
            await call(routes.LIST_ASSET_TAGS, version=world.version),
            await call(routes.GET_ASSET, asset=world.asset),
            await call(routes.LIST_DATA),
        ]
    )


def unsigned(value):
    if isinstance(value, dict):
        return {name: unsigned(inner) for name, inner in value.items() if name != "presigned_url"}
    return [unsigned(inner) for inner in value] if isinstance(value, list) else value


async def test_locking_twice_is_locking_once(api):
    version = await api.add_version()
    for route, locked in ((routes.LOCK_VERSION, True), (routes.UNLOCK_VERSION, False)):
        for _ in range(2):
            assert (await api.call(route, version=version))["locked"] is locked


async def test_a_locked_version_is_read_and_has_tags_of_its_own(world):
    """Tags of the organization say something about a version, they are nothing in it."""
    call = world.api.call
    tag = {"name": "released", "target_type": "DATASET_VERSION"}
    tag_id = (await call(routes.CREATE_TAG, tag, expect=201))["id"]
    await call(routes.LOCK_VERSION, version=world.version)
    assert (await call(routes.ATTACH_TAG, [world.version], tag=tag_id))["count"] == 1
    assert [one["name"] for one in (await call(routes.GET_VERSION, version=world.version))["tags"]] == [
        "released"
    ]
    assert (await call(routes.LIST_ASSETS, version=world.version))["count"] == 1
    await call(routes.UPDATE_DATA, {"metadata": {"weather": "rain"}}, data=world.data)


async def test_deleting_a_dataset_leaves_nothing_of_it_but_the_data(world, platform, check_store):
    call = world.api.call
    tables = ("dataset", "dataset_version", "asset", "asset_tag", "dataset_tag", "job")
    tables += ("campaign", "campaign_step", "assignment")
    await call(routes.ATTACH_TAG, [world.dataset], tag=world.dataset_tag)

    def rows() -> dict[str, int]:
        return {table: platform.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}

    before = rows()
    await call(routes.DELETE_DATASET, dataset=world.dataset)
    lost = {table: before[table] - count for table, count in rows().items()}
    assert lost == dict.fromkeys(tables, 1) | {"job": 2, "campaign_step": 2}
    for route in (routes.GET_VERSION, routes.GET_ASSET, routes.GET_TAG, routes.LIST_ASSETS):
        await call(route, expect=404, **world.variables)
    await call(routes.GET_JOB, job=world.job, expect=404)
    assert (await call(routes.LIST_DATA))["count"] == 2
    await call(routes.GET_TAG, tag=world.dataset_tag)
    check_store()
