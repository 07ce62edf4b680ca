from __future__ import annotations

import asyncio

import pytest

from asyncsdk.errors import ConflictError, NotFoundError, OutcomeUnknownError


async def test_create_find_list_rename_delete(any_client):
    gate = await any_client.create_data_source("gate")
    yard = await any_client.create_data_source("yard")
    assert await any_client.get_data_source("gate") == gate
    assert await any_client.get_or_create_data_source("gate") == gate
    assert await any_client.list_data_sources() == [yard, gate]
    assert await any_client.list_data_sources(order_by=["name"], limit=1) == [gate]
    await gate.update("door")
    assert gate.name == "door"
    with pytest.raises(ConflictError):
        await yard.update("door")
    with pytest.raises(ConflictError):
        await any_client.create_data_source("door")
    await yard.refresh()
    await gate.delete()
    for gone in (gate.refresh, lambda: any_client.get_data_source("door")):
        with pytest.raises(NotFoundError):
            await gone()


async def test_a_data_outlives_its_source(any_client, images):
    lake = await any_client.get_datalake()
    source = await any_client.create_data_source("gate")
    data = await lake.upload_data(images[:1], source=source)
    assert await data[0].get_data_source() == source
    await source.delete()
    assert await data[0].get_data_source() is None


async def test_many_who_get_or_create_at_once_get_one(any_client):
    found = await asyncio.gather(*(any_client.get_or_create_data_source("gate") for _ in range(12)))
    assert len({source.id for source in found}) == 1
    assert len(await any_client.list_data_sources()) == 1


async def test_get_or_create_looks_up_what_a_lost_answer_made(strict_proxied, strict_proxy):
    strict_proxy.loses_answer("POST", "/datasources")
    source = await strict_proxied.get_or_create_data_source("gate")
    assert await strict_proxied.list_data_sources() == [source]


async def test_get_or_create_tells_when_the_outcome_stays_unknown(strict_proxied, strict_proxy):
    strict_proxy.swallows("POST", "/datasources")
    with pytest.raises(OutcomeUnknownError, match="may or may not"):
        await strict_proxied.get_or_create_data_source("gate")
    assert strict_proxy.count("POST", "/datasources") == 1
