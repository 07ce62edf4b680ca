"""Data: what is known of an uploaded file, and how it is changed and deleted."""

from __future__ import annotations

import asyncio
import hashlib
from uuid import uuid4

import av
import orjson
import pytest
from PIL import Image

from asyncsdk.records import codec
from asyncsdk.records.data import DatalakeRecord, DataRecord, ImageSize
from asyncsdk.server.store.schema import garbage
from asyncsdk.wire import routes

VIDEO = {"type": "VIDEO", "content_type": "video/mp4"}


def make_video(path, width: int, height: int) -> bytes:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame(width, height, "yuv420p")))
        container.mux(stream.encode())
    return path.read_bytes()


async def test_a_data_is_created_with_everything_that_is_given(api, image):
    tag = await api.call(routes.CREATE_DATA_TAG, {"name": "night"}, expect=201)
    source = await api.call(routes.CREATE_DATA_SOURCE, {"name": "camera"}, expect=201)
    content = image(7, 5)
    object_name = await api.upload(content)
    body = {
        "object_name": object_name,
        "meta": {"width": 640.0, "height": 480},
        "metadata": {"reference": "R1", "latitude": 1.5, "own": [1, {"a": None}]},
        "custom_metadata": {"a/b": True},
        "tags": [tag["id"]],
        "data_source_id": source["id"],
    }
    made = await api.add_data("cat.png", **body)
    record = codec.load(made, DataRecord)
    assert (record.filename, record.object_name, record.type) == ("cat.png", object_name, "IMAGE")
    assert record.upload_status == "DONE"
    assert record.meta == ImageSize(640, 480)  # what the client says, the platform does not doubt
    assert record.metadata == body["metadata"]
    assert record.custom_metadata == {"a/b": True}
    assert record.size_bytes == len(content)
    assert [one.id for one in record.tags] == [tag["id"]]
    assert record.data_source.name == "camera"
    assert record.datalake_id == api.org.datalake
    read = await api.call(routes.GET_DATA, data=record.id)
    for name in made.keys() - {"presigned_url"}:
        assert read[name] == made[name], name
    async with api.session.get(read["presigned_url"]) as answer:
        assert await answer.read() == content
    stored = api.org.platform.rows("SELECT sha256 FROM data WHERE id = ?", record.id)
    assert stored == [(hashlib.sha256(content).hexdigest(),)]


async def test_the_platform_measures_where_the_client_does_not(api, image):
    made = await api.add_data(object_name=await api.upload(image(31, 17)))
    assert (made["upload_status"], made["meta"]) == ("DONE", {"width": 31, "height": 17})


async def test_an_image_on_its_side_is_measured_as_it_is_shown(api, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    object_name = await api.upload((tmp_path / "a.jpg").read_bytes(), "a.jpg", "image/jpeg")
    made = await api.add_data("a.jpg", object_name=object_name, content_type="image/jpeg")
    assert made["meta"] == {"width": 20, "height": 40}


async def test_a_video_is_measured(api, tmp_path):
    object_name = await api.upload(make_video(tmp_path / "a.mp4", 64, 48), "a.mp4", "video/mp4")
    made = await api.add_data("a.mp4", object_name=object_name, content_type="video/mp4", type="IMAGE")
    assert (made["type"], made["upload_status"]) == ("VIDEO", "DONE")
    assert made["meta"] == {"width": 64, "height": 48}


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + b"\0" * 100]
)
@pytest.mark.parametrize("kind", [{}, VIDEO])
async def test_a_file_that_cannot_be_read_is_an_error(api, content, kind):
    content_type = kind.get("content_type", "image/png")
    object_name = await api.upload(content, "a.bin", content_type)
    made = await api.add_data("a.bin", object_name=object_name, **kind)
    assert (made["upload_status"], made["meta"]) == ("ERROR", None)
    version = await api.add_version()
    await api.call(routes.ADD_ASSETS, {"data_ids": [made["id"]]}, version=version, expect=400)


