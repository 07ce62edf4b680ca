from __future__ import annotations

import asyncio
from itertools import chain
from uuid import uuid4

import anyio
import orjson
import pytest
from sqlalchemy import select

import asyncsdk
from asyncsdk.errors import (
    BadRequestError,
    DeadlineError,
    InvalidArgumentError,
    JobFailedError,
    MissingFileError,
    NotFoundError,
    OutcomeUnknownError,
    ProtocolError,
)
from asyncsdk.records.data import DataRecord
from asyncsdk.records.jobs import JobRecord
from asyncsdk.resources.job import Job
from asyncsdk.resources.job_waiting import joint_status
from asyncsdk.server.services.asset_adding import ADD_ASSETS
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.store.schema import dataset as dataset_table
from asyncsdk.server.store.schema import dataset_version, organization
from asyncsdk.server.store.statements import statement


def job_of(client, *statuses, generation=1, **facts):
    records = [JobRecord(str(number), status, **facts) for number, status in enumerate(statuses)]
    return Job(client._connection, records, generation=generation)


def plays(says, *statuses, **facts):
    left = list(statuses)
    return lambda _: says({"id": "0", "status": left.pop(0), **facts})


# Waiting


@pytest.mark.parametrize(
    ("generation", "statuses", "path"),
    [
        (1, ["RUNNING", "RUNNING", "SUCCESS"], "/api/job/0"),
        (2, ["PENDING", "QUEUED", "RUNNING", "SUCCEEDED"], "/api/v2/job/0"),
    ],
)
async def test_it_waits_until_the_job_has_succeeded(scripted, says, generation, statuses, path):
    client, transport = scripted(plays(says, *statuses[1:]))
    job = job_of(client, statuses[0], generation=generation)
    await job.wait(poll_s=0.001)
    assert job.status == statuses[-1]
    assert [request.path for request in transport.requests] == [path] * (len(statuses) - 1)
    await job.wait()
    assert len(transport.requests) == len(statuses) - 1


@pytest.mark.parametrize(
    ("generation", "status"), [(1, "FAILED"), (1, "TERMINATED"), (2, "FAILED"), (2, "KILLED")]
)
async def test_a_job_that_ends_badly_raises_with_its_own_error(scripted, says, generation, status):
    client, _ = scripted(plays(says, status, error="the disk is full"))
    job = job_of(client, "RUNNING", generation=generation)
    with pytest.raises(JobFailedError, match=f"ended as {status}: the disk is full") as caught:
        await job.wait(poll_s=0.001)
    assert (caught.value.job_id, caught.value.status) == (job.id, status)
    assert job.error == "the disk is full"


async def test_a_platform_that_gives_no_reason(scripted, says):
    client, _ = scripted(plays(says, "FAILED"))
    with pytest.raises(JobFailedError, match="the platform gives no reason"):
        await job_of(client, "RUNNING").wait(poll_s=0.001)


async def test_the_deadline_of_a_wait(scripted, says):
    client, _ = scripted(lambda _: says({"id": "0", "status": "RUNNING"}))
    job = job_of(client, "RUNNING")
    with pytest.raises(DeadlineError, match=r"still RUNNING after 0\.02 s") as caught:
        await job.wait(timeout_s=0.02, poll_s=0.001)
    assert isinstance(caught.value, TimeoutError)


async def test_a_platform_that_does_not_answer_is_not_taken_for_a_long_job(scripted):
    client, _ = scripted([DeadlineError("GET /api/job/{job}: no whole answer in time")])
    with pytest.raises(DeadlineError, match="no whole answer in time"):
        await job_of(client, "RUNNING").wait(poll_s=0.001)


async def test_a_wait_can_be_given_up_from_outside(scripted, says):
    client, _ = scripted(lambda _: says({"id": "0", "status": "RUNNING"}))
    with pytest.raises(TimeoutError), anyio.fail_after(0.02):
        await job_of(client, "RUNNING").wait(poll_s=0.001)


async def test_an_unknown_status_is_told(scripted, says):
    client, _ = scripted(plays(says, "SLEEPING"))
    with pytest.raises(ProtocolError, match="unknown status 'SLEEPING'"):
        await job_of(client, "RUNNING").wait(poll_s=0.001)


# Several jobs as one


@pytest.mark.parametrize(
    ("statuses", "joint"),
    [
        (["SUCCESS", "SUCCESS"], "SUCCESS"),
        (["SUCCESS", "RUNNING", "SUCCESS"], "RUNNING"),
        (["SUCCESS", "RUNNING", "FAILED"], "FAILED"),
        (["TERMINATED", "RUNNING"], "TERMINATED"),
    ],
)
def test_a_failure_first_then_what_is_not_done(statuses, joint):
    records = [JobRecord(str(number), status) for number, status in enumerate(statuses)]
    assert joint_status(records, 1).value == joint


