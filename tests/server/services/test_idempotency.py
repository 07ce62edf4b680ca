"""Idempotency keys: a creation that is sent again is done once."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from asyncsdk.server.services import idempotency
from asyncsdk.server.services.idempotency import forget_old_keys
from asyncsdk.wire import routes

BODY = {"name": "street"}


async def names(api) -> list[str]:
    return [item["name"] for item in (await api.call(routes.LIST_DATASETS))["items"]]


async def test_the_same_request_gets_the_same_answer(api):
    answers = [await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201) for _ in range(3)]
    assert answers[1:] == answers[:1] * 2
    assert await names(api) == ["street"]
    await api.call(routes.CREATE_DATASET, BODY, expect=409)
    await api.call(routes.CREATE_DATASET, BODY, key="another", expect=409)


async def test_the_answer_stays_though_the_thing_is_gone(api):
    made = await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201)
    await api.call(routes.DELETE_DATASET, dataset=made["id"])
    assert await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201) == made
    assert await names(api) == []


async def test_a_key_serves_one_request_only(api):
    made = await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201)
    await api.call(routes.CREATE_DATASET, {"name": "other"}, key="k", expect=422)
    await api.call(routes.CREATE_DATA_SOURCE, BODY, key="k", expect=422)
    await api.call(routes.CREATE_VERSION, {"version": "street"}, dataset=made["id"], key="k", expect=422)
    path = routes.CREATE_DATASET.path(org=api.org.id) + "?a=b"
    answer = await api.send("POST", path, data=b'{"name":"street"}', headers={"Idempotency-Key": "k"})
    assert answer.status == 422
    assert await names(api) == ["street"]


async def test_a_failure_is_not_kept(api):
    await api.call(routes.CREATE_DATASET, BODY, expect=201)
    for _ in range(2):
        await api.call(routes.CREATE_DATASET, BODY, key="k", expect=409)
    await api.call(routes.CREATE_DATASET, {"name": ""}, key="k", expect=400)
    dataset = await api.call(routes.FIND_DATASET, query=BODY)
    await api.call(routes.DELETE_DATASET, dataset=dataset["id"])
    await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201)


async def test_the_keys_of_two_organizations_are_apart(api, other_api):
    first = await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201)
    second = await other_api.call(routes.CREATE_DATASET, {"name": "other"}, key="k", expect=201)
    assert first["id"] != second["id"]
    assert await names(other_api) == ["other"]


async def test_the_header_of_the_own_organization_changes_nothing(api):
    headers = {"X-Picsellia-Organization": api.org.id}
    first = await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201)
    assert await api.call(routes.CREATE_DATASET, BODY, key="k", headers=headers, expect=201) == first


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
async def test_a_key_must_be_one(api, key):
    await api.call(routes.CREATE_DATASET, BODY, key=key, expect=400)
    assert await names(api) == []


async def test_a_key_of_other_bytes_is_refused(raw, api):
    path = routes.CREATE_DATASET.path(org=api.org.id).encode()
    status, body = await raw(b"POST " + path, b"Idempotency-Key: \xff", body=b'{"name": "street"}')
    assert status == 400
    assert b"Idempotency-Key" in body


async def test_a_data_is_made_once_and_its_answer_kept(api, check_store):
    object_name = await api.upload(b"x")
    body = {"type": "IMAGE", "filename": "a", "content_type": "image/png", "object_name": object_name}
    made = await api.call(routes.CREATE_DATA, body, key="k", expect=201)
    assert await api.call(routes.CREATE_DATA, body, key="k", expect=201) == made
    assert (await api.call(routes.LIST_DATA))["count"] == 1
    await api.call(routes.DELETE_DATA, data=made["id"], key="d", expect=204)
    await api.call(routes.DELETE_DATA, data=made["id"], key="d", expect=204)
    await api.call(routes.DELETE_DATA, data=made["id"], expect=404)
    assert await api.call(routes.CREATE_DATA, body, key="k", expect=201) == made
    await api.call(routes.CREATE_DATA, body | {"filename": "b"}, key="k", expect=422)
    check_store()


async def test_adding_data_twice_makes_one_job(api):
    version = await api.add_version()
    body = {"data_ids": [(await api.add_data())["id"]]}
    first = await api.call(routes.ADD_ASSETS, body, version=version, key="k")
    await api.ended(first["job"]["id"])
    assert await api.call(routes.ADD_ASSETS, body, version=version, key="k") == first
    assert (await api.call(routes.LIST_ASSETS, version=version))["count"] == 1


async def test_of_many_at_once_one_acts(api):
    async def create(number: int):
        path = routes.CREATE_DATASET.path(org=api.org.id)
        body = b'{"name": "d%d"}' % (number % 5)
        return await api.send("POST", path, data=body, headers={"Idempotency-Key": f"k{number % 5}"})

    answers = await asyncio.gather(*(create(number) for number in range(50)))
    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status == 409} <= {"1"}
    assert len({answer.body for answer in answers if answer.status == 201}) == 5
    assert sorted(await names(api)) == ["d0", "d1", "d2", "d3", "d4"]


async def test_the_answer_survives_a_restart(session, platforms, tmp_path, api):
    def there(platform):
        return attrs.evolve(api, org=attrs.evolve(api.org, host=platform.url, token=platform.token))

    with platforms(tmp_path) as platform:
        ours = there(platform)
        home = (await ours.call(routes.PING))["default_organization"]
        made = await ours.call(routes.CREATE_DATASET, BODY, org=home, key="k", expect=201)
    with platforms(tmp_path) as platform:
        ours = there(platform)
        assert await ours.call(routes.CREATE_DATASET, BODY, org=home, key="k", expect=201) == made
        await ours.call(routes.CREATE_DATASET, BODY, org=home, expect=409)


async def test_keys_are_forgotten_after_seven_days(api, platform, monkeypatch):
    await api.call(routes.CREATE_DATASET, BODY, key="k", expect=201)
    platform.write(forget_old_keys())
    kept = "SELECT count(*) FROM idempotency JOIN organization ON seq = organization WHERE id = ?"
    assert platform.rows(kept, api.org.id) == [(1,)]
    week_us = 7 * 24 * 3600 * 1_000_000
    now_us = idempotency.now_us()
    monkeypatch.setattr(idempotency, "now_us", lambda: now_us + week_us)
    platform.write(forget_old_keys())
    assert platform.rows(kept, api.org.id) == [(0,)]
    await api.call(routes.CREATE_DATASET, BODY, key="k", expect=409)