async def test_an_object_must_be_uploaded_and_makes_one_data(api, check_store):
    await api.add_data(object_name="data/none.png", expect=400)
    for bad in ("", "../x", "/x", "a//b", "\0", "x" * 600):
        await api.add_data(object_name=bad, expect=400)
    body = {
        "type": "IMAGE",
        "filename": "a",
        "content_type": "image/png",
        "object_name": await api.upload(b"x"),
    }
    path = routes.CREATE_DATA.path(datalake=api.org.datalake)
    answers = await asyncio.gather(*(api.send("POST", path, data=orjson.dumps(body)) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]
    assert (await api.call(routes.LIST_DATA))["count"] == 1
    check_store()


async def test_objects_and_ids_of_another_organization_are_refused(api, other_world):
    theirs = {"object_name": other_world.object_name}
    await api.add_data(**theirs, expect=400)
    object_name = await api.upload(b"x")
    for odd in (
        {"tags": [other_world.data_tag]},
        {"tags": [other_world.asset_tag]},
        {"tags": [str(uuid4())]},
        {"tags": ["x"]},
        {"data_source_id": "x"},
    ):
        await api.add_data(object_name=object_name, **odd, expect=400)
    for source in (other_world.source, str(uuid4())):
        await api.add_data(object_name=object_name, data_source_id=source, expect=404)
    assert (await api.call(routes.LIST_DATA))["count"] == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"meta": {"width": 0, "height": 1}},
        {"meta": {"width": 1, "height": -1}},
        {"meta": {"width": 1.5, "height": 1}},
        {"meta": {"width": 2**31, "height": 1}},
        {"meta": {"width": 2**63, "height": 1}},
        {"meta": {"width": 1}},
        {"metadata": []},
        {"metadata": "x"},
        {"metadata": {"a": "x" * 300_000}},
        {"custom_metadata": {"a": "é" * 140_000}},
        {"filename": ""},
        {"filename": "a\0"},
        {"filename": "x" * 256},
        {"content_type": "a\nb"},
        {"type": "AUDIO"},
        {"tags": "x"},
        {"tags": {}},
    ],
)
async def test_odd_fields_are_refused(api, fields):
    object_name = await api.upload(b"x")
    await api.add_data(**{"object_name": object_name} | fields, expect=400)
    assert (await api.call(routes.LIST_DATA))["count"] == 0
    await api.add_data(object_name=object_name)


def nested(depth: int):
    value = 1
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize("field", ["metadata", "custom_metadata"])
async def test_metadata_is_replaced_or_cleared(world, field):
    route = {"metadata": routes.UPDATE_DATA, "custom_metadata": routes.UPDATE_CUSTOM_METADATA}[field]
    for value in (
        {"a": 1},
        {"b": [1.5, "x", {"c": None}]},
        {},
        {"é\0": "\0🐦"},
        {"a": 2**64 - 1},
        nested(250),
        None,
    ):
        answer = await world.api.call(route, {field: value}, data=world.data)
        assert answer[field] == value
        assert (await world.api.call(routes.GET_DATA, data=world.data))[field] == value
    for value in ([], "x", 1, {"a": "x" * 300_000}):
        await world.api.call(route, {field: value}, data=world.data, expect=400)
    await world.api.call(route, {}, data=world.data, expect=400)
    assert (await world.api.call(routes.GET_DATA, data=world.data))[field] is None


async def test_metadata_may_be_as_deep_as_can_be_written(world):
    for levels, status in ((254, 200), (255, 400), (900, 400), (2_000, 400)):
        body = b'{"metadata":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"
        path = routes.UPDATE_DATA.path(data=world.data)
        assert (await world.api.send("PATCH", path, data=body)).status == status