async def test_progress_and_error_of_several(scripted):
    client, _ = scripted([])
    both = [JobRecord("0", "SUCCESS", progress=1.0), JobRecord("1", "FAILED", progress=0.5, error="oh")]
    job = Job(client._connection, both, generation=1)
    assert (job.progress, job.error) == (0.75, "oh")
    assert job_of(client, "SUCCESS", "RUNNING").progress is None
    assert repr(job) == "<Job 'FAILED' 1>"


async def test_it_waits_for_all_of_several(scripted, says):
    left = {"0": ["SUCCESS"] * 3, "1": ["RUNNING", "RUNNING", "SUCCESS"]}

    def play(request):
        number = request.path[-1]
        return says({"id": number, "status": left[number].pop(0)})

    client, _ = scripted(play)
    job = job_of(client, "RUNNING", "RUNNING")
    await job.wait(poll_s=0.001)
    assert left == {"0": [], "1": []}


# Adding data


@pytest.mark.seed("add_data", "data", "return")
async def test_adding_data_gives_a_job_at_once(any_client, images):
    lake = await any_client.get_datalake()
    data = await lake.upload_data(images)
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    job = await version.add_data(data)
    assert isinstance(job, Job)
    await job.wait()
    assert job.status == "SUCCESS"
    assert {asset.data_id for asset in await version.list_assets()} == set(data.ids)
    await job.refresh()
    assert (await version.add_data(data[0], wait=True)).status == "SUCCESS"
    assert (await version.add_data([data[1], data[1]], wait=True)).status == "SUCCESS"
    assert len(assets := await version.list_assets()) == 6
    assert [tag for asset in assets for tag in await asset.get_tags()] == []


async def test_wait_returns_when_the_assets_are_there(any_client, images):
    lake = await any_client.get_datalake()
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    job = await version.add_data(await lake.upload_data(images[:1]), wait=True)
    assert job.status == "SUCCESS"
    assert len(await version.list_assets()) == 1


@pytest.mark.seed("add_data", "tags")
async def test_tags_by_name_and_by_object(any_client, images):
    lake = await any_client.get_datalake()
    data = await lake.upload_data(images[:1], tags=["from-the-lake"])
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    dog, foreign = await version.create_asset_tag("dog"), await lake.get_data_tag("from-the-lake")
    await version.add_data(data, tags=[dog, "night", foreign, "night"], wait=True)
    asset = (await version.list_assets())[0]
    assert sorted(tag.name for tag in await asset.get_tags()) == ["dog", "from-the-lake", "night"]
    assert {tag.target_type.value for tag in await asset.get_tags()} == {"ASSET"}


@pytest.mark.parametrize("wrong", [[], ["an id"], [None], None, "an id", 5])
async def test_what_is_no_data_is_refused_before_any_request(scripted, wrong):
    client, transport = scripted([])
    version = asyncsdk.DatasetVersion(client._connection, JobRecord("v", ""))
    with pytest.raises(InvalidArgumentError, match="data"):
        await version.add_data(wrong)
    assert transport.requests == []


async def test_more_than_ten_thousand_data_go_in_several_requests(scripted, says):
    def play(request):
        number = sum(sent.route.startswith("POST") for sent in transport.requests)
        if request.route.startswith("POST"):
            return says({"job": {"id": str(number), "status": "RUNNING"}})
        return says({"id": request.path[-1], "status": "SUCCESS"})

    client, transport = scripted(play)
    version = asyncsdk.DatasetVersion(client._connection, JobRecord("v", ""))
    records = [DataRecord(str(number), "o", "f", "IMAGE", "image/png", "DONE") for number in range(25_000)]
    data = asyncsdk.MultiData(client._connection, records, "lake")
    job = await version.add_data(one for one in data)
    sent = [orjson.loads(request.body)["data_ids"] for request in transport.requests]
    assert [len(ids) for ids in sent] == [10_000, 10_000, 5_000]
    assert list(chain.from_iterable(sent)) == data.ids
    assert job.status == "RUNNING"
    await job.wait(poll_s=0.001)
    assert [request.path for request in transport.requests[3:]] == ["/api/job/1", "/api/job/2", "/api/job/3"]


