"""Objects in the storage become data: in steps, each of which can be the last before a crash."""

from __future__ import annotations

import asyncio
import io
import shutil

import attrs
import pytest
from PIL import Image

from asyncsdk.errors import ServerError
from asyncsdk.server.blobs.local import LocalBlobs
from asyncsdk.server.services import job_source, object_import_step, object_looks
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.server.services.job_source import StoredJobs
from asyncsdk.wire import routes

NOTHING = {"metadata": None, "custom_metadata": None, "tags": [], "data_source": None}


@pytest.fixture
def folder(alone):
    """The folder of the workspace that files are copied to."""
    path = alone.org.platform.workspace / "blobs" / "objects" / alone.org.connector
    path.mkdir(parents=True)
    return path


@pytest.fixture
def put(folder, image):
    """A function that copies files into the folder of the workspace."""

    def put(*names, content=None):
        for number, name in enumerate(names):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(image(number % 50 + 1, 5) if content is None else content)

    return put


@pytest.fixture
def start(alone):
    """A function that starts an import and returns the job's id."""

    async def start(*prefixes, expect=200, **fields):
        body = {"datalake_id": alone.org.datalake} | fields
        if "objects" not in body:
            body = {"prefixes": prefixes, "tag_ids": []} | body
        answer = await alone.call(routes.IMPORT_OBJECTS, body, expect=expect)
        return answer["job"]["id"] if expect == 200 else answer["message"]

    return start


@pytest.fixture
def finish(alone, new_jobs):
    """A function that takes the steps of all jobs and returns the one of an id."""

    async def finish(job_id):
        jobs = new_jobs()
        while (job := await jobs.claim()) is not None:
            while job is not None:
                job = await jobs.step(job)
        return await alone.call(routes.GET_JOB_RUN, job=job_id)

    return finish


async def names(api) -> list[str]:
    return [item["object_name"] for item in (await every(api))[::-1]]


async def every(api):
    return (await api.call(routes.FILTER_DATA, {}))["items"]


def log(api, job_id) -> list[str]:
    rows = api.org.platform.rows(
        "SELECT line FROM job_log JOIN job ON job.seq = job WHERE job.id = ? ORDER BY job_log.seq", job_id
    )
    return [line for (line,) in rows]


async def test_files_of_the_workspace_become_data(alone, put, start, finish, image):
    put("park/a.png", content=image(9, 7))
    put("park/deep/b.jpg", content=jpeg())
    put("street/c.png", "parking.png")
    tag = (await alone.call(routes.CREATE_DATA_TAG, {"name": "night"}, expect=201))["id"]
    source = (await alone.call(routes.CREATE_DATA_SOURCE, {"name": "gate"}, expect=201))["id"]
    job_id = await start("park/", tag_ids=[tag], data_source_id=source)
    job = await finish(job_id)
    assert (job["status"], job["progress"], job["error"]) == ("SUCCEEDED", 1.0, None)
    assert await names(alone) == ["park/a.png", "park/deep/b.jpg"]
    second, first = await every(alone)
    assert (first["filename"], first["type"], first["content_type"]) == ("a.png", "IMAGE", "image/png")
    assert (first["meta"], first["upload_status"]) == ({"width": 9, "height": 7}, "DONE")
    assert first["metadata"] is None
    assert (second["content_type"], second["meta"]) == ("image/jpeg", {"width": 3, "height": 4})
    assert second["metadata"] == {"manufacturer": "Lens & Co"}
    for item in (first, second):
        whole = await alone.call(routes.GET_DATA, data=item["id"])
        assert [each["name"] for each in whole["tags"]] == ["night"]
        assert whole["data_source"]["name"] == "gate"
        async with alone.session.get(whole["presigned_url"]) as response:
            assert response.status == 200
    assert log(alone, job_id) == []


