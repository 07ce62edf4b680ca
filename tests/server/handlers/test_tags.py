"""Tags of every scope, and attaching them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.records import codec
from asyncsdk.records.tags import TagUse
from asyncsdk.wire import routes

SCOPES = {
    "organization": (routes.CREATE_TAG, routes.LIST_TAGS, routes.FIND_TAG),
    "datalake": (routes.CREATE_DATA_TAG, routes.LIST_DATA_TAGS, routes.FIND_DATA_TAG),
    "version": (routes.CREATE_ASSET_TAG, routes.LIST_ASSET_TAGS, routes.FIND_ASSET_TAG),
}
READ = {
    "DATA": (routes.GET_DATA, "data", "data_tag"),
    "ASSET": (routes.GET_ASSET, "asset", "asset_tag"),
    "DATASET": (routes.GET_DATASET, "dataset", "dataset_tag"),
    "DATASET_VERSION": (routes.GET_VERSION, "version", None),
    "MODEL": (routes.GET_MODEL, "model", None),
    "MODEL_VERSION": (routes.GET_MODEL_VERSION, "model_version", None),
}


async def make_tag(api, target: str, name: str) -> str:
    made = await api.call(routes.CREATE_TAG, {"name": name, "target_type": target}, expect=201)
    return made["id"]


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_tag_is_created_found_renamed_and_deleted(api, scope):
    version = await api.add_version()
    create, listing, find = SCOPES[scope]
    extra = {"target_type": "DATASET"} if scope == "organization" else {}
    target = {"organization": "DATASET", "datalake": "DATA", "version": "ASSET"}[scope]

    async def call(route, body=None, query=None, expect=200, **variables):
        full = None if body is None else body | (extra if route is create else {})
        asked = (query or {}) | (extra if route in (listing, find) else {})
        return await api.call(route, full, query=asked, expect=expect, version=version, **variables)

    made = await call(create, {"name": "night"}, expect=201)
    assert made == {"id": made["id"], "name": "night", "target_type": target}
    await call(create, {"name": "night"}, expect=409)
    second = await call(create, {"name": "day"}, expect=201)
    assert (await call(listing))["items"] == [second, made]
    assert (await call(listing, query={"order_by": "-name", "limit": "1"}))["items"] == [made]
    assert await call(find, query={"name": "night"}) == made
    await call(find, query={"name": "Night"}, expect=404)
    await call(find, expect=400)
    assert await call(routes.GET_TAG, tag=made["id"]) == made
    await call(routes.UPDATE_TAG, {"name": "day"}, tag=made["id"], expect=409)
    await call(routes.UPDATE_TAG, {"name": " "}, tag=made["id"], expect=400)
    await call(routes.UPDATE_TAG, {"name": "night"}, tag=made["id"])
    renamed = await call(routes.UPDATE_TAG, {"name": "dusk"}, tag=made["id"])
    assert await call(find, query={"name": "dusk"}) == renamed
    await call(routes.DELETE_TAG, tag=made["id"])
    await call(routes.GET_TAG, tag=made["id"], expect=404)
    assert (await call(listing))["items"] == [second]


async def test_a_name_is_unique_in_its_scope_only(api):
    first, second = await api.add_version("first"), await api.add_version("second")
    for version in (first, second):
        await api.call(routes.CREATE_ASSET_TAG, {"name": "night"}, version=version, expect=201)
    await api.call(routes.CREATE_DATA_TAG, {"name": "night"}, expect=201)
    for target in ("DATASET", "DATASET_VERSION", "MODEL", "MODEL_VERSION", "DEPLOYMENT"):
        await make_tag(api, target, "night")
        items = (await api.call(routes.LIST_TAGS, query={"target_type": target}))["items"]
        assert [(item["name"], item["target_type"]) for item in items] == [("night", target)]


@pytest.mark.parametrize("target", ["DATA", "ASSET", "PREDICTED_ASSET", "CAR", "", "dataset "])
async def test_the_organization_has_no_tags_of_some_targets(api, target):
    await api.call(routes.CREATE_TAG, {"name": "n", "target_type": target}, expect=400)
    await api.call(routes.LIST_TAGS, query={"target_type": target}, expect=400)
    await api.call(routes.FIND_TAG, query={"target_type": target, "name": "n"}, expect=400)


@pytest.mark.parametrize("target", READ)
async def test_a_tag_is_attached_and_detached(world, target):
    read, variable, known = READ[target]
    tag = getattr(world, known) if known else await make_tag(world.api, target, "n")
    object_id = getattr(world, variable)

    async def tags() -> list[str]:
        return [one["id"] for one in (await world.api.call(read, **{variable: object_id}))["tags"]]

    async def use(route, ids) -> int:
        answer = await world.api.call(route, ids, tag=tag)
        assert codec.load(answer, TagUse).tag.target_type == target
        return answer["count"]

    await use(routes.DETACH_TAG, [object_id])
    assert await tags() == []
    for _ in range(2):  # attaching twice is attaching once
        assert await use(routes.ATTACH_TAG, [object_id, object_id.upper()]) == 1
        assert await tags() == [tag]
    for _ in range(2):
        assert await use(routes.DETACH_TAG, [object_id]) == 1
        assert await tags() == []
    assert await use(routes.ATTACH_TAG, []) == 0
    await use(routes.ATTACH_TAG, [object_id])
    await world.api.call(routes.DELETE_TAG, tag=tag)
    assert await tags() == []


@pytest.mark.parametrize("target", READ)
async def test_ids_of_another_kind_scope_or_organization_are_skipped(world, other_world, target):
    _, variable, known = READ[target]
    tag = getattr(world, known) if known else await make_tag(world.api, target, "n")
    own = getattr(world, variable)
    kinds = [getattr(world, name) for _, name, _ in READ.values()]
    theirs = [getattr(other_world, name) for _, name, _ in READ.values()]
    odd = [*kinds, *theirs, world.data_tag, world.job, world.api.org.id, str(uuid4())]
    for route in (routes.ATTACH_TAG, routes.DETACH_TAG):
        assert (await world.api.call(route, odd, tag=tag))["count"] == 1
        assert (await world.api.call(route, [one for one in odd if one != own], tag=tag))["count"] == 0
    for read, name, _ in READ.values():
        found = await other_world.api.call(read, **{name: getattr(other_world, name)})
        assert all(one["id"] != tag for one in found["tags"])


async def test_an_asset_of_another_version_is_skipped(world):
    second = await world.api.call(
        routes.CREATE_VERSION, {"version": "second"}, dataset=world.dataset, expect=201
    )
    await world.api.add_assets(second["id"], [world.data])
    asset = (await world.api.call(routes.LIST_ASSETS, version=second["id"]))["items"][0]["id"]
    assert (await world.api.call(routes.ATTACH_TAG, [asset], tag=world.asset_tag))["count"] == 0


async def test_tags_of_what_the_platform_does_not_have_touch_nothing(world):
    tag = await make_tag(world.api, "DEPLOYMENT", "n")
    for route in (routes.ATTACH_TAG, routes.DETACH_TAG):
        assert (await world.api.call(route, [world.data, str(uuid4())], tag=tag))["count"] == 0


@pytest.mark.parametrize("body", [{}, "x", [1], ["x"], [None], {"ids": []}, [[]]])
async def test_the_body_is_an_array_of_ids(world, body):
    for route in (routes.ATTACH_TAG, routes.DETACH_TAG):
        await world.api.call(route, body, tag=world.asset_tag, expect=400)


async def test_ten_thousand_ids_go_into_one_body(api, rows, check_store):
    ids = rows.data(10_000)
    tag = (await api.call(routes.CREATE_DATA_TAG, {"name": "night"}, expect=201))["id"]
    asked = [str(uuid4()), *ids]
    assert (await api.call(routes.ATTACH_TAG, asked, tag=tag))["count"] == 10_000
    assert (await api.call(routes.LIST_DATA, query={"q": 'tags.name = "night"'}))["count"] == 10_000
    assert (await api.call(routes.DETACH_TAG, asked[:5_001], tag=tag))["count"] == 5_000
    assert (await api.call(routes.LIST_DATA, query={"q": 'tags.name = "night"'}))["count"] == 5_000
    check_store()