async def test_the_jobs_own_error_comes_from_the_platform(client, org, images):
    data = await (await client.get_datalake()).upload_data(images[:1])
    dataset = await client.create_dataset("birds")
    version, other = await dataset.create_version("v1"), await dataset.create_version("v2")
    await version.lock()

    def add_late():
        """A job that was accepted before the version was locked."""
        table = dataset_version.join(dataset_table).join(organization)
        found = select(dataset_version.c.seq.label("version"), organization.c.seq.label("organization"))
        row = (yield statement(found.select_from(table).where(dataset_version.c.id == version.id)))[0]
        payload = {"version": row["version"], "data_ids": data.ids, "tags": []}
        return (yield from add_job(NewJob(generation=1, kind=ADD_ASSETS, payload=payload, **row)))

    made = org.platform.write(add_late())
    job = Job(client._connection, [JobRecord(made["id"], made["status"])], generation=1)
    await other.add_data(data)  # wakes whoever does the jobs
    with pytest.raises(JobFailedError, match=r"ended as FAILED: .*'v1' was locked before all data was added"):
        await job.wait(poll_s=0.001)


async def test_a_lost_answer_does_not_add_twice(proxied, proxy, images):
    data = await (await proxied.get_datalake()).upload_data(images[:2])
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    proxy.loses_answer("POST", "/assets")
    job = await version.add_data(data, wait=True)
    assert len(await version.list_assets()) == 2
    posts = proxy.of("POST", "/assets")
    assert len(posts) == 2
    assert posts[0].headers["Idempotency-Key"] == posts[1].headers["Idempotency-Key"]
    assert job.status == "SUCCESS"


async def test_without_keys_a_lost_answer_is_an_unknown_outcome(strict_proxied, strict_proxy, images):
    data = await (await strict_proxied.get_datalake()).upload_data(images[:2])
    version = await (await strict_proxied.create_dataset("birds")).create_version("v1")
    strict_proxy.loses_answer("POST", "/assets")
    with pytest.raises(OutcomeUnknownError):
        await version.add_data(data)
    assert strict_proxy.count("POST", "/assets") == 1


# Jobs of the second generation


async def test_a_job_of_the_second_generation_by_id(any_client, any_org):
    def work():
        home = yield statement(select(organization.c.seq).where(organization.c.id == any_org.id))
        return (
            yield from add_job(
                NewJob(organization=home[0]["seq"], generation=2, kind="elsewhere", payload={})
            )
        )

    made = any_org.platform.write(work())
    job = await any_client.get_job_by_id(made["id"])
    assert job.status == "PENDING"
    waiting = asyncio.create_task(job.wait(poll_s=0.001))
    for step in ("running", "succeed"):
        await any_client.request("POST", f"/api/v2/job/{job.id}/{step}")
    await waiting
    assert job.status == "SUCCEEDED"
    with pytest.raises(NotFoundError):
        await any_client.get_job_by_id(uuid4())


# The log


@pytest.fixture
async def foreign_job(any_client, any_org):
    """A job that runs elsewhere."""

    def work():
        home = (yield statement(select(organization.c.seq).where(organization.c.id == any_org.id)))[0]["seq"]
        return (yield from add_job(NewJob(organization=home, generation=2, kind="elsewhere", payload={})))

    return await any_client.get_job_by_id(any_org.platform.write(work())["id"])


async def test_a_log_file_is_stored_and_replaced(foreign_job, any_org, tmp_path):
    path = tmp_path / "train.log"
    names = []
    for content in ("epoch 1", "epoch 1\nepoch 2"):
        path.write_text(content)
        names.append(await foreign_job.store_logging_file(str(path)))
    assert all(name.startswith("logging/") for name in names)
    assert len(set(names)) == 2
    saved = any_org.platform.rows("SELECT log_object_name FROM job WHERE id = ?", foreign_job.id)
    assert saved == [(names[1],)]


async def test_the_platform_learns_whose_log_it_is(scripted, says, tmp_path):
    client, transport = scripted(lambda _: says({"message": "no room"}, status=400))
    (tmp_path / "a.log").write_text("x")
    with pytest.raises(BadRequestError, match="no room"):
        await job_of(client, "RUNNING", generation=2).store_logging_file(tmp_path / "a.log")
    (asked,) = transport.requests
    assert orjson.loads(asked.body) == {"filename": "a.log", "type": "LOGGING", "context": {"job_id": "0"}}


async def test_a_log_needs_a_file_and_a_single_job_of_the_second_generation(scripted, tmp_path):
    client, transport = scripted([])
    with pytest.raises(MissingFileError):
        await job_of(client, "RUNNING", generation=2).store_logging_file(tmp_path / "none.log")
    (tmp_path / "a.log").write_text("x")
    for job in (job_of(client, "RUNNING"), job_of(client, "RUNNING", "RUNNING", generation=2)):
        with pytest.raises(InvalidArgumentError, match="takes no log"):
            await job.store_logging_file(tmp_path / "a.log")
    assert transport.requests == []
