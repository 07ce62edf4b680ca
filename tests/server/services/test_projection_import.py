"""The job that makes projections of objects in the storage: what it makes, what it leaves out, and its steps."""

from __future__ import annotations

import asyncio

import pytest

from asyncsdk.records import codec
from asyncsdk.records.projections import ProjectionRecord
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.services import projection_import
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.server.services.job_source import StoredJobs
from asyncsdk.server.store.schema import garbage
from asyncsdk.server.store.statements import Prepared, insertion
from asyncsdk.wire import routes


async def start(api, projections):
    """Start an import; a projection is a name and an object name."""
    named = {
        home: [{"name": name, "object_name": object_name} for name, object_name in each]
        for home, each in projections.items()
    }
    body = {"datalake_id": api.org.datalake, "projections": named}
    started = await api.call(routes.IMPORT_PROJECTIONS, body)
    assert started["datalake"]["id"] == api.org.datalake
    assert started["job"]["status"] == "PENDING"
    return started["job"]["id"]


async def ended(api, job_id):
    while (job := await api.call(routes.GET_JOB_RUN, job=job_id))["status"] in {"PENDING", "RUNNING"}:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    return job


async def listed(api, data_id):
    """Name to object name of the projections of a data."""
    items = (await api.call(routes.LIST_PROJECTIONS, data=data_id))["items"]
    return {item["name"]: item["object_name"] for item in items}


async def test_objects_become_projections(api, image, check_store):
    data, other = await api.add_data("a.png"), await api.add_data("b.png")
    content = image(9, 8)
    depth, mask = await api.upload(content, "depth.png"), await api.upload(b"mask", "mask.bin", "text/plain")
    wanted = {
        data["object_name"]: [("depth", depth), ("mask", mask)],
        other["object_name"]: [("depth", depth)],
    }
    job = await ended(api, await start(api, wanted))
    assert (job["status"], job["progress"], job["error"]) == ("SUCCEEDED", 1.0, None)
    assert await listed(api, data["id"]) == {"depth": depth, "mask": mask}
    assert await listed(api, other["id"]) == {"depth": depth}
    items = (await api.call(routes.LIST_PROJECTIONS, data=data["id"]))["items"]
    records = {record.name: record for record in codec.load(items, list[ProjectionRecord])}
    assert records["depth"].size_bytes == len(content)
    assert records["mask"].content_type == "text/plain"
    assert records["mask"].filename == mask.rpartition("/")[2]
    assert (records["mask"].compute_status, records["mask"].infos) == ("DONE", None)
    async with api.session.get(records["depth"].presigned_url) as answer:
        assert await answer.read() == content
    check_store()


async def test_what_is_there_is_skipped(api):
    data = await api.add_data("a.png")
    made = await api.add_projection(data["id"], "depth")
    wanted = {data["object_name"]: [("depth", made["object_name"])] * 2}
    for _ in range(2):
        assert (await ended(api, await start(api, wanted)))["status"] == "SUCCEEDED"
    items = (await api.call(routes.LIST_PROJECTIONS, data=data["id"]))["items"]
    assert [item["id"] for item in items] == [made["id"]]


async def test_what_is_asked_for_twice_is_made_once(api):
    data, other = await api.add_data("a.png"), await api.add_data("b.png")
    mine, own = data["object_name"], other["object_name"]
    job = await ended(api, await start(api, {mine: [("depth", own), ("depth", own), ("depth", mine)]}))
    assert job["error"].endswith(
        f"1 of 3 projections could not be made: {mine}: its projection 'depth' is another object"
    )
    assert await listed(api, data["id"]) == {"depth": own}


async def test_what_cannot_be_is_named_after_all_the_rest_was_done(api, other_world):
    data, taken = await api.add_data("a.png"), await api.add_data("b.png")
    before = await api.add_projection(taken["id"], "depth")
    depth = await api.upload(b"x")
    theirs = (await other_world.api.call(routes.GET_DATA, data=other_world.data))["object_name"]
    wanted = {
        "data/none.png": [("depth", depth)],
        theirs: [("depth", depth)],
        taken["object_name"]: [("depth", depth), ("rgb", depth)],
        data["object_name"]: [("mask", "data/none.png"), ("theirs", theirs), ("depth", depth)],
    }
    job = await ended(api, await start(api, wanted))
    assert (job["status"], job["progress"]) == ("FAILED", 1.0)
    assert job["error"] == (
        "5 of 7 projections could not be made: data/none.png: the datalake has no such data; "
        f"{theirs}: the datalake has no such data; "
        f"{taken['object_name']}: its projection 'depth' is another object; "
        f"{data['object_name']}: there is no object data/none.png; "
        f"{data['object_name']}: there is no object {theirs}"
    )
    assert await listed(api, data["id"]) == {"depth": depth}
    assert await listed(api, taken["id"]) == {"depth": before["object_name"], "rgb": depth}


async def test_a_long_list_of_faults_is_cut(api):
    wanted = {f"data/{number}.png": [("depth", "a")] for number in range(projection_import.MOST_DATA)}
    job = await ended(api, await start(api, wanted))
    assert job["error"].startswith("500 of 500 projections could not be made: data/0.png: ")
    assert job["error"].endswith("data/19.png: the datalake has no such data; and 480 more")


