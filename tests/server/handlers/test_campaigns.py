"""Campaigns: what both generations of clients send, what is kept, and what goes with what."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.wire import routes

OLD = {"User-Agent": "Picsellia-SDK/6.19.2"}

NULLS = {
    "description": None, "instructions_text": None, "end_date": None,
    "auto_add_new_assets": None, "auto_close_on_completion": None,
}  # fmt: skip


async def make(api, version, body=None, **expect):
    return await api.call(routes.CREATE_CAMPAIGN, body or {}, version=version, **({"expect": 201} | expect))


async def test_both_generations_make_and_find_a_campaign(api):
    version = await api.add_version("street")
    made = await make(api, version, {"name": "c"} | NULLS, headers=OLD)
    assert (made["name"], made["dataset_version_id"], made["is_closed"]) == ("c", version, False)
    assert (await api.call(routes.GET_CAMPAIGN, campaign=made["id"])) == made
    assert (await api.call(routes.LIST_VERSION_CAMPAIGNS, version=version))["items"] == [made]
    other = await api.add_version("road")
    assert (await make(api, other, NULLS))["name"] == "road/road"


async def test_a_version_tells_its_campaign(api):
    version = await api.add_version()
    on = {"version": version}

    async def told():
        home = (await api.call(routes.GET_VERSION, **on))["origin_id"]
        found = [
            await api.call(routes.GET_VERSION, **on),
            await api.call(routes.FIND_VERSION_BY_ID, query={"id": version}),
            await api.call(routes.FIND_VERSION, query={"version": "first"}, dataset=home),
            (await api.call(routes.LIST_VERSIONS, dataset=home))["items"][0],
            await api.call(routes.UPDATE_VERSION, {"description": "x"}, **on),
            await api.call(routes.UNLOCK_VERSION, **on),
        ]
        return {one["annotation_campaign_id"] for one in found}

    assert await told() == {None}
    made = await make(api, version)
    assert await told() == {made["id"]}
    await api.call(routes.DELETE_CAMPAIGN, campaign=made["id"])
    assert await told() == {None}
    assert (await api.call(routes.LIST_VERSION_CAMPAIGNS, **on))["items"] == []


async def test_a_creation_that_is_sent_twice_makes_one(api):
    version, name = await api.add_version(), await api.upload(b"draw", "a.txt", "text/plain")
    body = {"name": "c", "instructions_object_name": name}
    made = [await make(api, version, body, key="k") for _ in range(2)]
    assert made[0] == made[1]
    await make(api, version, body, expect=409)


async def test_a_null_changes_nothing(api):
    made = await make(
        api, await api.add_version(), {"name": "c", "description": "d", "end_date": "2031-05-06"}
    )
    for body in ({}, NULLS | {"name": None, "default_entry_step_id": None, "annotated_entry_step_id": None}):
        assert await api.call(routes.UPDATE_CAMPAIGN, body, campaign=made["id"]) == made


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 300},
        {"end_date": "2031-05-06T07:08:09"},
        {"end_date": "soon"},
        {"description": "a\0"},
        {"instructions_text": "x" * 70_000},
        {"instructions_object_name": "campaign-file/none.txt"},
        {"auto_add_new_assets": "yes"},
    ],
)
async def test_what_cannot_be_kept_is_refused(api, body):
    version = await api.add_version()
    await make(api, version, body, expect=400)
    made = await make(api, version)
    await api.call(routes.UPDATE_CAMPAIGN, body, campaign=made["id"], expect=400)
    assert await api.call(routes.GET_CAMPAIGN, campaign=made["id"]) == made


async def test_instructions_are_deleted_when_nothing_needs_them(api):
    first, second, third = [await api.upload(b"draw", "a.txt", "text/plain") for _ in range(3)]
    version, other = await api.add_version("one"), await api.add_version("two")
    made = await make(api, version, {"instructions_object_name": first})
    shared = await make(api, other, {"instructions_object_name": second})
    change = {"instructions_object_name": second}
    assert (await api.call(routes.UPDATE_CAMPAIGN, change, campaign=made["id"])) == made | change
    assert not await api.is_there(first)
    await api.call(routes.UPDATE_CAMPAIGN, {"instructions_object_name": third}, campaign=made["id"])
    assert await api.is_there(second)  # the other campaign has it
    await api.call(routes.DELETE_CAMPAIGN, campaign=shared["id"])
    assert not await api.is_there(second)
    await api.call(routes.DELETE_VERSION, version=version)
    assert not await api.is_there(third)


async def test_a_dataset_takes_the_instructions_of_its_campaigns_along(api):
    name = await api.upload(b"draw", "a.txt", "text/plain")
    version = await api.add_version()
    await make(api, version, {"instructions_object_name": name})
    home = (await api.call(routes.GET_VERSION, version=version))["origin_id"]
    await api.call(routes.DELETE_DATASET, dataset=home)
    assert not await api.is_there(name)


async def test_the_file_of_a_data_may_be_instructions_too(api):
    data = await api.add_data()
    made = await make(api, await api.add_version(), {"instructions_object_name": data["object_name"]})
    await api.call(routes.DELETE_DATA, data=data["id"], expect=204)
    assert await api.is_there(data["object_name"])
    await api.call(routes.DELETE_CAMPAIGN, campaign=made["id"])
    assert not await api.is_there(data["object_name"])


async def test_campaigns_of_the_organization(api, other_api):
    made = [await make(api, await api.add_version(name)) for name in ("a", "b")]
    await make(other_api, await other_api.add_version())
    await api.call(routes.CLOSE_CAMPAIGN, campaign=made[0]["id"])

    async def listed(**query):
        return [one["id"] for one in (await api.call(routes.LIST_CAMPAIGNS, query=query))["items"]]

    assert await listed() == [made[1]["id"], made[0]["id"]]
    assert await listed(is_closed="True") == await listed(is_closed="true") == [made[0]["id"]]
    assert await listed(is_closed="False") == [made[1]["id"]]
    await api.call(routes.LIST_CAMPAIGNS, query={"is_closed": "perhaps"}, expect=400)


async def test_a_campaign_leaves_annotations_and_assets_behind(world, platform):
    call, counts = world.api.call, []
    for _ in range(2):
        tables = ("asset", "annotation", "shape")
        counts.append([platform.rows(f"SELECT count(*) FROM {table}") for table in tables])
        if len(counts) == 1:
            await call(routes.DELETE_CAMPAIGN, campaign=world.campaign)
    assert counts[0] == counts[1]
    for route in (routes.GET_CAMPAIGN, routes.GET_STEP, routes.GET_ASSIGNMENT, routes.LIST_ASSIGNMENTS):
        await call(route, expect=404, **world.variables)


async def test_names_are_wanted_where_objects_are_named(api):
    version = await api.add_version()
    for route in (routes.GET_CAMPAIGN, routes.CHECK_SYNC, routes.LIST_STEPS):
        await api.call(route, campaign=str(uuid4()), expect=404)
    await make(api, str(uuid4()), expect=404)
    assert (await make(api, version))["dataset_version_id"] == version