def jpeg() -> bytes:
    """An image that a camera has turned and described."""
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010F] = 6, "Lens & Co"
    Image.new("RGB", (4, 3)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


async def test_uploaded_objects_become_data_whatever_their_names_are(alone, start, finish, image):
    plain = await alone.upload(image(4, 3), "without extension", "image/png")
    odd = await alone.upload(image(4, 3), "a.png", "application/octet-stream")
    known = (await alone.add_data("known.png"))["object_name"]
    job = await finish(await start("data/"))
    assert job["status"] == "SUCCEEDED"
    assert await names(alone) == [known, plain, odd]
    assert [item["content_type"] for item in await every(alone)] == ["image/png"] * 3


@pytest.mark.parametrize(
    ("prefixes", "wanted"),
    [
        ([], []),
        ([""], ["a.png", "ab/c.png", "b.png"]),
        (["a"], ["a.png", "ab/c.png"]),
        (["b", "a", "a.png", "ab/"], ["a.png", "ab/c.png", "b.png"]),
        (["b.png", "nothing/"], ["b.png"]),
        (["none"], []),
    ],
)
async def test_prefixes_may_overlap_or_match_nothing(alone, put, start, finish, prefixes, wanted):
    put("a.png", "ab/c.png", "b.png")
    job = await finish(await start(*prefixes))
    assert (job["status"], job["progress"]) == ("SUCCEEDED", 1.0)
    assert await names(alone) == wanted


async def test_objects_by_name_with_all_that_belongs_to_them(alone, put, start, finish):
    put("a.png", "b.png", "c.png")
    await alone.call(routes.CREATE_DATA_TAG, {"name": "old"}, expect=201)
    await alone.call(routes.CREATE_DATA_SOURCE, {"name": "gate"}, expect=201)
    objects = {
        "b.png": NOTHING,
        "a.png": {
            "metadata": {"reference": "R1"},
            "custom_metadata": {"a": [1, {"b": None}]},
            "tags": ["new", "old", "new"],
            "data_source": "gate",
        },
        "c.png": NOTHING | {"tags": ["new"], "data_source": "roof"},
    }
    assert (await finish(await start(objects=objects)))["status"] == "SUCCEEDED"
    c, b, a = [await alone.call(routes.GET_DATA, data=item["id"]) for item in await every(alone)]
    assert (a["metadata"], a["custom_metadata"]) == ({"reference": "R1"}, {"a": [1, {"b": None}]})
    assert sorted(tag["name"] for tag in a["tags"]) == ["new", "old"]
    assert a["data_source"]["name"] == "gate"
    assert (b["metadata"], b["custom_metadata"], b["tags"], b["data_source"]) == (None, None, [], None)
    assert ([tag["name"] for tag in c["tags"]], c["data_source"]["name"]) == (["new"], "roof")
    assert len((await alone.call(routes.LIST_DATA_TAGS))["items"]) == 2
    assert len((await alone.call(routes.LIST_DATA_SOURCES))["items"]) == 2


async def test_what_is_data_already_is_left_as_it_is(alone, put, start, finish):
    put("a.png", "b.png")
    await finish(await start("a"))
    before = await every(alone)
    job = await finish(await start(objects={"a.png": NOTHING | {"tags": ["x"]}, "b.png": NOTHING}))
    assert job["status"] == "SUCCEEDED"
    assert await names(alone) == ["a.png", "b.png"]
    assert without_url((await every(alone))[1]) == without_url(before[0])
    assert (await finish(await start("")))["status"] == "SUCCEEDED"
    assert await names(alone) == ["a.png", "b.png"]


def without_url(item):
    return {name: value for name, value in item.items() if name != "presigned_url"}


async def test_what_cannot_be_imported_is_named_after_all_the_rest(alone, put, start, finish):
    put("a.png", "z.png")
    put("broken.png", "broken.mp4", content=b"no picture")
    put("notes.txt", content=b"text")
    objects = dict.fromkeys(
        ["a.png", "broken.png", "broken.mp4", "missing.png", "notes.txt", "z.png"], NOTHING
    )
    job_id = await start(objects=objects)
    job = await finish(job_id)
    assert (job["status"], job["progress"]) == ("FAILED", 1.0)
    assert await names(alone) == ["a.png", "z.png"]
    faults = [
        "broken.mp4: it cannot be read as video/mp4",
        "broken.png: it cannot be read as image/png",
        "missing.png: there is no such object, or it has changed since it was stored",
        "notes.txt: it is neither an image nor a video",
    ]
    assert job["error"] == f"4 objects could not be imported, 2 were: {'; '.join(faults)}"
    assert log(alone, job_id) == [f"failed: {fault}" for fault in faults]


async def test_below_a_prefix_other_files_are_passed_over_and_odd_ones_named(
    alone, put, start, finish, folder
):
    put("a.png", "line\nbreak.png")
    put("broken.png", "data.json", "labels", content=b"{}")
    (folder / "link.png").symlink_to(folder / "a.png")
    job_id = await start("")
    job = await finish(job_id)
    assert job["status"] == "FAILED"
    assert job["error"].startswith("3 objects could not be imported, 1 were: broken.png: it cannot be read")
    assert "line\\nbreak.png: not an object name: character '\\n' at 4 is not allowed" in job["error"]
    assert "link.png: neither a file nor a folder" in job["error"]
    assert await names(alone) == ["a.png"]
    lines = log(alone, job_id)
    assert lines[:2] == [
        f"passed over: {name}: it is neither an image nor a video" for name in ("data.json", "labels")
    ]
    assert len(lines) == 5


async def test_a_file_that_the_disk_does_not_give_is_named(alone, put, start, finish, monkeypatch):
    put("a.png", "b.png")
    adopt = LocalBlobs.adopt

    async def failing(self, connector, key, content_type):
        if key == "a.png":
            raise ServerError("the object storage failed: Input/output error", status=500)
        return await adopt(self, connector, key, content_type)

    monkeypatch.setattr(LocalBlobs, "adopt", failing)
    job = await finish(await start(""))
    assert job["status"] == "FAILED"
    assert "a.png: it cannot be read: the object storage failed: Input/output error" in job["error"]
    assert await names(alone) == ["b.png"]


async def test_many_faults_are_counted(alone, put, start, finish, monkeypatch):
    monkeypatch.setattr(object_import_step, "_NAMED_FAULTS", 2)
    monkeypatch.setattr(object_looks, "_BATCH", 2)
    put("a.png", "b.png", "c.png", "d.png", "e.png", content=b"")
    job_id = await start("")
    job = await finish(job_id)
    assert job["error"].startswith("5 objects could not be imported, 0 were: a.png: ")
    assert job["error"].endswith("; and 3 more")
    assert len(log(alone, job_id)) == 5


async def test_files_of_the_platform_itself_are_no_data(alone, put, start, finish, image):
    await alone.add_data("a.png")
    for kind in ("DATA_PROJECTION", "CAMPAIGN_FILE", "MODEL_THUMB"):
        body = {"filename": "x.png", "type": kind}
        put((await alone.call(routes.GENERATE_OBJECT_NAME, body))["object_name"])
    put("views/depth.png", "data-projection/mine.png")
    data = (await every(alone))[0]
    fields = {"object_name": "views/view.png"}
    await upload_as(alone, fields["object_name"], image(3, 3))
    await alone.add_projection(data["id"], **fields)
    assert (await finish(await start("")))["status"] == "SUCCEEDED"
    assert await names(alone) == [data["object_name"], "data-projection/mine.png", "views/depth.png"]
    # Asked for by its name, it is what was meant.
    await finish(await start(objects={"views/view.png": NOTHING}))
    assert "views/view.png" in await names(alone)


async def upload_as(api, object_name, content):
    wanted = {"object_name": object_name, "content_type": "image/png"}
    target = (await api.call(routes.PRESIGN_UPLOAD, wanted))["presigned_url_data"]
    form = api_form(target["fields"], content, object_name)
    async with api.session.post(target["url"], data=form) as response:
        assert response.status < 400


def api_form(fields, content, object_name):
    import aiohttp

    form = aiohttp.FormData(fields)
    form.add_field("file", content, filename=object_name)
    return form


async def test_objects_that_wait_to_be_deleted_are_none(alone, put, start, finish, monkeypatch):
    put("a.png", "b.png")
    await finish(await start(""))
    monkeypatch.setattr("asyncsdk.server.cleaner.Cleaner.clean", lambda _self: asyncio.sleep(0))
    await alone.call(routes.DELETE_DATA, data=(await every(alone))[1]["id"], expect=204)
    assert (await finish(await start("")))["status"] == "SUCCEEDED"
    job = await finish(await start(objects={"a.png": NOTHING}))
    assert job["error"] == "1 objects could not be imported, 0 were: a.png: it was deleted"
    assert await names(alone) == ["b.png"]


# Steps


async def test_a_job_goes_on_where_a_crash_left_it(alone, put, start, new_jobs, monkeypatch):
    monkeypatch.setattr(object_looks, "_BATCH", 3)
    every_name = [f"{number:02}.png" for number in range(10)]
    put(*every_name, "more/a.png", "more/b.png")
    job_id = await start("0", "more/", "none/")
    seen = []
    for _ in range(10):
        jobs = new_jobs()
        job = await jobs.claim()
        if job is None:
            break
        assert job["attempt"] == 1
        await jobs.step(job)
        seen.append(len(await names(alone)))
        alone.org.platform.write(release_jobs())  # the process dies, the next one starts
    assert seen == [3, 6, 9, 12, 12]
    assert await names(alone) == [*every_name, "more/a.png", "more/b.png"]
    assert (await alone.call(routes.GET_JOB_RUN, job=job_id))["status"] == "SUCCEEDED"


async def test_a_crash_between_the_look_and_the_transaction_makes_nothing_twice(
    alone, put, start, new_jobs, finish, monkeypatch
):
    put("a.png", "b.png")
    job_id = await start("")
    killed = new_jobs()
    job = await killed.claim()
    work = await object_import_step.prepare_import_step(job, killed.store, killed.blobs)
    work.close()  # the process dies: what was adopted stays adopted
    alone.org.platform.write(release_jobs())
    assert (await finish(job_id))["status"] == "SUCCEEDED"
    assert await names(alone) == ["a.png", "b.png"]


async def test_an_object_that_becomes_data_meanwhile_is_passed_over(alone, start, new_jobs, image):
    name = await alone.upload(image(3, 3))
    await start("data/")
    jobs = new_jobs()
    job = await jobs.claim()
    work = await object_import_step.prepare_import_step(job, jobs.store, jobs.blobs)
    await alone.add_data("mine.png", object_name=name)
    step = await jobs.store.write(work)
    assert (step.done, step.error) == (True, None)
    assert [item["filename"] for item in await every(alone)] == ["mine.png"]


async def test_tags_and_sources_that_were_deleted_since_are_left_out(alone, put, start, finish):
    put("a.png")
    tags = [
        (await alone.call(routes.CREATE_DATA_TAG, {"name": name}, expect=201))["id"]
        for name in ("gone", "kept")
    ]
    source = (await alone.call(routes.CREATE_DATA_SOURCE, {"name": "gate"}, expect=201))["id"]
    job_id = await start("", tag_ids=tags, data_source_id=source)
    await alone.call(routes.DELETE_TAG, tag=tags[0])
    await alone.call(routes.DELETE_DATA_SOURCE, source=source)
    assert (await finish(job_id))["status"] == "SUCCEEDED"
    data = await alone.call(routes.GET_DATA, data=(await every(alone))[0]["id"])
    assert ([tag["name"] for tag in data["tags"]], data["data_source"]) == (["kept"], None)


async def test_the_schema_of_custom_metadata_holds_here_too(alone, put, start, finish):
    put("a.png", "b.png")
    key = {"input_type": "INTEGER", "required": True}
    good = NOTHING | {"custom_metadata": {"height": 4}}
    job_id = await start(objects={"a.png": good, "b.png": NOTHING})
    await alone.call(routes.SET_CUSTOM_METADATA_KEY, key, metadata_key="height")
    job = await finish(job_id)
    assert (
        job["error"] == "1 objects could not be imported, 1 were: b.png: custom_metadata: 'height': required"
    )
    assert await names(alone) == ["a.png"]
    assert "'b.png': custom_metadata: 'height': required" in await start(
        objects={"b.png": NOTHING}, expect=400
    )
    assert "'height': required" in await start("b", expect=400)


async def test_a_long_look_keeps_the_job_for_its_worker(alone, put, start, new_jobs, monkeypatch):
    put("a.png")
    monkeypatch.setattr(job_source, "LEASE_US", 100_000)
    job_id = await start("")
    slow, other = new_jobs(), new_jobs()
    adopt, looked = LocalBlobs.adopt, asyncio.Event()

    async def wait(self, *given):
        await looked.wait()
        return await adopt(self, *given)

    monkeypatch.setattr(LocalBlobs, "adopt", wait)
    job = await slow.claim()
    step = asyncio.ensure_future(slow.step(job))
    lease = "SELECT lease_until FROM job WHERE id = ?"
    renewed = {job["lease_until"]}
    while len(renewed) < 6:
        assert await other.claim() is None
        renewed |= {alone.org.platform.rows(lease, job_id)[0][0]}
    looked.set()
    assert await step is None
    assert (await alone.call(routes.GET_JOB_RUN, job=job_id))["status"] == "SUCCEEDED"


async def test_a_worker_that_stops_in_the_middle_of_a_look_leaves_no_task(
    alone, put, start, new_jobs, monkeypatch
):
    put("a.png")
    await start("")
    jobs, looking, ended = new_jobs(), asyncio.Event(), []

    async def wait(self, *given):
        looking.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    monkeypatch.setattr(LocalBlobs, "adopt", wait)
    step = asyncio.ensure_future(jobs.step(await jobs.claim()))
    await looking.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    assert ended == [True]


async def test_a_worker_without_a_storage_leaves_such_jobs_alone(alone, put, start):
    put("a.png")
    await start("")
    assert await StoredJobs(alone.org.platform.store).claim() is None


async def test_a_started_platform_goes_on_with_what_is_left(platforms, tmp_path, alone, put, start, new_jobs):
    put("a.png", "b.png")
    job_id = await start("")
    await new_jobs().claim()
    copy = tmp_path / "copy"
    shutil.copytree(alone.org.platform.workspace, copy)  # as the disk of a killed process
    with platforms(copy) as platform:
        again = attrs.evolve(alone, org=attrs.evolve(alone.org, host=platform.url, token=platform.token))
        while (job := await again.call(routes.GET_JOB_RUN, job=job_id))["status"] != "SUCCEEDED":
            assert job["error"] is None
            await asyncio.sleep(0.005)
        assert await names(again) == ["a.png", "b.png"]
