"""Importing projections from the storage, through jobs of the platform."""

from __future__ import annotations

from types import SimpleNamespace

import orjson
import pytest

import asyncsdk
from asyncsdk import CloudProjection
from asyncsdk.errors import InvalidArgumentError, JobFailedError


@pytest.fixture
async def lake(any_client):
    return await any_client.get_datalake()


async def test_objects_in_the_storage_become_projections(lake, images):
    first, second, depth = await lake.upload_data(images[:3])
    wanted = {
        first.object_name: [
            CloudProjection("depth", depth.object_name),
            {"name": "own", "object_name": first.object_name},
        ],
        second.object_name: CloudProjection("depth", depth.object_name),
    }
    job = await lake.import_projections(wanted)
    await job.wait()
    assert job.status == "SUCCEEDED"
    assert {one.name: one.object_name for one in await first.list_projections()} == {
        "depth": depth.object_name, "own": first.object_name,
    }  # fmt: skip
    assert await (await second.get_projection("depth")).read() == images[2].read_bytes()
    again = await lake.import_projections(wanted, wait=True)
    assert again.status == "SUCCEEDED"
    assert len(await first.list_projections()) == 2


async def test_what_is_missing_is_told_by_the_job(lake, images):
    (data,) = await lake.upload_data(images[:1])
    wanted = {
        "data/none.png": [CloudProjection("depth", data.object_name)],
        data.object_name: [CloudProjection("a", "none.png"), CloudProjection("b", data.object_name)],
    }
    with pytest.raises(JobFailedError, match=r"2 of 3 projections.*data/none\.png.*no object none\.png"):
        await lake.import_projections(wanted, wait=True)
    assert [one.name for one in await data.list_projections()] == ["b"]


async def test_more_than_five_hundred_data_go_in_several_requests(scripted, says):
    def play(request):
        return says({"job": {"id": str(len(transport.requests)), "status": "PENDING"}, "datalake": None})

    client, transport = scripted(play)
    lake = asyncsdk.Datalake(client._connection, SimpleNamespace(id="lake", name="lake"))
    wanted = {f"{number}": [CloudProjection("n", f"o/{number}")] for number in range(1_001)}
    job = await lake.import_projections(wanted)
    bodies = [orjson.loads(request.body) for request in transport.requests]
    assert [len(body["projections"]) for body in bodies] == [500, 500, 1]
    assert [body["datalake_id"] for body in bodies] == ["lake"] * 3
    assert bodies[2]["projections"] == {"1000": [{"name": "n", "object_name": "o/1000"}]}
    assert job.status == "PENDING"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [],
        None,
        "a",
        {"a": "b"},
        {"a": None},
        {"a": [None]},
        {"a": [{"name": "n"}]},
        {"a": [{"name": "n", "object_name": 5}]},
        {"a": {"name": "n", "object_name": "o"}},
        {1: [CloudProjection("n", "o")]},
    ],
)
async def test_what_is_no_projection_is_refused_before_any_request(scripted, wrong):
    client, transport = scripted([])
    lake = asyncsdk.Datalake(client._connection, SimpleNamespace(id="lake", name="lake"))
    with pytest.raises(InvalidArgumentError, match="projections: "):
        await lake.import_projections(wrong)
    assert transport.requests == []
