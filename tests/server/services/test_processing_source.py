"""Runs of processings step by step, on a platform whose own runner never starts."""

from __future__ import annotations

import asyncio
import os
from types import SimpleNamespace

import pytest
from programs import IMAGE, offer_programs

from asyncsdk.enums import JobRunStatus
from asyncsdk.errors import NotFoundError, ServerError, UnauthorizedError
from asyncsdk.server.processes.child import Child
from asyncsdk.server.processes.registry import Registry
from asyncsdk.server.services import organizations, processing_following
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.server.services.processing_runs import (
    RunEnd,
    begin_run,
    end_run,
    forget_token,
    look_at_run,
)
from asyncsdk.server.services.processing_source import ProcessingJobs
from asyncsdk.server.services.scope import authenticate, hash_token
from asyncsdk.wire import routes


@pytest.fixture
def workspace(alone):
    folder = alone.org.platform.workspace
    offer_programs(folder)
    return folder


class Refusing:
    """A store that refuses some of its writes for now."""

    def __init__(self, store, refused=()) -> None:
        self._store, self._refused, self.writes = store, refused, 0

    async def write(self, work):
        self.writes += 1
        if self.writes in self._refused:
            work.close()
            raise ServerError("the database refuses", status=503)
        return await self._store.write(work)

    async def read(self, work):
        return await self._store.read(work)


@pytest.fixture
def jobs(alone, workspace):
    """A function that gives what runs processings, as a process that starts anew."""

    def make(store=None):
        return ProcessingJobs(
            store=store or alone.org.platform.store,
            registry=Registry(workspace / "processings.toml"),
            runs=workspace / "runs",
            origin=lambda: alone.org.host,
            environ={"PATH": os.environ["PATH"]},
        )

    return make


@pytest.fixture
def launch(alone, workspace):
    """A function that launches a program; it gives the id of its job."""

    async def launch(program):
        body = {"name": program, "docker_image": f"{IMAGE}{program}", "docker_tag": "1", "default_cpu": 0}
        body |= {"default_gpu": 0, "default_parameters": {}, "target": "DATASET_VERSION"}
        made = await alone.call(routes.CREATE_PROCESSING, body, expect=201)
        version = await alone.add_version(program)
        launched = {"processing_id": made["id"]}
        return (await alone.call(routes.LAUNCH_ON_VERSION, launched, version=version))["id"]

    return launch


