"""Assets: adding data to a version, finding, filtering and deleting them."""

from __future__ import annotations

import hashlib
from uuid import uuid4

import pytest
from orjson import dumps

from asyncsdk.records import codec
from asyncsdk.records.datasets import AddedAssets, AssetRecord
from asyncsdk.records.paging import Page
from asyncsdk.wire import routes


async def test_data_becomes_assets_through_a_job(api):
    data = [(await api.add_data(f"{name}.png"))["id"] for name in "abc"]
    version = await api.add_version()
    tag = (await api.call(routes.CREATE_ASSET_TAG, {"name": "train"}, version=version, expect=201))["id"]
    body = {"data_ids": [data[2], data[0].upper(), data[0]], "asset_tag_ids": [tag]}
    added = codec.load(await api.call(routes.ADD_ASSETS, body, version=version), AddedAssets)
    assert added.dataset_version.id == version
    assert added.job.status == "RUNNING"
    job = await api.ended(added.job.id)
    assert (job["status"], job["progress"], job["error"]) == ("SUCCESS", 1.0, None)
    page = codec.load(await api.call(routes.LIST_ASSETS, version=version), Page[AssetRecord])
    assert [asset.data.filename for asset in page.items] == ["a.png", "c.png"]  # the newest first
    assert [asset.data.id for asset in page.items] == [data[0], data[2]]
    for asset in page.items:
        read = codec.load(await api.call(routes.GET_ASSET, asset=asset.id), AssetRecord)
        assert [one.name for one in read.tags] == ["train"]
        assert read.data.meta == asset.data.meta


async def test_data_that_is_in_the_version_already_is_skipped(world, check_store):
    assets = (await world.api.call(routes.LIST_ASSETS, version=world.version))["items"]
    tag = (await world.api.call(routes.CREATE_ASSET_TAG, {"name": "new"}, version=world.version, expect=201))[
        "id"
    ]
    await world.api.call(routes.DETACH_TAG, [world.asset], tag=world.asset_tag)
    job = await world.api.add_assets(world.version, [world.data, world.spare_data], [tag])
    assert job["status"] == "SUCCESS"
    after = await world.api.call(routes.LIST_ASSETS, version=world.version)
    assert after["count"] == 2
    assert after["items"][1]["id"] == assets[0]["id"]
    for asset, names in zip(after["items"], (["new"], []), strict=True):
        tags = (await world.api.call(routes.GET_ASSET, asset=asset["id"]))["tags"]
        assert [one["name"] for one in tags] == names
    assert (await world.api.add_assets(world.version, [world.data]))["status"] == "SUCCESS"
    check_store()


async def test_what_cannot_be_added_is_refused_before_anything_is(world, other_world):
    jobs = world.api.org.platform.rows("SELECT count(*) FROM job")
    empty = {"data_ids": []}
    for body in (
        empty, {}, {"data_ids": "x"}, {"data_ids": ["x"]}, {"data_ids": [world.spare_data, str(uuid4())]},
        {"data_ids": [other_world.data]}, {"data_ids": [world.asset]},
        {"data_ids": [world.spare_data], "asset_tag_ids": [other_world.asset_tag]},
        {"data_ids": [world.spare_data], "asset_tag_ids": [world.data_tag]},
        {"data_ids": [world.spare_data], "asset_tag_ids": [str(uuid4())]},
        {"data_ids": [world.spare_data], "asset_tag_ids": ["x"]},
    ):  # fmt: skip
        await world.api.call(routes.ADD_ASSETS, body, version=world.version, expect=400)
    assert (await world.api.call(routes.LIST_ASSETS, version=world.version))["count"] == 1
    assert world.api.org.platform.rows("SELECT count(*) FROM job") == jobs


async def test_find_needs_a_criterion_and_one_match(world):
    call = world.api.call
    asset = await call(routes.GET_ASSET, asset=world.asset)
    twin = await world.api.add_data("a.png")
    for query in (
        {"id": world.asset},
        {"data_id": world.data},
        {"filename": "a.png"},
        {"object_name": world.object_name},
        {"filename": "a.png", "data_id": world.data, "id": world.asset},
    ):
        found = await call(routes.FIND_ASSET, query=query, version=world.version)
        assert (found["id"], found["tags"]) == (world.asset, asset["tags"])
    for query in (
        {"id": str(uuid4())},
        {"data_id": world.spare_data},
        {"filename": "b.png"},
        {"filename": "a.png", "data_id": world.spare_data},
    ):
        await call(routes.FIND_ASSET, query=query, version=world.version, expect=404)
    for query in ({}, {"filename": ""}, {"id": "x"}):
        await call(routes.FIND_ASSET, query=query, version=world.version, expect=400)
    await world.api.add_assets(world.version, [twin["id"]])
    await call(routes.FIND_ASSET, query={"filename": "a.png"}, version=world.version, expect=400)