async def test_find_needs_one_criterion_and_one_match(api):
    first, second = await api.add_data("a.png"), await api.add_data("a.png")
    third = await api.add_data("b.png", tags=[])
    for query in (
        {"id": third["id"]},
        {"filename": "b.png"},
        {"object_name": third["object_name"]},
        {"filename": "b.png", "id": third["id"], "types": "IMAGE", "upload_statuses": ["DONE", "ERROR"]},
    ):
        found = await api.call(routes.FIND_DATA, query=query)
        assert (found["id"], found["tags"], found["data_source"]) == (third["id"], [], None)
    for query in (
        {"id": str(uuid4())},
        {"filename": "A.png"},
        {"object_name": "x"},
        {"filename": "b.png", "id": first["id"]},
        {"filename": "b.png", "types": "VIDEO"},
        {"filename": "b.png", "upload_statuses": "ERROR"},
    ):
        await api.call(routes.FIND_DATA, query=query, expect=404)
    for query in ({}, {"types": "IMAGE"}, {"id": "x"}, {"filename": "b.png", "types": "CAR"}):
        await api.call(routes.FIND_DATA, query=query, expect=400)
    answer = await api.call(routes.FIND_DATA, query={"filename": "a.png"}, expect=400)
    assert "several" in answer["message"]
    assert (await api.call(routes.FIND_DATA, query={"id": second["id"]}))["id"] == second["id"]


async def test_a_deleted_data_takes_its_assets_and_its_file_along(world, platform, check_store):
    call = world.api.call
    url = (await call(routes.GET_DATA_URL, data=world.data))["presigned_url"]
    await call(routes.DELETE_DATA, data=world.data, expect=204)
    for route, variables in (
        (routes.GET_DATA, {"data": world.data}),
        (routes.GET_ASSET, {"asset": world.asset}),
    ):
        await call(route, expect=404, **variables)
    await call(routes.DELETE_DATA, data=world.data, expect=404)
    assert (await call(routes.LIST_ASSETS, version=world.version))["count"] == 0
    assert (await call(routes.LIST_DATA))["count"] == 1
    while platform.rows("SELECT seq FROM garbage WHERE object_name = ?", world.object_name):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    async with world.api.session.get(url) as answer:
        assert answer.status == 404
    assert platform.rows(
        "SELECT count(*) FROM data_tag LEFT JOIN data ON data.seq = target WHERE data.seq IS NULL"
    ) == [(0,)]
    check_store()


async def test_many_data_are_deleted_and_others_ids_skipped(world, other_world, check_store):
    ids = [world.data, world.spare_data, other_world.data, world.asset, str(uuid4()), world.data]
    assert (await world.api.call(routes.DELETE_MANY_DATA, {"ids": ids}))["count"] == 2
    assert (await world.api.call(routes.LIST_DATA))["count"] == 0
    assert (await other_world.api.call(routes.LIST_DATA))["count"] == 2
    for body in ({"ids": ["x"]}, {"ids": "x"}, {}, {"ids": {}}):
        await world.api.call(routes.DELETE_MANY_DATA, body, expect=400)
    assert (await world.api.call(routes.DELETE_MANY_DATA, {"ids": []}))["count"] == 0
    check_store()


async def test_an_object_that_waits_to_be_deleted_makes_no_data(api):
    """Else the cleaner would take the file of the new data."""
    object_name = await api.upload(b"x")
    api.org.platform.write(discarded(api.org.connector, object_name))
    await api.add_data(object_name=object_name, expect=400)
    assert (await api.call(routes.LIST_DATA))["count"] == 0


def discarded(connector: str, object_name: str):
    from sqlalchemy import insert, literal

    from asyncsdk.server.store.statements import statement

    yield statement(insert(garbage).values(connector_id=literal(connector), object_name=literal(object_name)))


async def test_a_datalake_is_found_by_name_id_or_as_the_default(api, other_api):
    default = codec.load(await api.call(routes.GET_DEFAULT_DATALAKE), DatalakeRecord)
    assert (default.id, default.name, default.connector_id) == (
        api.org.datalake,
        "default",
        api.org.connector,
    )
    for query in ({"id": default.id}, {"name": "default"}, {"name": "default", "id": default.id}):
        assert (await api.call(routes.GET_DEFAULT_DATALAKE, query=query))["id"] == default.id
    for query in ({"name": "other"}, {"id": other_api.org.datalake}):
        await api.call(routes.GET_DEFAULT_DATALAKE, query=query, expect=404)
    assert [lake["id"] for lake in (await api.call(routes.LIST_DATALAKES))["items"]] == [default.id]