@pytest.fixture
def wait_for_lines(alone):
    """A function that waits until a job has said something."""

    async def wait(job_id):
        while not (lines := (await alone.call(routes.LIST_JOB_LINES, job=job_id))["items"]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return [item["line"] for item in lines]

    return wait


@pytest.fixture
def state(alone):
    """A function that reads a job."""

    async def state(job_id):
        job = await alone.call(routes.GET_JOB_RUN, job=job_id)
        return SimpleNamespace(status=job["status"], error=job["error"], result=job["result"])

    return state


async def test_one_job_at_a_time_and_the_oldest_first(launch, jobs, state):
    first, second = await launch("tell"), await launch("fail")
    source = jobs()
    taken = [await source.claim() for _ in range(3)]
    assert [row and row["id"] for row in taken] == [first, second, None]
    for row in taken[:2]:
        assert await source.step(row) is None
    assert [(await state(job)).status for job in (first, second)] == ["SUCCEEDED", "FAILED"]


async def test_an_image_that_is_gone_when_its_turn_comes(launch, jobs, state, workspace):
    job = await launch("tell")
    (workspace / "processings.toml").write_text("")
    source = jobs()
    await source.step(await source.claim())
    said = f"the image '{IMAGE}tell:1' is no longer registered in processings.toml"
    assert ((await state(job)).status, (await state(job)).error) == ("FAILED", said)


async def test_a_file_that_is_broken_when_its_turn_comes(launch, jobs, state, workspace):
    job = await launch("tell")
    (workspace / "processings.toml").write_text("slots = 0")
    source = jobs()
    await source.step(await source.claim())
    assert (await state(job)).error.startswith("processings.toml: slots: must be")


async def test_a_machine_without_room_for_a_process(launch, jobs, state, monkeypatch, workspace, alone):
    async def start(*_):
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr(Child, "start", start)
    job, source = await launch("tell"), jobs()
    await source.step(await source.claim())
    assert "no more processes" in (await state(job)).error
    assert list((workspace / "runs").iterdir()) == []
    assert alone.org.platform.rows("SELECT * FROM processing_token") == []


async def test_a_run_that_ends_late_leaves_the_tokens_of_others(launch, jobs, alone):
    """A new token may get the row of the one that ended with the job."""
    await launch("tell")
    row, write = await jobs().claim(), alone.org.platform.write
    start = write(begin_run(row))
    write(end_run(row, (), RunEnd(status=JobRunStatus.SUCCEEDED)))
    username = alone.org.platform.rows("SELECT username FROM user_account")[0][0]
    text = write(organizations.add_token(username, "new"))
    new = alone.org.platform.rows("SELECT seq FROM token WHERE hash = ?", hash_token(text))
    assert new == [(start.token.seq,)]
    write(forget_token(start.token))
    assert write(authenticate(hash_token(text))).username == username
    with pytest.raises(UnauthorizedError):
        write(authenticate(hash_token(start.token.text)))


async def test_a_worker_whose_job_was_deleted_does_not_take_another_for_it(launch, jobs, alone):
    """A new job may get the row of the deleted one."""
    await launch("tell")
    row, write = await jobs().claim(), alone.org.platform.write
    found = await alone.call(routes.FIND_DATASET, query={"name": "tell"})
    await alone.call(routes.DELETE_DATASET, dataset=found["id"])
    other = await launch("lines")
    assert alone.org.platform.rows("SELECT seq FROM job WHERE id = ?", other) == [(row["seq"],)]
    for work in (begin_run, look_at_run):
        with pytest.raises(NotFoundError):
            write(work(row))


async def lose(alone, source):
    """Claim a job as a worker that is then lost."""
    row = await source.claim()
    alone.org.platform.write(release_jobs())
    return row


async def test_a_lost_run_fails_or_is_killed(launch, jobs, state, alone):
    lost, killed = await launch("tell"), await launch("lines")
    source = jobs()
    for job in (lost, killed):
        assert (await source.claim())["id"] == job
    assert (await alone.call(routes.KILL_JOB_RUN, job=killed))["status"] == "RUNNING"
    alone.org.platform.write(release_jobs())
    for _ in (lost, killed):
        await source.step(await source.claim())
    assert "the platform stopped while the processing ran" in (await state(lost)).error
    assert ((await state(killed)).status, (await state(killed)).error) == ("KILLED", "it was killed")


async def test_a_restartable_run_is_given_up_after_five_attempts(launch, jobs, state, alone, workspace):
    (workspace / "runs").mkdir()
    (workspace / "begun").touch()
    job, source = await launch("again"), jobs()
    for _ in range(5):
        await lose(alone, source)
    await source.step(await source.claim())
    assert (await state(job)).status == "FAILED"


async def test_a_database_that_refuses_for_now_loses_no_line(launch, jobs, state, alone, wait_for_lines):
    job = await launch("sleep")
    store = Refusing(alone.org.platform.store, refused={3})  # 1 claims, 2 begins, 3 keeps the lines
    source = jobs(store)
    running = asyncio.create_task(source.step(await source.claim()))
    assert len(await wait_for_lines(job)) == 1
    assert store.writes > 3
    await alone.call(routes.KILL_JOB_RUN, job=job)
    await running
    assert (await state(job)).status == "KILLED"


async def test_a_database_that_refuses_at_the_beginning_leaves_the_job_as_it_is(launch, jobs, state, alone):
    job = await launch("tell")
    source = jobs(Refusing(alone.org.platform.store, refused={2}))
    row = await source.claim()
    with pytest.raises(ServerError):
        await source.step(row)
    assert (await state(job)).status == "RUNNING"


async def test_a_job_that_another_worker_took_is_left_to_it(
    launch, jobs, state, alone, monkeypatch, wait_for_lines
):
    job = await launch("sleep")
    source = jobs()
    running = asyncio.create_task(source.step(await source.claim()))
    await wait_for_lines(job)
    alone.org.platform.write(release_jobs())
    taken = await source.claim()
    monkeypatch.setattr(processing_following, "_RENEW_S", 0.0)
    await running
    assert (await state(job)).status == "RUNNING"
    await jobs().step(taken)
    assert "the platform stopped" in (await state(job)).error
