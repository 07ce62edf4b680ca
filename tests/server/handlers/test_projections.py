"""Projections: further files of a data, how they are made, read and deleted, and whose files they may share."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import orjson
import pytest

from asyncsdk.records import codec
from asyncsdk.records.projections import ProjectionRecord
from asyncsdk.server.services.projections import new_row
from asyncsdk.server.store.schema import garbage, projection
from asyncsdk.server.store.statements import Prepared, insertion
from asyncsdk.wire import routes


@pytest.fixture
async def data(api):
    return (await api.add_data("a.png"))["id"]


async def test_a_projection_is_created_and_read(api, data, image):
    content = image(7, 5)
    object_name = await api.upload(content, "depth.png")
    info = {"unit": "mm", "own": [1, {"a": None}]}
    made = await api.add_projection(
        data, "depth map", object_name=object_name, file_size=len(content), additional_info=info
    )
    record = codec.load(made, ProjectionRecord)
    assert (record.name, record.filename, record.object_name) == ("depth map", "depth map.png", object_name)
    assert (record.compute_status, record.content_type, record.infos) == ("DONE", "image/png", info)
    assert record.size_bytes == len(content)
    read = await api.call(routes.GET_PROJECTION, projection=record.id)
    listed = (await api.call(routes.LIST_PROJECTIONS, data=data))["items"]
    for seen in (read, *listed):
        assert {name: seen[name] for name in seen.keys() - {"presigned_url"}} == {
            name: made[name] for name in made.keys() - {"presigned_url"}
        }
    fresh = (await api.call(routes.GET_PROJECTION_URL, projection=record.id))["presigned_url"]
    for url in (made["presigned_url"], read["presigned_url"], fresh):
        async with api.session.get(url) as answer:
            assert await answer.read() == content


async def test_those_of_a_data_are_listed_newest_first(api, data):
    other = (await api.add_data("b.png"))["id"]
    for name in ("one", "two", "three"):
        await api.add_projection(data, name)
    await api.add_projection(other, "one")  # a name is unique within its data only
    listed = await api.call(routes.LIST_PROJECTIONS, data=data)
    assert [one["name"] for one in listed["items"]] == ["three", "two", "one"]
    assert listed["count"] == 3
    assert (await api.call(routes.LIST_PROJECTIONS, data=data, query={"limit": "x"}))["count"] == 3


async def test_a_name_is_there_once(api, data):
    body = {
        "name": "depth",
        "filename": "a",
        "content_type": "image/png",
        "object_name": await api.upload(b"x"),
    }
    path = routes.CREATE_PROJECTION.path(data=data)
    answers = await asyncio.gather(*(api.send("POST", path, data=orjson.dumps(body)) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]
    assert "'depth'" in next(answer for answer in answers if answer.status == 409).json["message"]
    assert (await api.call(routes.LIST_PROJECTIONS, data=data))["count"] == 1


async def test_a_key_makes_one_projection(api, data):
    body = {
        "name": "depth",
        "filename": "a",
        "content_type": "image/png",
        "object_name": await api.upload(b"x"),
    }
    made = [await api.call(routes.CREATE_PROJECTION, body, data=data, key="k", expect=201) for _ in range(3)]
    assert len({one["id"] for one in made}) == 1
    await api.call(routes.DELETE_PROJECTION, projection=made[0]["id"])
    assert not await api.is_there(body["object_name"])
    again = await api.call(routes.CREATE_PROJECTION, body, data=data, key="k", expect=201)
    assert again["id"] == made[0]["id"]  # what was answered is answered, whatever became of it


@pytest.mark.parametrize(
    "fields",
    [
        {"object_name": "data-projection/none.png"},
        {"object_name": ""},
        {"object_name": "../x"},
        {"object_name": "/x"},
        {"object_name": "a//b"},
        {"object_name": "a\\b"},
        {"object_name": "\0"},
        {"object_name": "x" * 600},
        {"name": ""},
        {"name": " "},
        {"name": "a\nb"},
        {"name": "x" * 256},
        {"filename": ""},
        {"filename": "a\0"},
        {"content_type": "a\nb"},
        {"width": 0},
        {"height": -1},
        {"width": 2**31},
        {"height": 1.5},
        {"width": "7"},
        {"file_size": -1},
        {"file_size": 10**18},
        {"file_size": "x"},
        {"additional_info": []},
        {"additional_info": "x"},
        {"additional_info": {"a": "x" * 300_000}},
    ],
)
async def test_odd_fields_are_refused_and_leave_nothing(api, data, fields):
    object_name = await api.upload(b"x")
    await api.add_projection(data, **{"object_name": object_name} | fields, expect=400)
    assert (await api.call(routes.LIST_PROJECTIONS, data=data))["count"] == 0
    made = await api.add_projection(data, object_name=object_name, width=None, height=None)
    assert (made["infos"], made["size_bytes"]) == (None, 1)


async def test_a_wrong_size_is_told(api, data):
    answer = await api.add_projection(data, file_size=3, object_name=await api.upload(b"xy"), expect=400)
    assert answer["message"] == "file_size: the object has 2 bytes"


async def test_objects_and_data_of_others_are_not_there(api, data, other_world):
    await api.add_projection(data, object_name=other_world.object_name, expect=400)
    for stranger in (other_world.data, str(uuid4()), "x"):
        await api.add_projection(stranger, expect=404)
        await api.call(routes.LIST_PROJECTIONS, data=stranger, expect=404)
    for route in (routes.GET_PROJECTION, routes.GET_PROJECTION_URL, routes.DELETE_PROJECTION):
        await api.call(route, projection=other_world.projection, expect=404)
    await other_world.api.call(routes.GET_PROJECTION, projection=other_world.projection)


# Deleting


async def test_a_deleted_projection_takes_its_file_along(api, data, check_store):
    made, kept = await api.add_projection(data, "one"), await api.add_projection(data, "two")
    await api.call(routes.DELETE_PROJECTION, projection=made["id"])
    await api.call(routes.GET_PROJECTION, projection=made["id"], expect=404)
    await api.call(routes.DELETE_PROJECTION, projection=made["id"], expect=404)
    assert not await api.is_there(made["object_name"])
    assert await api.is_there(kept["object_name"])
    assert [one["id"] for one in (await api.call(routes.LIST_PROJECTIONS, data=data))["items"]] == [
        kept["id"]
    ]
    check_store()


@pytest.mark.parametrize("many", [False, True])
async def test_a_deleted_data_takes_its_projections_and_their_files_along(api, data, many, check_store):
    made = [await api.add_projection(data, name) for name in ("one", "two")]
    own = (await api.call(routes.GET_DATA, data=data))["object_name"]
    other = await api.add_projection((await api.add_data("b.png"))["id"])
    if many:
        await api.call(routes.DELETE_MANY_DATA, {"ids": [data]})
    else:
        await api.call(routes.DELETE_DATA, data=data, expect=204)
    for one in made:
        await api.call(routes.GET_PROJECTION, projection=one["id"], expect=404)
        assert not await api.is_there(one["object_name"])
    assert not await api.is_there(own)
    assert await api.is_there(other["object_name"])
    check_store()


async def test_a_file_that_is_still_used_stays(api):
    """One object as data, as projections of two data, and as a job's log: it goes with the last of them."""
    data, other = await api.add_data("a.png"), await api.add_data("b.png")
    object_name = data["object_name"]
    first = await api.add_projection(data["id"], "own", object_name=object_name)
    second = await api.add_projection(other["id"], "foreign", object_name=object_name)
    await api.call(routes.DELETE_PROJECTION, projection=first["id"])
    assert await api.is_there(object_name)
    await api.call(routes.DELETE_DATA, data=data["id"], expect=204)
    assert await api.is_there(object_name)
    again = await api.add_data("c.png", object_name=object_name)
    await api.call(routes.DELETE_PROJECTION, projection=second["id"])
    assert await api.is_there(object_name)
    await api.call(routes.DELETE_MANY_DATA, {"ids": [again["id"], other["id"]]})
    assert not await api.is_there(object_name)


