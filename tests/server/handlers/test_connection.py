"""Ping, organizations, users and workers."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.records import codec
from asyncsdk.records.connection import OrganizationRecord, PingRecord
from asyncsdk.records.users import Collaborator, WorkerRecord
from asyncsdk.server.services import organizations
from asyncsdk.wire import capabilities, routes


async def test_ping_tells_who_asks_and_what_the_platform_adds(api):
    ping = codec.load(await api.call(routes.PING), PingRecord)
    assert (ping.username, ping.default_organization) == (api.org.username, api.org.id)
    assert ping.asyncsdk.capabilities == capabilities.ALL
    assert ping.sdk_version == "6.19.2"


async def test_an_organization_is_found_by_its_name(api, other_api):
    found = codec.load(
        await api.call(routes.FIND_ORGANIZATION, query={"name": api.org.name}), OrganizationRecord
    )
    assert (found.id, found.name, found.default_connector_id) == (api.org.id, api.org.name, api.org.connector)
    await api.call(routes.FIND_ORGANIZATION, query={"name": other_api.org.name}, expect=404)
    await api.call(routes.FIND_ORGANIZATION, expect=400)


async def test_a_user_without_an_organization_sees_none(api, platform):
    name = f"lonely-{uuid4()}"
    platform.write(organizations.add_user(name))
    token = platform.write(organizations.add_token(name, "t"))
    headers = {"Authorization": f"Bearer {token}"}
    ping = await api.call(routes.PING, headers=headers)
    assert ping["default_organization"] is None
    await api.call(routes.GET_ORGANIZATION, headers=headers, expect=404)
    await api.call(routes.CREATE_DATASET, {"name": "a"}, headers=headers, key="k", expect=404)


async def test_a_user_of_two_organizations_chooses_by_the_header(api, new_org, platform):
    second = new_org()
    platform.write(organizations.add_member(second.name, api.org.username))
    token = platform.write(organizations.add_token(api.org.username, "wide"))
    headers = {"Authorization": f"Bearer {token}"}
    assert (await api.call(routes.PING, headers=headers))["default_organization"] == api.org.id
    for organization in (api.org.id, second.id):
        made = await api.call(
            routes.CREATE_DATASET, {"name": "a"}, headers=headers, org=organization, expect=201
        )
        chosen = headers | {"X-Picsellia-Organization": organization}
        assert (await api.call(routes.PING, headers=chosen))["default_organization"] == organization
        await api.call(routes.GET_DATASET, headers=chosen, dataset=made["id"])
        other = headers | {
            "X-Picsellia-Organization": second.id if organization == api.org.id else api.org.id
        }
        await api.call(routes.GET_DATASET, headers=other, dataset=made["id"], expect=404)
    # The test's own token is limited to its organization, though the user is a member of both.
    await api.call(routes.GET_ORGANIZATION, org=second.id, expect=404)
    await api.call(routes.PING, headers={"X-Picsellia-Organization": second.id}, expect=403)


async def test_things_of_two_organizations_do_not_mix(api, new_org, platform):
    """A user of both may not attach, add or refer across the border."""
    second = new_org()
    platform.write(organizations.add_member(second.name, api.org.username))
    token = platform.write(organizations.add_token(api.org.username, "wide"))
    headers = {"Authorization": f"Bearer {token}"}

    async def call(route, body=None, **options):
        return await api.call(route, body, headers=headers, **options)

    data = (await api.add_data())["id"]
    version = await api.add_version()
    there = {"org": second.id, "datalake": second.datalake, "connector": second.connector}
    dataset = await call(routes.CREATE_DATASET, {"name": "b"}, expect=201, **there)
    theirs = await call(routes.CREATE_VERSION, {"version": "b"}, dataset=dataset["id"], expect=201)
    source = await call(routes.CREATE_DATA_SOURCE, {"name": "s"}, expect=201, **there)
    tag = await call(routes.CREATE_TAG, {"name": "t", "target_type": "DATASET_VERSION"}, expect=201, **there)
    data_tag = await call(routes.CREATE_DATA_TAG, {"name": "t"}, expect=201, **there)
    await call(routes.ADD_ASSETS, {"data_ids": [data]}, version=theirs["id"], expect=400)
    assert (await call(routes.ATTACH_TAG, [version], tag=tag["id"]))["count"] == 0
    assert (await call(routes.ATTACH_TAG, [data], tag=data_tag["id"]))["count"] == 0
    await call(routes.FIND_VERSION_BY_ID, query={"id": version}, expect=404, **there)
    named = await api.upload(b"x")
    body = {"type": "IMAGE", "filename": "a", "content_type": "image/png", "object_name": named}
    await call(routes.CREATE_DATA, body | {"data_source_id": source["id"]}, expect=400)
    await call(routes.CREATE_DATA, body | {"tags": [data_tag["id"]]}, expect=400)
    await call(routes.CREATE_DATA, body, datalake=second.datalake, expect=400)
    mixed = {"org": api.org.id, "connector": second.connector}
    await call(routes.GENERATE_OBJECT_NAME, {"filename": "a", "type": "DATA"}, expect=404, **mixed)


async def test_users_and_workers_share_their_ids(world):
    call = world.api.call
    users = (await call(routes.LIST_ORGANIZATION_USERS))["users"]
    assert users == (await call(routes.LIST_DATASET_USERS, dataset=world.dataset))["users"]
    workers = await call(routes.LIST_WORKERS, dataset=world.dataset)
    worker = codec.load(workers["items"][0], WorkerRecord)
    assert worker == WorkerRecord(
        worker.id, Collaborator(worker.id, world.api.org.username), worker.id, world.api.org.username
    )
    assert users[0]["id"] == worker.id
    assert users[0]["role"] == "ADMIN"
    query = {"username": world.api.org.username}
    assert (await call(routes.FIND_WORKER, query=query, dataset=world.dataset))["id"] == worker.id
    assert (await call(routes.GET_WORKER, worker=worker.id))["id"] == worker.id
    assert (await call(routes.LIST_ORGANIZATION_USERS, query=query))["users"] == users
    assert (await call(routes.LIST_ORGANIZATION_USERS, query={"username": "nobody"}))["users"] == []
    await call(routes.FIND_WORKER, query={"username": "nobody"}, dataset=world.dataset, expect=404)
    await call(routes.FIND_WORKER, dataset=world.dataset, expect=400)


async def test_only_members_are_given_a_dataset(world, other_world):
    body = {"user_id": world.worker}
    assert await world.api.call(routes.ADD_DATASET_USER, body, dataset=world.dataset) == {}
    for user, status in ((other_world.worker, 404), (str(uuid4()), 404), ("x", 400), (None, 400), (1, 400)):
        body = {"user_id": user, "role": "LABELER"}
        await world.api.call(routes.ADD_DATASET_USER, body, dataset=world.dataset, expect=status)


@pytest.mark.parametrize("strict", [False, True])
async def test_a_strict_ping_has_the_documented_keys(api, strict_api, strict):
    ping = await (strict_api if strict else api).call(routes.PING)
    assert ("asyncsdk" in ping) is not strict
