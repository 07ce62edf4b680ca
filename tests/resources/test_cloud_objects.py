from __future__ import annotations

from uuid import UUID, uuid4

import orjson
import pytest

from asyncsdk import CloudObject
from asyncsdk.errors import BadRequestError, InvalidArgumentError, JobFailedError
from asyncsdk.resources import cloud_objects


@pytest.fixture
def put(any_org, make_image):
    """A function that copies images into the workspace of the platform, past it; returns their object names."""

    def put(*names, **options):
        for number, name in enumerate(names):
            target = any_org.platform.workspace / "blobs" / "objects" / any_org.connector / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(make_image(f"put/{name}", width=number % 50 + 1, **options).read_bytes())
        return list(names)

    return put


def broken(org, name):
    path = org.platform.workspace / "blobs" / "objects" / org.connector / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no picture")


async def listed(lake):
    return [data.object_name for data in (await lake.list_data())[::-1]]


async def test_import_bucket_objects(any_client, put):
    lake = await any_client.get_datalake()
    put("park/a.png", "park/b.jpg", "street/c.png")
    job = await lake.import_bucket_objects(["park/"], tags=["night", "new"], source="gate")
    assert job.status == "PENDING"
    await job.wait(poll_s=0.002)
    assert (job.status, job.progress, job.error) == ("SUCCEEDED", 1.0, None)
    assert await listed(lake) == ["park/a.png", "park/b.jpg"]
    data = (await lake.list_data(tags="night", filenames=["b.jpg"]))[0]
    assert (data.width, data.height, data.type) == (2, 6, "IMAGE")
    assert sorted(tag.name for tag in await data.get_tags()) == ["new", "night"]
    assert (await data.get_data_source()).name == "gate"
    assert (await data.read()).startswith(b"\xff\xd8")


async def test_prefixes_of_all_and_of_none(any_client, put):
    lake = await any_client.get_datalake()
    put("a.png", "b.png")
    await lake.import_bucket_objects([], wait=True)
    assert await listed(lake) == []
    await lake.import_bucket_objects([""], wait=True)
    assert await listed(lake) == ["a.png", "b.png"]


async def test_import_cloud_objects(any_client, put):
    lake = await any_client.get_datalake()
    put("a.png", "b.png", "c.png")
    night, gate = await lake.create_data_tag("night"), await any_client.create_data_source("gate")
    job = await lake.import_cloud_objects(
        {
            "a.png": CloudObject({"reference": "R"}, {"a": [1]}, ["night", "new"], "roof"),
            "b.png": {"tags": night, "data_source": gate},
            "c.png": {},
        },
        wait=True,
    )
    assert job.status == "SUCCEEDED"
    c, b, a = [await lake.find_data(id=data.id) for data in await lake.list_data()]
    assert (a.metadata, a.custom_metadata) == ({"reference": "R"}, {"a": [1]})
    assert sorted(tag.name for tag in await a.get_tags()) == ["new", "night"]
    assert (await a.get_data_source()).name == "roof"
    assert await b.get_tags() == [night]
    assert await b.get_data_source() == gate
    assert (c.metadata, c.custom_metadata, await c.get_tags()) == (None, None, [])


async def test_what_cannot_be_imported_is_named_and_the_rest_is_there(any_client, any_org, put):
    lake = await any_client.get_datalake()
    put("a.png")
    broken(any_org, "b.png")
    job = await lake.import_cloud_objects(dict.fromkeys(["a.png", "b.png", "gone.png"], CloudObject()))
    with pytest.raises(
        JobFailedError, match=r"2 objects could not be imported, 1 were: b\.png: .*; gone\.png: "
    ):
        await job.wait(poll_s=0.002)
    assert await listed(lake) == ["a.png"]


async def test_any_number_of_objects_is_one_job(any_client, put, monkeypatch):
    monkeypatch.setattr(cloud_objects, "OBJECTS_PER_REQUEST", 2)
    lake = await any_client.get_datalake()
    names = put(*(f"{number}.png" for number in range(5)))
    job = await lake.import_cloud_objects(dict.fromkeys([*names, "gone.png"], CloudObject()))
    with pytest.raises(JobFailedError, match=r"gone\.png"):
        await job.wait(poll_s=0.002)
    assert sorted(await listed(lake)) == names


async def test_names_that_leave_the_storage(any_client):
    lake = await any_client.get_datalake()
    with pytest.raises(BadRequestError, match="not an object name"):
        await lake.import_cloud_objects({"../a.png": {}})
    with pytest.raises(BadRequestError, match="not an object name"):
        await lake.import_bucket_objects(["a/../../b"])


async def test_a_lost_answer_is_asked_for_again(strict_proxied, strict_proxy, image_names):
    lake = await strict_proxied.get_datalake()
    strict_proxy.loses_answer("POST", "/objects")
    strict_proxy.loses_answer("PATCH", "/data/bulk")
    await lake.import_cloud_objects(dict.fromkeys(image_names, CloudObject()), wait=True)
    assert await listed(lake) == image_names
    data = await lake.list_data()
    await lake.update_multiple_data({one.id: {"tags": "t"} for one in data})
    assert len(await lake.list_data(tags="t")) == 2
    assert strict_proxy.count("POST", "/objects") == strict_proxy.count("PATCH", "/data/bulk") == 2