async def test_an_object_of_that_name_elsewhere_keeps_nothing(api, other_api, data):
    """Names are shared out per storage: what others call the same is another object."""
    made = await api.add_projection(data)
    other = (await other_api.add_data("a.png"))["id"]
    row = other_api.org.platform.rows("SELECT seq FROM data WHERE id = ?", other)[0][0]
    other_api.org.platform.write(projection_row(row, made["object_name"]))
    await api.call(routes.DELETE_PROJECTION, projection=made["id"])
    assert not await api.is_there(made["object_name"])


def projection_row(data: int, object_name: str):
    columns = {"name": "n", "object_name": object_name, "filename": "f", "content_type": "c", "size_bytes": 1}
    yield Prepared(insertion(projection))(**new_row(data, **columns))


async def test_an_object_that_waits_to_be_deleted_makes_no_projection(api, data):
    object_name = await api.upload(b"x")
    api.org.platform.write(discarded(api.org.connector, object_name))
    answer = await api.add_projection(data, object_name=object_name, expect=400)
    assert "deleted" in answer["message"] or "not uploaded" in answer["message"]
    assert (await api.call(routes.LIST_PROJECTIONS, data=data))["count"] == 0


def discarded(connector: str, object_name: str):
    yield Prepared(insertion(garbage))(connector_id=connector, object_name=object_name, due_at=0)
