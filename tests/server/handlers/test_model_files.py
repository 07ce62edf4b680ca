"""Files of model versions: made of uploaded objects, read, replaced, and deleted with their objects."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import update

from asyncsdk.server.store.schema import garbage, model_file
from asyncsdk.server.store.statements import Prepared, insertion, statement
from asyncsdk.wire import routes


@pytest.fixture
async def version(api):
    return await api.add_model_version()


async def listed(api, version):
    return (await api.call(routes.LIST_MODEL_FILES, model_version=version))["items"]


def unsigned(file):
    return {name: value for name, value in file.items() if name != "presigned_url"}


async def test_an_uploaded_object_becomes_a_file(api, version, session):
    object_name = await api.upload(b"weights of a model", "w.onnx", kind="MODEL_FILE")
    assert object_name.startswith("model-file/")
    assert object_name.endswith(".onnx")
    made = await api.add_model_file(version, object_name=object_name, filename="best w.onnx", large=True)
    fields = {"name": "weights", "filename": "best w.onnx", "object_name": object_name, "large": True}
    own = {"id": made["id"], "size_bytes": 18, "created_at": made["created_at"]}
    assert unsigned(made) == fields | own
    for read in (
        await api.call(routes.GET_MODEL_FILE, model_file=made["id"]),
        await api.call(routes.FIND_MODEL_FILE, query={"name": "weights"}, model_version=version),
        *await listed(api, version),
    ):
        assert unsigned(read) == unsigned(made)
        async with session.get(read["presigned_url"]) as response:
            assert (response.status, await response.read()) == (200, b"weights of a model")


async def test_files_are_listed_newest_first_and_found_by_name(api, version):
    other = await api.add_model_version("other")
    made = [await api.add_model_file(version, name) for name in ("one", "two", "three")]
    await api.add_model_file(other, "one")  # a name is unique within its version only
    assert [one["name"] for one in await listed(api, version)] == ["three", "two", "one"]
    found = await api.call(routes.FIND_MODEL_FILE, query={"name": "one"}, model_version=version)
    assert found["id"] == made[0]["id"]
    await api.call(routes.FIND_MODEL_FILE, query={"name": "four"}, model_version=version, expect=404)
    await api.call(routes.FIND_MODEL_FILE, model_version=version, expect=400)


async def test_a_name_is_there_once(api, version):
    body = {"name": "a", "filename": "a", "large": False, "object_name": await api.upload(b"x")}
    path = routes.CREATE_MODEL_FILE.path(model_version=version)
    answers = await asyncio.gather(*(api.send("POST", path, data=orjson.dumps(body)) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]
    assert len(await listed(api, version)) == 1


async def test_a_key_makes_one_file(api, version):
    body = {"name": "a", "filename": "a", "large": False, "object_name": await api.upload(b"x")}
    made = [
        await api.call(routes.CREATE_MODEL_FILE, body, model_version=version, key="k", expect=201)
        for _ in range(3)
    ]
    assert len({one["id"] for one in made}) == 1
    assert len(await listed(api, version)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"object_name": "model-file/none.bin"}, {"object_name": ""}, {"object_name": "../x"},
        {"object_name": "/x"}, {"object_name": "\0"}, {"object_name": "x" * 600}, {"name": ""}, {"name": " "},
        {"name": "a\nb"}, {"name": "x" * 256}, {"filename": ""}, {"filename": "a\0"}, {"large": "x"},
        {"large": None}, {"replace": "x"},
    ],
)  # fmt: skip
async def test_odd_fields_are_refused_and_leave_nothing(api, version, fields):
    object_name = await api.upload(b"x")
    await api.add_model_file(version, **{"object_name": object_name} | fields, expect=400)
    assert await listed(api, version) == []
    await api.add_model_file(version, object_name=object_name)


async def test_objects_of_others_are_not_there(api, version, other_api):
    theirs = await other_api.upload(b"x", kind="MODEL_FILE")
    await api.add_model_file(version, object_name=theirs, expect=400)
    await api.add_model_file(str(uuid4()), expect=404)


async def test_an_object_that_waits_to_be_deleted_makes_no_file(api, version):
    object_name = await api.upload(b"x")

    def discarded():
        yield Prepared(insertion(garbage))(connector_id=api.org.connector, object_name=object_name, due_at=0)

    api.org.platform.write(discarded())
    answer = await api.add_model_file(version, object_name=object_name, expect=400)
    assert "deleted" in answer["message"] or "not uploaded" in answer["message"]


async def test_a_replaced_file_makes_way_in_one_step(api, version):
    old = await api.add_model_file(version)
    other = await api.add_model_file(version, "other")
    new = await api.add_model_file(version, replace=True)
    assert [one["id"] for one in await listed(api, version)] == [new["id"], other["id"]]
    await api.call(routes.GET_MODEL_FILE, model_file=old["id"], expect=404)
    assert not await api.is_there(old["object_name"])
    same = await api.add_model_file(version, replace=True, object_name=new["object_name"])
    assert await api.is_there(new["object_name"])
    await api.add_model_file(version, "fresh", replace=True)
    await api.add_model_file(version, replace=True, filename="", expect=400)
    assert [one["name"] for one in await listed(api, version)] == ["fresh", "weights", "other"]
    assert (await api.call(routes.GET_MODEL_FILE, model_file=same["id"]))["id"] == same["id"]


async def test_a_strict_platform_replaces_nothing(strict_api):
    version = await strict_api.add_model_version()
    made = await strict_api.add_model_file(version)
    await strict_api.add_model_file(version, replace=True, expect=409)
    assert [one["id"] for one in await listed(strict_api, version)] == [made["id"]]


@pytest.mark.parametrize("what", ["file", "version"])
async def test_deleted_files_take_their_objects_along(api, version, what, check_store):
    made, kept = await api.add_model_file(version), await api.add_model_file(await api.add_model_version("b"))
    if what == "file":
        await api.call(routes.DELETE_MODEL_FILE, model_file=made["id"])
        await api.call(routes.DELETE_MODEL_FILE, model_file=made["id"], expect=404)
        assert await listed(api, version) == []
    else:
        await api.call(routes.DELETE_MODEL_VERSION, model_version=version)
        await api.call(routes.LIST_MODEL_FILES, model_version=version, expect=404)
    await api.call(routes.GET_MODEL_FILE, model_file=made["id"], expect=404)
    assert not await api.is_there(made["object_name"])
    assert await api.is_there(kept["object_name"])
    check_store()


async def test_an_object_that_is_still_used_stays(api, version, image):
    """One object as data, as files of two versions and as a thumbnail: it goes with the last of them."""
    data = await api.add_data("a.png")
    object_name = data["object_name"]
    files = [await api.add_model_file(version, name, object_name=object_name) for name in ("one", "two")]
    other = await api.add_model_version("other", thumbnail_object_name=object_name)
    await api.call(routes.DELETE_MODEL_FILE, model_file=files[0]["id"])
    assert await api.is_there(object_name)
    await api.call(routes.DELETE_DATA, data=data["id"], expect=204)
    assert await api.is_there(object_name)
    await api.call(routes.DELETE_MODEL_VERSION, model_version=version)
    assert await api.is_there(object_name)
    await api.call(routes.DELETE_MODEL_VERSION, model_version=other)
    assert not await api.is_there(object_name)


async def test_an_object_of_that_name_elsewhere_keeps_nothing(api, other_api, version):
    """Names are shared out per storage: what others call the same is another object."""
    made = await api.add_model_file(version)
    theirs = await other_api.add_model_file(await other_api.add_model_version())

    def rename():
        name = made["object_name"]
        yield statement(update(model_file).where(model_file.c.id == theirs["id"]).values(object_name=name))

    api.org.platform.write(rename())
    await api.call(routes.DELETE_MODEL_FILE, model_file=made["id"])
    assert not await api.is_there(made["object_name"])