@pytest.mark.parametrize(
    "projections",
    [
        {},
        {f"data/{number}": [] for number in range(501)},
        {"a": [{"name": "n", "object_name": "o"}] * 10_001},
        {"a": {}},
        {"a": [None]},
        {"a": [{"name": "n"}]},
        {"a": [{"object_name": "o"}]},
        {"a": [{"name": "", "object_name": "o"}]},
        {"a": [{"name": "a\nb", "object_name": "o"}]},
        {"a": [{"name": "x" * 256, "object_name": "o"}]},
        {"a": [{"name": "n", "object_name": ""}]},
        {"a": [{"name": "n", "object_name": "../x"}]},
        {"a": [{"name": "n", "object_name": "/x"}]},
        {"a": [{"name": "n", "object_name": "a/../../x"}]},
        {"a\0": []},
        {"x" * 2_000: []},
        [],
        None,
    ],
)
async def test_odd_requests_make_no_job(api, projections):
    body = {"datalake_id": api.org.datalake, "projections": projections}
    count = "SELECT count(*) FROM job"
    before = api.org.platform.rows(count)
    await api.call(routes.IMPORT_PROJECTIONS, body, expect=400)
    assert api.org.platform.rows(count) == before


async def test_the_datalake_must_be_ours_and_that_of_the_path(api, other_world):
    theirs = other_world.api.org.datalake
    body = {"datalake_id": theirs, "projections": {"a": []}}
    await api.call(routes.IMPORT_PROJECTIONS, body, expect=400)
    await api.call(routes.IMPORT_PROJECTIONS, body, datalake=theirs, expect=404)
    await api.call(routes.IMPORT_PROJECTIONS, body | {"datalake_id": "x"}, expect=400)
    assert (await ended(api, await start(api, {"a": []})))["status"] == "SUCCEEDED"


class Shelf:
    """A storage that holds what it is told, and counts how often it was asked."""

    def __init__(self, *names):
        self.names, self.broken, self.looks = set(names), set(), 0

    async def adopt(self, _connector, name, _content_type):
        self.looks += 1
        if name in self.broken:
            raise OSError("disk")
        return StoredObject(5, "e", None, "image/png") if name in self.names else None


async def test_the_job_goes_on_where_a_crash_left_it(alone, many, monkeypatch):
    monkeypatch.setattr(projection_import, "_BATCH", 2)
    ids = many.data(5, object_name=lambda number: f"data/{number}.png")
    wanted = {f"data/{number}.png": [("depth", f"depth/{number}.png")] for number in range(5)}
    job_id = await start(alone, wanted)
    shelf = Shelf(*(f"depth/{number}.png" for number in (0, 1, 2, 4)))
    store = alone.org.platform.store
    first = await StoredJobs(store, shelf).claim()
    assert await StoredJobs(store, shelf).step(first) is not None
    # The process dies here, after it has looked at the next objects but before it has made anything of them.
    alone.org.platform.write(release_jobs())
    jobs = StoredJobs(store, shelf)
    job = await jobs.claim()
    assert job["id"] == job_id
    while job is not None:
        job = await jobs.step(job)
    assert shelf.looks == 5
    for number, data_id in enumerate(ids):
        made = {} if number == 3 else {"depth": f"depth/{number}.png"}
        assert await listed(alone, data_id) == made
    seen = await alone.call(routes.GET_JOB_RUN, job=job_id)
    assert (seen["status"], seen["progress"]) == ("FAILED", 1.0)
    assert seen["error"] == "1 of 5 projections could not be made: data/3.png: there is no object depth/3.png"


async def test_an_object_that_waits_to_be_deleted_is_not_there(alone, many):
    """It was found, and its last user went before the step wrote anything."""
    (data_id,) = many.data(1, object_name="data/a.png")
    job_id = await start(alone, {"data/a.png": [("depth", "depth/a.png")]})
    store = alone.org.platform.store

    class Late(Shelf):
        async def adopt(self, connector, name, content_type):
            found = await super().adopt(connector, name, content_type)
            await asyncio.to_thread(alone.org.platform.write, discarded(connector, name))
            return found

    jobs = StoredJobs(store, Late("depth/a.png"))
    assert await jobs.step(await jobs.claim()) is None
    assert await listed(alone, data_id) == {}
    assert (await alone.call(routes.GET_JOB_RUN, job=job_id))["error"].endswith("depth/a.png is deleted")


async def test_an_object_that_cannot_be_read_does_not_stop_the_others(alone, many):
    (data_id,) = many.data(1, object_name="data/a.png")
    job_id = await start(alone, {"data/a.png": [("one", "one.png"), ("two", "two.png")]})
    shelf = Shelf("one.png", "two.png")
    shelf.broken = {"one.png"}
    jobs = StoredJobs(alone.org.platform.store, shelf)
    assert await jobs.step(await jobs.claim()) is None
    assert await listed(alone, data_id) == {"two": "two.png"}
    error = (await alone.call(routes.GET_JOB_RUN, job=job_id))["error"]
    assert error.endswith("data/a.png: object one.png cannot be read: disk")


def discarded(connector, object_name):
    yield Prepared(insertion(garbage))(connector_id=connector, object_name=object_name, due_at=0)


async def test_nobody_else_ends_the_job(alone):
    job_id = await start(alone, {"data/a.png": []})
    for route in (routes.START_JOB_RUN, routes.SUCCEED_JOB_RUN, routes.FAIL_JOB_RUN):
        await alone.call(route, job=job_id, expect=409)
