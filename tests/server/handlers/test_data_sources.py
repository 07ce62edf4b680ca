"""Data sources."""

from __future__ import annotations

import pytest

from asyncsdk.wire import routes


async def test_a_source_is_created_found_renamed_and_deleted(api, other_api):
    made = await api.call(routes.CREATE_DATA_SOURCE, {"name": "camera"}, expect=201)
    assert made == {"id": made["id"], "name": "camera"}
    await api.call(routes.CREATE_DATA_SOURCE, {"name": "camera"}, expect=409)
    await other_api.call(routes.CREATE_DATA_SOURCE, {"name": "camera"}, expect=201)
    second = await api.call(routes.CREATE_DATA_SOURCE, {"name": "drone"}, expect=201)
    assert (await api.call(routes.LIST_DATA_SOURCES))["items"] == [second, made]
    query = {"order_by": "name", "limit": "1", "offset": "1"}
    assert (await api.call(routes.LIST_DATA_SOURCES, query=query))["items"] == [second]
    assert await api.call(routes.FIND_DATA_SOURCE, query={"name": "camera"}) == made
    await api.call(routes.FIND_DATA_SOURCE, query={"name": "none"}, expect=404)
    await api.call(routes.FIND_DATA_SOURCE, expect=400)
    await api.call(routes.UPDATE_DATA_SOURCE, {"name": "drone"}, source=made["id"], expect=409)
    renamed = await api.call(routes.UPDATE_DATA_SOURCE, {"name": "lens"}, source=made["id"])
    assert await api.call(routes.GET_DATA_SOURCE, source=made["id"]) == renamed
    await api.call(routes.DELETE_DATA_SOURCE, source=made["id"])
    await api.call(routes.GET_DATA_SOURCE, source=made["id"], expect=404)
    assert (await api.call(routes.LIST_DATA_SOURCES))["items"] == [second]


@pytest.mark.parametrize("name", ["", "\0", "x" * 256])
async def test_a_name_must_be_fit_to_be_stored(api, name):
    await api.call(routes.CREATE_DATA_SOURCE, {"name": name}, expect=400)


async def test_the_data_of_a_deleted_source_stay_without_one(world):
    assert (await world.api.call(routes.GET_DATA, data=world.data))["data_source"]["name"] == "camera"
    await world.api.call(routes.DELETE_DATA_SOURCE, source=world.source)
    assert (await world.api.call(routes.GET_DATA, data=world.data))["data_source"] is None
