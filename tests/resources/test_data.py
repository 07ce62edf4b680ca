from __future__ import annotations

import math
from itertools import chain
from types import SimpleNamespace

import attrs
import orjson
import pytest

import asyncsdk
from asyncsdk.errors import BadRequestError, InvalidArgumentError, LockedError, NotFoundError
from asyncsdk.records.data import DataRecord
from asyncsdk.resources.data import data_ids_of


@pytest.fixture
async def data(any_client, images):
    return await (await any_client.get_datalake()).upload_data(images[:3])


async def test_what_a_data_shows(data, images):
    one = data[0]
    assert (one.filename, one.type, one.content_type) == (images[0].name, "IMAGE", "image/jpeg")
    assert (one.width, one.height, one.upload_status) == (40, 30, "DONE")
    assert (one.ids, one.metadata, one.custom_metadata) == ([one.id], None, None)
    assert one.datalake_id == data.datalake_id
    assert one.url.startswith("http")
    assert one.object_name


async def test_metadata_is_replaced_and_cleared(data):
    one = data[0]
    assert await one.update_metadata({"reference": "R1", "weather": "rain"}) is None
    assert one.metadata == {"reference": "R1", "weather": "rain"}
    await one.update_metadata({"reference": "R2"})
    await one.refresh()
    assert one.metadata == {"reference": "R2"}
    await one.update_metadata(None)
    await one.refresh()
    assert one.metadata is None


async def test_custom_metadata_is_replaced_and_cleared(data):
    one = data[0]
    odd = {"a/b": {"é": [1, 2.5, None, True]}, "": "empty key"}
    await one.update_custom_metadata(odd)
    assert one.custom_metadata == odd
    await one.refresh()
    assert one.custom_metadata == odd
    await one.update_custom_metadata(None)
    await one.refresh()
    assert one.custom_metadata is None
    assert one.metadata is None


async def test_a_number_that_json_has_not_is_refused_and_not_made_null(data):
    one = data[0]
    with pytest.raises(InvalidArgumentError, match="NaN"):
        await one.update_metadata({"speed": math.nan})
    with pytest.raises(InvalidArgumentError, match="infinity"):
        await one.update_custom_metadata({"speeds": [1, {"most": math.inf}]})
    await one.refresh()
    assert (one.metadata, one.custom_metadata) == (None, None)


async def test_one_is_deleted(any_client, data):
    lake = await any_client.get_datalake()
    assert await data[0].delete() is None
    with pytest.raises(NotFoundError):
        await data[0].refresh()
    assert sorted((await lake.list_data()).ids) == sorted(data.ids[1:])


async def test_many_are_deleted_with_their_assets(any_client, data):
    lake = await any_client.get_datalake()
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    await version.add_data(data, wait=True)
    assert await data[:2].delete() is None
    assert (await lake.list_data()).ids == data.ids[2:]
    assert [asset.data_id for asset in await version.list_assets()] == data.ids[2:]
    await data.delete()
    assert len(await lake.list_data()) == 0


async def test_an_empty_sequence_deletes_nothing(scripted):
    client, transport = scripted([])
    await asyncsdk.MultiData(client._connection, [], "lake").delete()
    await asyncsdk.MultiAsset(client._connection, [], "version").delete()
    assert transport.requests == []


async def test_what_a_locked_version_uses_is_not_deleted(any_client, data):
    lake = await any_client.get_datalake()
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    await version.add_data(data[:1], wait=True)
    await version.lock()
    with pytest.raises(LockedError):
        await data.delete()
    assert len(await lake.list_data()) == 3
    await data[1:].delete()


@pytest.mark.parametrize("kind", ["data", "assets"])
async def test_thousands_are_deleted_in_bounded_requests(scripted, says, kind):
    client, transport = scripted(lambda _: says({"count": 1}))
    template = DataRecord("", "o", "f", "IMAGE", "image/png", "DONE")
    records = [attrs.evolve(template, id=str(number)) for number in range(25_000)]
    if kind == "data":
        many = asyncsdk.MultiData(client._connection, records, "lake")
    else:
        many = asyncsdk.MultiAsset(client._connection, [SimpleNamespace(id=one.id) for one in records], "v")
    await many.delete()
    sent = [orjson.loads(request.body)["ids"] for request in transport.requests]
    assert sorted(map(len, sent)) == [5_000, 10_000, 10_000]
    assert sorted(chain.from_iterable(sent), key=int) == many.ids


async def test_a_delete_whose_answer_is_lost_is_done(proxied, proxy, images):
    data = await (await proxied.get_datalake()).upload_data(images[:2])
    proxy.loses_answer("DELETE", "/api/data/")
    await data[0].delete()
    proxy.loses_answer("DELETE", "/datas")
    await data[1:].delete()
    assert len(await (await proxied.get_datalake()).list_data()) == 0


async def test_what_the_platform_refuses_is_told(data):
    with pytest.raises(BadRequestError):
        await data[0].update_metadata({"reference": "x" * 300_000})


def test_ids_of_data_each_once_in_order():
    template = DataRecord("", "o", "f", "IMAGE", "image/png", "DONE")
    records = [attrs.evolve(template, id=one) for one in ("b", "a", "b")]
    many = asyncsdk.MultiData(None, records, "lake")
    assert data_ids_of(many) == data_ids_of(list(many)) == data_ids_of(iter(many)) == ["b", "a"]
    assert data_ids_of(many[0]) == ["b"]
    assets = asyncsdk.MultiAsset(None, [SimpleNamespace(id="a", data=template)], "v")
    for wrong in ([], ["a"], "a", None, 3, many[:0], assets, [many[0], "a"]):
        with pytest.raises(InvalidArgumentError, match="data: "):
            data_ids_of(wrong)