async def test_a_filtered_listing_intersects_its_lists(api, rows):
    ids = rows.data(6, filename=lambda n: f"{'ab'[n % 2]}{n}.png", object_name=lambda n: f"o{n}-{api.org.id}")
    version = await api.add_version()
    await api.add_assets(version, ids)
    assets = (await api.call(routes.LIST_ASSETS, version=version))["items"][::-1]
    own = [asset["id"] for asset in assets]

    async def names(body, **query) -> str:
        page = await api.call(routes.FILTER_ASSETS, body, query=query, version=version)
        assert page["next_cursor"] is None
        assert page["count"] == len(page["items"])
        return " ".join(item["data"]["filename"][:2] for item in page["items"])

    assert await names({}) == "b5 a4 b3 a2 b1 a0"
    assert await names({"ids": own[:3]}) == "a2 b1 a0"
    assert await names({"data_ids": [ids[4], ids[0], str(uuid4())]}) == "a4 a0"
    assert await names({"filenames": ["a2.png", "a2", "A0.png", "b3.png"]}) == "b3 a2"
    assert await names({"object_names": [f"o5-{api.org.id}"]}) == "b5"
    assert await names({"filename_startswith": ["a", "a4", "b1"]}) == "a4 a2 b1 a0"
    assert await names({"filename_startswith": ["A", "_", "%", "a_"]}) == ""
    assert await names({"ids": own[:3], "filename_startswith": ["a"], "data_ids": ids[1:]}) == "a2"
    assert await names({"ids": own, "types": ["VIDEO"]}) == ""
    assert await names({"ids": own[:2], "types": ["IMAGE"], "upload_statuses": ["DONE"]}) == "b1 a0"
    assert await names({"q": 'filename ~ "4"', "ids": own}) == "a4"
    assert await names({"ids": own[:3]}, order_by="filename") == "a0 a2 b1"
    for empty in ("ids", "data_ids", "filenames", "object_names", "filename_startswith", "types"):
        assert await names({empty: []}) == "", empty
        assert await names({empty: None}) != "", empty


async def test_the_data_of_given_names_are_listed(api, rows):
    ids = rows.data(4, filename=lambda n: f"{n}.png", object_name=lambda n: f"o{n}-{api.org.id}")

    async def found(body, **query) -> list[int]:
        page = await api.call(routes.FILTER_DATA, body, query=query)
        return [ids.index(item["id"]) for item in page["items"]]

    assert await found({"ids": [ids[1], ids[3]], "upload_statuses": ["DONE", "PENDING"]}) == [3, 1]
    assert await found({"filenames": ["0.png", "2.png"], "object_names": [f"o2-{api.org.id}"]}) == [2]
    assert await found({"ids": []}) == []
    assert await found({"ids": ids}, limit="2", offset="1") == [2, 1]
    # A data's own listing knows no prefixes, as the protocol has none there.
    assert await found({"filename_startswith": ["0"]}) == [3, 2, 1, 0]


@pytest.mark.parametrize("count", [1, 16, 17, 1000, 2500])
async def test_any_number_of_prefixes_may_be_given(api, rows, count):
    ids = rows.data(3, filename=lambda n: ["é1.png", "x2.png", "x3.png"][n])
    version = await api.add_version()
    await api.add_assets(version, ids)
    prefixes = ["é", *(f"none-{number}" for number in range(count - 1)), "x2", "y" * 300]
    page = await api.call(routes.FILTER_ASSETS, {"filename_startswith": prefixes[:count]}, version=version)
    assert [item["data"]["filename"] for item in page["items"]] == ["é1.png"]
    page = await api.call(routes.FILTER_ASSETS, {"filename_startswith": prefixes}, version=version)
    assert page["count"] == 2


