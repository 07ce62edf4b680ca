"""Forks of versions and copies of assets: what a request may ask for, and what comes of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from version_content import content_of, fill_version

from asyncsdk.wire import routes


async def dataset_of(api, version):
    return (await api.call(routes.GET_VERSION, version=version))["origin_id"]


async def start_fork(api, version, name="second", *, expect=201, key=None, **fields: Any):
    body = {"parent_id": version, "version": name, "description": "d", **fields}
    dataset = await dataset_of(api, version)
    return await api.call(routes.FORK_VERSION, body, dataset=dataset, expect=expect, key=key)


async def fork(api, version, name="second", **fields: Any):
    started = await start_fork(api, version, name, **fields)
    job = await api.ended(started["job"]["id"])
    assert (job["status"], job["progress"], job["error"]) == ("SUCCESS", 1.0, None)
    return started["dataset_version"]["id"]


async def copy(api, version, destination, *, expect=200, **fields: Any):
    body = {"destination_id": destination, "asset_ids": [], **fields}
    body = {name: value for name, value in body.items() if value != "absent"}
    started = await api.call(routes.COPY_ASSETS, body, version=version, expect=expect)
    return await api.ended(started["job"]["id"]) if expect == 200 else started


async def assets_of(api, version) -> list[str]:
    """Ids, oldest first."""
    return [item["id"] for item in (await api.call(routes.FILTER_ASSETS, {}, version=version))["items"]][::-1]


@pytest.fixture
async def source(api, rows, colleague):
    """A version with seven assets and some of everything."""
    version = await api.add_version()
    await api.add_assets(version, rows.data(7))
    await fill_version(api, version, colleague[1])
    return version


async def test_a_fork_with_everything_says_the_same_in_objects_of_its_own(api, source, check_store):
    wanted = await content_of(api, source)
    assert len(wanted["annotations"]) == 7
    assert len(wanted["labels"]) == 4
    started = await start_fork(api, source, type="MULTI", with_tags=True, with_annotations=True)
    made, job = started["dataset_version"], started["job"]
    said = made["version"], made["description"], made["type"], made["locked"]
    assert said == ("second", "d", "MULTI", False)
    assert job["status"] == "RUNNING"
    await api.ended(job["id"])
    found = await content_of(api, made["id"])
    assert found == wanted
    for route in (routes.LIST_ASSET_TAGS, routes.LIST_LABELS, routes.LIST_LABEL_GROUPS, routes.LIST_ASSETS):
        ids = [
            {item["id"] for item in (await api.call(route, version=v))["items"]} for v in (source, made["id"])
        ]
        assert not ids[0] & ids[1]
    assert [tag["name"] for tag in (await api.call(routes.LIST_ASSET_TAGS, version=made["id"]))["items"]] == [
        "rain",
        "night",
    ]
    # The fork is a version of its own from now on.
    await api.call(routes.DELETE_VERSION, version=source)
    assert await content_of(api, made["id"]) == wanted
    check_store()


async def test_a_fork_takes_only_what_is_asked_for(api, source, check_store):
    whole = await content_of(api, source)
    nothing = {"": []}
    bare = await content_of(api, await fork(api, source, "bare"))
    assert (bare["assets"], bare["labels"], bare["annotations"]) == (whole["assets"], nothing, {})
    assert (set(map(tuple, bare["tags"].values())), bare["attributes"]) == ({()}, {"attributes": None})
    tagged = await content_of(api, await fork(api, source, "tagged", with_tags=True))
    assert (tagged["tags"], tagged["labels"]) == (whole["tags"], nothing)
    labelled = await content_of(api, await fork(api, source, "labelled", with_labels=True))
    assert (labelled["labels"], labelled["annotations"]) == (whole["labels"], {})
    assert labelled["attributes"] == whole["attributes"]
    annotated = await content_of(api, await fork(api, source, "annotated", with_annotations=True))
    assert (annotated["labels"], annotated["annotations"]) == (whole["labels"], whole["annotations"])
    assert set(map(tuple, annotated["tags"].values())) == {()}
    check_store()


async def test_chosen_assets_keep_the_order_of_the_source(api, source):
    whole = await content_of(api, source)
    assets = await assets_of(api, source)
    chosen = [assets[5].upper(), assets[0], assets[3], assets[5]]
    some = await content_of(
        api, await fork(api, source, asset_ids=chosen, with_tags=True, with_annotations=True)
    )
    data = [whole["assets"][::-1][place] for place in (5, 3, 0)]
    assert some["assets"] == data
    assert some["tags"] == {one: whole["tags"][one] for one in data}
    assert some["annotations"] == {one: whole["annotations"][one] for one in data}
    assert some["labels"] == whole["labels"]


async def test_no_ids_is_all_and_an_empty_list_is_none(api, source):
    none = await content_of(api, await fork(api, source, "none", asset_ids=[], with_annotations=True))
    assert (none["assets"], len(none["labels"])) == ([], 4)
    every = await fork(api, source, "every", asset_ids=None)
    assert len(await assets_of(api, every)) == 7


async def test_ids_of_copies_grow_with_their_place(api, rows):
    version = await api.add_version()
    ids = rows.data(300)
    await api.add_assets(version, ids[::2] + ids[1::2])
    assets = await assets_of(api, await fork(api, version, asset_ids=(await assets_of(api, version))[::-1]))
    assert assets == sorted(set(assets))
    listing = await api.call(routes.LIST_ASSETS, query={"order_by": "created_at"}, version=version)
    assert len(listing["items"]) == 300


async def test_what_is_added_to_a_fork_comes_after_the_copies(api, source, rows):
    made = await fork(api, source, asset_ids=(await assets_of(api, source))[2:4])
    new = rows.data(2)
    await api.add_assets(made, new)
    assert (await content_of(api, made))["assets"][:2] == new[::-1]


async def test_what_a_fork_refuses(api, source, other_world):
    dataset = await dataset_of(api, source)
    other = await api.add_version("elsewhere")
    (stranger, *_) = await assets_of(api, await fork(api, source))
    for fields, status in (
        ({"version": "first"}, 409),
        ({"version": " "}, 400),
        ({"parent_id": other}, 400),
        ({"parent_id": other_world.version}, 404),
        ({"parent_id": "x"}, 400),
        ({"type": "PICTURE"}, 400),
        ({"asset_ids": [stranger]}, 400),
        ({"asset_ids": ["x"]}, 400),
    ):
        body = {"parent_id": source, "version": "third"} | fields
        await api.call(routes.FORK_VERSION, body, dataset=dataset, expect=status)
    listed = await api.call(routes.LIST_VERSIONS, dataset=dataset)
    assert [version["version"] for version in listed["items"]] == ["second", "first"]


async def test_a_locked_version_can_be_forked(api, source):
    await api.call(routes.LOCK_VERSION, version=source)
    made = await fork(api, source)
    assert (await api.call(routes.GET_VERSION, version=made))["locked"] is False
    assert len(await assets_of(api, made)) == 7


async def test_a_fork_that_is_sent_twice_is_made_once(api, source):
    first = await start_fork(api, source, key="k")
    assert await start_fork(api, source, key="k") == first
    listed = await api.call(routes.LIST_VERSIONS, dataset=await dataset_of(api, source))
    assert len(listed["items"]) == 2


async def test_a_copy_brings_what_the_destination_lacks(api, source, check_store):
    whole = await content_of(api, source)
    assets = await assets_of(api, source)
    target = await fork(api, source, asset_ids=assets[:2])  # without tags and annotations
    for name in ("night", "car"):
        route = routes.CREATE_ASSET_TAG if name == "night" else routes.CREATE_LABEL
        await api.call(route, {"name": name}, version=target, expect=201)
    label = await api.call(routes.FIND_LABEL, query={"name": "car"}, version=target)
    await api.call(routes.SET_SKELETON, {"vertices": ["front", "rear"], "edges": [[1, 2]]}, label=label["id"])
    job = await copy(api, source, target, asset_ids=assets[1:5], with_tags=True, with_annotations=True)
    assert job["status"] == "SUCCESS"
    found = await content_of(api, target)
    data = whole["assets"][::-1][:5]
    assert found["assets"] == data[::-1]
    # What was there already is left as it was.
    assert found["tags"] == {one: [] if one in data[:2] else whole["tags"][one] for one in data}
    assert found["annotations"] == {one: whole["annotations"][one] for one in data[2:]}
    assert found["labels"]["bus"] == whole["labels"]["bus"]
    assert found["labels"][""] == [("large", "vehicles"), ("vehicles", None)]
    assert found["labels"]["car"][0] is None
    assert label == await api.call(routes.FIND_LABEL, query={"name": "car"}, version=target)
    again = await copy(api, source, target, asset_ids="absent", with_tags=True)
    assert again["status"] == "SUCCESS"
    assert (await content_of(api, target))["assets"][::-1][:5] == data
    assert len(await assets_of(api, target)) == 7
    check_store()


async def test_a_copy_of_nothing(api, source):
    target = await fork(api, source, asset_ids=[])
    assert (await copy(api, source, target, asset_ids=[]))["status"] == "SUCCESS"
    assert await assets_of(api, target) == []


async def test_what_a_copy_refuses(api, source, other_world):
    target = await fork(api, source, asset_ids=[], with_labels=True)
    other = await api.add_version("elsewhere")
    for fields, status in (
        ({"destination_id": source}, 400),
        ({"destination_id": other}, 400),
        ({"destination_id": other_world.version}, 404),
        ({"destination_id": "x"}, 400),
        ({"asset_ids": [str(uuid4())]}, 400),
    ):
        await copy(api, source, fields.pop("destination_id", target), expect=status, **fields)
    label = await api.call(routes.FIND_LABEL, query={"name": "bus"}, version=target)
    await api.call(routes.SET_SKELETON, {"vertices": ["one"], "edges": []}, label=label["id"])
    said = await copy(api, source, target, with_annotations=True, expect=409)
    assert "'bus' has another skeleton" in said["message"]
    await api.call(routes.LOCK_VERSION, version=target)
    await copy(api, source, target, expect=423)


async def test_a_strict_platform_wants_the_ids(strict_api):
    version = await strict_api.add_version()
    target = await fork(strict_api, version)
    await copy(strict_api, version, target, asset_ids="absent", expect=400)
    assert (await copy(strict_api, version, target))["status"] == "SUCCESS"


async def test_the_older_client_never_sees_a_type_that_it_lacks(api):
    version = await api.add_version()
    body = {"parent_id": version, "version": "second", "type": "MASK"}
    agent = {"User-Agent": "Picsellia-SDK/6.19.2"}
    dataset = await dataset_of(api, version)
    started = await api.call(routes.FORK_VERSION, body, dataset=dataset, headers=agent, expect=201)
    assert started["dataset_version"]["type"] == "NOT_CONFIGURED"