@pytest.fixture
def image_names(strict_org, make_image):
    folder = strict_org.platform.workspace / "blobs" / "objects" / strict_org.connector
    folder.mkdir(parents=True)
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(make_image(name).read_bytes())
    return ["a.png", "b.png"]


async def test_update_multiple_data(any_client, any_org, add_rows, monkeypatch):
    monkeypatch.setattr(cloud_objects, "DATA_PER_REQUEST", 2)
    lake = await any_client.get_datalake()
    ids = add_rows(any_org, [f"{number}.png" for number in range(5)], metadata='{"reference":"R"}')
    foggy = CloudObject(metadata={"weather": "fog"}, tags="fog", data_source="gate")
    await lake.update_multiple_data(dict.fromkeys(ids[:3], foggy) | {ids[3].upper(): {}})
    found = {data.id: data for data in await lake.list_data()}
    assert [found[one].metadata for one in ids] == [*[{"weather": "fog"}] * 3, None, {"reference": "R"}]
    assert sorted((await lake.list_data(tags="fog")).ids) == sorted(ids[:3])
    assert (await found[ids[0]].get_data_source()).name == "gate"
    await lake.update_multiple_data({UUID(ids[0]): {"custom_metadata": {"a": 1}}})
    data = await lake.find_data(id=ids[0])
    assert (data.metadata, data.custom_metadata) == (None, {"a": 1})
    assert (await data.get_tags(), await data.get_data_source()) == ([], None)


async def test_unknown_data_changes_nothing(any_client, any_org, add_rows):
    lake = await any_client.get_datalake()
    (known,) = add_rows(any_org, ["a.png"])
    with pytest.raises(BadRequestError, match="1 are not data of this datalake"):
        await lake.update_multiple_data({known: {"tags": "t"}, uuid4(): {}})
    assert await lake.list_data_tags() == []


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (None, "neither a CloudObject nor a dict"),
        ("night", "neither a CloudObject nor a dict"),
        ({"tag": "night"}, "unknown tag; known are custom_metadata, data_source, metadata, tags"),
        ({1: 2}, "unknown 1;"),
        ({"tags": [1]}, "neither a tag nor the name of one"),
        ({"data_source": 5}, "neither a data source nor the name of one"),
        ({"metadata": {"a": object()}}, "metadata: .* is no JSON object"),
        ({"custom_metadata": 5}, "custom_metadata: 5 is no JSON object"),
        (CloudObject(metadata={"a": {1, 2}}), "is no JSON object"),
    ],
)
async def test_what_cannot_travel_is_refused_before_anything_is_sent(scripted, lake_of, given, what):
    client, transport = scripted([])
    lake = lake_of(client)
    with pytest.raises(InvalidArgumentError, match=what):
        await lake.import_cloud_objects({"a.png": {}, "b.png": given})
    with pytest.raises(InvalidArgumentError, match=what):
        await lake.update_multiple_data({str(uuid4()): given})
    assert transport.requests == []


@pytest.fixture
def lake_of():
    from asyncsdk.records.data import DatalakeRecord
    from asyncsdk.resources.datalake import Datalake

    return lambda client: Datalake(client._connection, DatalakeRecord(str(uuid4()), "lake", str(uuid4())))


async def test_nothing_and_odd_keys_are_refused_too(scripted, lake_of):
    client, transport = scripted([])
    lake = lake_of(client)
    one = str(uuid4())
    for call in (
        lambda: lake.import_bucket_objects(None),
        lambda: lake.import_bucket_objects([5]),
        lambda: lake.import_bucket_objects(["a"], tags=[5]),
        lambda: lake.import_bucket_objects(["a"], source=5),
        lambda: lake.import_cloud_objects({}),
        lambda: lake.import_cloud_objects(["a.png"]),
        lambda: lake.import_cloud_objects({5: {}}),
        lambda: lake.update_multiple_data({}),
        lambda: lake.update_multiple_data([one]),
        lambda: lake.update_multiple_data({"x": {}}),
        lambda: lake.update_multiple_data({one: {}, one.upper(): {}}),
    ):
        with pytest.raises(InvalidArgumentError):
            await call()
    assert transport.requests == []


async def test_all_four_fields_travel_always(scripted, lake_of, says):
    lake_id, job_id = str(uuid4()), str(uuid4())
    started = {"datalake": {"id": lake_id, "name": "lake"}, "job": {"id": job_id, "status": "PENDING"}}
    client, transport = scripted([says(started), says({})])
    lake = lake_of(client)
    await lake.import_cloud_objects({"a.png": {}})
    await lake.update_multiple_data({job_id: {"tags": ["a"]}})
    nothing = {"metadata": None, "custom_metadata": None, "tags": [], "data_source": None}
    first, second = [orjson.loads(request.body) for request in transport.requests]
    assert first == {"datalake_id": lake.id, "objects": {"a.png": nothing}}
    assert second == {"datalake_id": lake.id, "objects": {job_id: nothing | {"tags": ["a"]}}}