async def test_one_answer_holds_more_than_a_page_where_no_limit_is_given(api, rows):
    ids = rows.data(1_500, filename=lambda n: f"{'a' if n < 1200 else 'b'}{n}.png")
    version = await api.add_version()
    await api.add_assets(version, ids)
    page = await api.call(routes.FILTER_ASSETS, {"filename_startswith": ["a"]}, version=version)
    assert (len(page["items"]), page["count"], page["next_cursor"]) == (1200, 1200, None)
    page = await api.call(routes.FILTER_DATA, {"ids": ids})
    assert (len(page["items"]), page["count"], page["next_cursor"]) == (1500, 1500, None)
    page = await api.call(routes.LIST_ASSETS, version=version)
    assert (len(page["items"]), page["count"]) == (1000, 1500)
    assert page["next_cursor"]
    page = await api.call(routes.FILTER_ASSETS, {}, query={"limit": "5000"}, version=version)
    assert (len(page["items"]), page["count"]) == (1000, 1500)
    assert page["next_cursor"]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"a": 1}, ["0", "2"]),
        ({"a": 1.0}, ["0", "2"]),
        ({"a": 1, "b": "x"}, ["2"]),
        ({"a": "1"}, ["1"]),
        ({"a": True}, []),
        ({"a": None}, ["3", "4"]),
        ({"b": None, "a": 1}, ["0"]),
        ({"with space": False}, ["3"]),
        ({}, ["0", "1", "2", "3", "4"]),
    ],
)
async def test_custom_metadata_is_compared_key_by_key(api, rows, wanted, names):
    kept = [{"a": 1}, {"a": "1"}, {"a": 1, "b": "x"}, {"with space": False, "a": None}, None]
    ids = rows.data(
        5,
        filename=str,
        custom_metadata=lambda n: None if kept[n] is None else dumps(kept[n]).decode(),
    )
    version = await api.add_version()
    await api.add_assets(version, ids)
    query = {"custom_metadata": dumps(wanted).decode()}
    page = await api.call(routes.LIST_DATA, query=query)
    assert sorted(item["filename"] for item in page["items"]) == names
    for page in (
        await api.call(routes.LIST_ASSETS, query=query, version=version),
        await api.call(routes.FILTER_ASSETS, {"data_ids": ids}, query=query, version=version),
    ):
        assert sorted(item["data"]["filename"] for item in page["items"]) == names
        assert page["count"] == len(names)


@pytest.mark.parametrize("text", ["[]", "1", "{", '{"a": []}', '{"a": {}}', '"x"', '{"a": 1e999}'])
async def test_custom_metadata_must_be_an_object_of_single_values(api, text):
    await api.call(routes.LIST_DATA, query={"custom_metadata": text}, expect=400)


async def test_custom_metadata_has_a_number_of_keys(api):
    for count, status in ((100, 200), (101, 400)):
        text = dumps({f"k{number}": number for number in range(count)}).decode()
        await api.call(routes.LIST_DATA, query={"custom_metadata": text}, expect=status)


async def test_some_assets_of_a_version_are_deleted(world, other_world, check_store):
    call = world.api.call
    await world.api.add_assets(world.version, [world.spare_data])
    ids = [asset["id"] for asset in (await call(routes.LIST_ASSETS, version=world.version))["items"]]
    odd = [other_world.asset, world.data, str(uuid4())]
    answer = await call(routes.DELETE_MANY_ASSETS, {"ids": [ids[0], *odd, ids[0]]}, version=world.version)
    assert answer["count"] == 1
    assert (await call(routes.LIST_ASSETS, version=world.version))["count"] == 1
    await call(routes.DELETE_ASSET, asset=ids[1])
    await call(routes.DELETE_ASSET, asset=ids[1], expect=404)
    assert await call(routes.LIST_ASSETS, version=world.version) == {
        "items": [],
        "count": 0,
        "next_cursor": None,
    }
    assert (await call(routes.LIST_DATA))["count"] == 2
    assert (await other_world.api.call(routes.LIST_ASSETS, version=other_world.version))["count"] == 1
    check_store()


async def test_checksums_are_told_on_request(api, strict_api, image):
    digest = hashlib.sha256(image(7, 5)).hexdigest()
    for one, told in ((api, digest), (strict_api, None)):
        version = await one.add_version()
        await one.add_assets(version, [(await one.add_data())["id"]])
        for query, sha256 in (({"checksums": "true"}, told), ({"checksums": "false"}, None), ({}, None)):
            for route, body in ((routes.LIST_ASSETS, None), (routes.FILTER_ASSETS, {})):
                (asset,) = (await one.call(route, body, query=query, version=version))["items"]
                assert asset["data"].get("sha256") == sha256
                assert ("sha256" in asset["data"]) is (sha256 is not None)
                assert codec.load(asset, AssetRecord).data.sha256 == sha256
