"""Runs of processings over a real platform: real processes, with everything that can happen to them."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from processes import alive
from programs import IMAGE

import asyncsdk
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    JobFailedError,
    NotSupportedError,
    UnauthorizedError,
)

pytestmark = pytest.mark.usefixtures("programs")


@pytest.fixture
def process(request):
    """A function that makes a processing of a program: `await process(client, "tell", {"a": 1})`."""

    async def make(client, program, parameters=None, **more):
        return await client.create_processing(
            f"{program} {uuid4()}",
            "DATASET_VERSION",
            1,
            0,
            parameters or {},
            f"{IMAGE}{program}",
            "1",
            **more,
        )

    return make


@pytest.fixture
async def any_version(any_client):
    return await (await any_client.create_dataset("birds")).create_version("v1")


@pytest.fixture
def launch(client, version, process):
    """A function that launches a program on `version`."""

    async def launch(program, parameters=None, **options):
        return await version.launch_processing(await process(client, program), parameters, **options)

    return launch


async def ended(job):
    """Wait until a job has ended, however it ended."""
    try:
        await job.wait(poll_s=0.01)
    except JobFailedError as error:
        return str(error)
    return None


async def lines_of(job):
    return [line.line for line in await job.list_logs()]


async def pids_of(job):
    """Wait until a program that sleeps has told its processes."""
    async with job.iter_log(follow=True) as log:
        async for line in log:
            if line.line.startswith("pids "):
                return [int(pid) for pid in line.line.split()[1:]]
    raise AssertionError(job.error)


@pytest.mark.seed("launch_processing", "processing", "parameters", "return")
async def test_a_program_gets_its_job_and_gives_its_result(
    any_client, any_version, any_org, process, eventually
):
    processing = await process(any_client, "tell", {"gamma": 1.2, "tag": "a"})
    job = await any_version.launch_processing(processing, {"tag": "b", "more": [1]}, wait=True)
    assert isinstance(job, asyncsdk.Job)
    assert (job.status, job.progress, job.error) == ("SUCCEEDED", 1.0, None)
    told = job.result
    assert told["job"] == {
        "job_id": job.id,
        "organization_id": any_org.id,
        "processing": {"id": processing.id, "name": processing.name, "type": "AUTO_TAGGING"},
        "image": f"{IMAGE}tell:1",
        "target": {"type": "DATASET_VERSION", "id": any_version.id},
        "ids": None,
        "parameters": {"gamma": 1.2, "tag": "b", "more": [1]},
        "inputs": {},
        "cpu": 1,
        "gpu": 0,
    }
    environment = told["environment"]
    assert environment["job_id"] == job.id
    assert environment["organization_id"] == any_org.id
    assert environment["host"] == any_org.host
    assert told["files"] == []
    await eventually(lambda: not Path(told["folder"]).parent.exists())


@pytest.mark.seed("launch_processing", "parameters", "cpu", "gpu")
async def test_what_is_not_given_is_the_processings_default(client, version):
    processing = await client.create_processing(
        "defaults", "DATASET_VERSION", 1, 1, {"gamma": 1.2}, f"{IMAGE}tell", "1"
    )
    default = await version.launch_processing(processing, wait=True)
    asked = await version.launch_processing(processing, {}, 0, 0, wait=True)
    jobs = [job.result["job"] for job in (default, asked)]
    assert [(job["parameters"], job["cpu"], job["gpu"]) for job in jobs] == [
        ({"gamma": 1.2}, 1, 1),
        ({"gamma": 1.2}, 0, 0),
    ]


async def test_only_some_assets(client, org, version, fill, launch):
    await fill(org, version, ["a.png", "b.png", "c.png"])
    chosen = (await version.list_assets())[:2]
    for assets in (chosen, list(chosen), chosen[0]):
        job = await launch("tell", assets=assets, wait=True)
        assert job.result["job"]["ids"] == assets.ids if hasattr(assets, "ids") else chosen.ids


@pytest.fixture
def convert(client):
    """A function that launches a program on a model version."""

    async def convert(model_version, program, parameters=None, **options):
        processing = await client.create_processing(
            f"{program} {uuid4()}", "MODEL_VERSION", 1, 0, {"opset": 17}, f"{IMAGE}{program}", "1"
        )
        return await model_version.launch_processing(processing, parameters, **options)

    return convert


async def test_on_a_model_version(client, convert):
    model_version = await (await client.create_model("detector")).create_version()
    job = await convert(model_version, "tell", {"half": True}, cpu=0, wait=True)
    told = job.result["job"]
    assert told["target"] == {"type": "MODEL_VERSION", "id": model_version.id}
    assert (told["ids"], told["parameters"], told["cpu"]) == (None, {"opset": 17, "half": True}, 0)
    assert told["processing"]["type"] == "MODEL_CONVERSION"


async def test_on_data_of_a_datalake(client, lake, org, add_rows):
    add_rows(org, ["a.png", "b.png"])
    processing = await client.create_processing("lake", "DATALAKE", 1, 0, {}, f"{IMAGE}tell", "1")
    data = await lake.list_data()
    job = await lake.launch_processing(processing, data[:1], {"a": 1}, 1, 0, wait=True)
    told = job.result["job"]
    assert told["target"] == {"type": "DATALAKE", "id": lake.id}
    assert (told["ids"], told["parameters"]) == ([data[0].id], {"a": 1})
    assert (await client.request("GET", f"/api/v2/job/{job.id}"))["datalake_processing_job"] == {
        "input_datalake_id": lake.id, "output_datalake_id": lake.id, "model_version_id": None,
        "parameters": {"a": 1}, "inputs": {}, "cpu": 1, "gpu": 0,
    }  # fmt: skip


async def test_a_python_function(client, org, version, fill, process, monkeypatch):
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    )
    await fill(org, version, ["a.png", "b.png"])
    job = await version.launch_processing(await process(client, "python"), {"more": "x"}, wait=True)
    assert job.result == {"assets": 2, "user": org.username, "more": "x"}
    assert await lines_of(job) == ["counting"]


# What a program says


async def test_its_lines_are_the_jobs_log(launch):
    job = await launch("lines")
    async with job.iter_log(follow=True) as log:
        came = [line async for line in log]
    assert [line.line for line in came] == ["first line", "second line", "thïrd"]
    assert [line.number for line in came] == sorted({line.number for line in came})
    await job.refresh()
    assert (job.status, job.progress, job.result, job.kind) == ("SUCCEEDED", 1.0, None, "processing")
    assert await job.list_logs() == came


async def test_its_lines_come_while_it_runs_and_its_progress_too(launch):
    job = await launch("sleep")
    await pids_of(job)
    await job.refresh()
    assert (job.status, job.progress) == ("RUNNING", 0.5)
    await job.kill()
    await ended(job)
    assert (job.status, job.progress) == ("KILLED", 0.5)
    assert len(await job.list_logs()) == 1


async def test_a_flood_of_lines_is_cut(launch):
    job = await launch("flood")
    assert "exit code 1" in await ended(job)
    lines = await lines_of(job)
    assert lines[:2] == ["line 0", "line 1"]
    assert lines[-2:] == ["(the log is full: what follows is left out)", "(10001 more lines were left out)"]
    assert len(lines) == 20_002
    assert len(job.error) < 20_000
    assert "line 29999" in job.error


async def test_there_is_no_log_without_the_addition(strict_client, process):
    version = await (await strict_client.create_dataset("birds")).create_version("v1")
    job = await version.launch_processing(await process(strict_client, "tell"))
    for refused in (job.kill(), job.list_logs(), strict_client.list_jobs()):
        with pytest.raises(NotSupportedError, match="job-control"):
            await refused
    assert await ended(job) is None


# How programs end


async def test_a_failure_is_told_with_the_exit_code_and_the_last_lines(launch):
    job = await launch("fail")
    said = await ended(job)
    assert said.endswith(
        "the program ended with exit code 3\nits last lines:\nreading\nthe model has no weights"
    )
    assert (job.status, job.result) == ("FAILED", None)
    assert await lines_of(job) == ["reading", "the model has no weights"]


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("crash", "the program was ended by SIGSEGV"),
        ("missing", "cannot start /no/such/program"),
        ("bad-result", "the program's result is no JSON"),
        ("eat", "MemoryError"),
        ("files", "Too many open files"),
        ("spin", "it used more than 1 s of processor time"),
        ("late", "the program took longer than 1 s"),
    ],
)
async def test_what_went_wrong_is_told(launch, program, error):
    job = await launch(program)
    assert error in await ended(job)
    assert (job.status, job.result) == ("FAILED", None)


async def test_the_variables_that_the_administrator_names_are_passed_on(launch, monkeypatch):
    monkeypatch.setenv("LOUD_VARIABLE", "yes")
    monkeypatch.setenv("SECRET_VARIABLE", "no")
    environment = (await launch("loud", wait=True)).result["environment"]
    assert environment["LOUD_VARIABLE"] == "yes"
    assert not {"SECRET_VARIABLE", "NONE_SUCH", "HOSTNAME"} & environment.keys()
    assert "LOUD_VARIABLE" not in (await launch("tell", wait=True)).result["environment"]


# Its token


async def test_its_token_sees_its_organization_and_ends_with_it(launch, org, connect):
    job = await launch("act", wait=True)
    assert job.result["ping"]["username"] == org.username
    (line,) = await lines_of(job)
    with pytest.raises(UnauthorizedError):
        while True:  # a token that was seen is trusted for a second
            await connect(org, api_token=line.removeprefix("token "))
    assert org.platform.rows("SELECT 1 FROM processing_token WHERE job_id = ?", job.id) == []


async def test_the_token_of_an_administrator_administers_nothing(platform, connect, new_org):
    """What a processing gets is limited to the organization, whoever launched it."""
    home = platform.rows("SELECT id FROM organization WHERE name = 'local'")[0][0]
    async with asyncsdk.Client(platform.url, platform.token, home) as admin:
        version = await (await admin.create_dataset(f"birds {uuid4()}")).create_version("v1")
        processing = await admin.create_processing(
            f"admin {uuid4()}", "DATASET_VERSION", 1, 0, {}, f"{IMAGE}sleep", "1"
        )
        job = await version.launch_processing(processing)
        pids = await pids_of(job)
        token = psutil.Process(pids[0]).environ()["api_token"]
        for path in ("/api/asyncsdk/admin/tokens", f"/api/organization/{new_org().id}/datasets"):
            async with asyncsdk.Client(platform.url, token, home) as child:
                with pytest.raises((asyncsdk.ForbiddenError, asyncsdk.NotFoundError)):
                    await child.request("GET", path)
        await job.kill()
        await ended(job)


# Killing


@pytest.mark.parametrize("program", ["sleep", "stubborn"])
async def test_killing_a_job_ends_all_its_processes(launch, program, monkeypatch):
    monkeypatch.setattr("asyncsdk.server.processes.child.GRACE_S", 0.2)
    job = await launch(program)
    pids = await pids_of(job)
    assert alive(pids) == pids
    await job.kill()
    await job.kill()
    assert "KILLED: it was killed" in await ended(job)
    assert job.status == "KILLED"
    assert alive(pids) == []
    await job.kill()
    assert job.status == "KILLED"


async def test_a_job_that_has_ended_or_runs_no_processing_is_not_killed(launch, client, version, org, fill):
    job = await launch("tell", wait=True)
    with pytest.raises(ConflictError, match="has ended as SUCCEEDED"):
        await job.kill()
    await fill(org, version, ["a.png"])
    other = (await client.list_jobs(limit=1))[0]
    assert other.kind == "add-assets"
    with pytest.raises(ConflictError, match="only jobs of processings"):
        await other.kill()


async def test_a_job_that_waits_is_killed_at_once(launch, client):
    running = [await launch("sleep"), await launch("sleep")]  # there are two slots
    pids = [await pids_of(job) for job in running]
    waiting = await launch("tell")
    await waiting.refresh()
    assert waiting.status == "QUEUED"
    await waiting.kill()
    assert (waiting.status, waiting.error) == ("KILLED", "it was killed")
    for job in running:
        await job.kill()
        await ended(job)
    assert alive([pid for some in pids for pid in some]) == []
    await waiting.refresh()
    assert waiting.status == "KILLED"
    assert [job.status for job in await client.list_jobs()] == ["KILLED"] * 3


async def test_deleting_the_version_ends_its_processes(launch, version, eventually, org):
    job = await launch("sleep")
    pids = await pids_of(job)
    await version.delete()
    await eventually(lambda: alive(pids) == [])
    folder = org.platform.workspace / "runs" / job.id
    await eventually(lambda: not folder.exists())
    kept = "SELECT 1 FROM processing_token WHERE job_id = ?"
    await eventually(lambda: org.platform.rows(kept, job.id) == [])
    with pytest.raises(asyncsdk.NotFoundError):
        await job.refresh()


@pytest.mark.parametrize("deleted", ["the version", "the model"])
async def test_deleting_a_model_version_ends_its_processes(client, convert, eventually, deleted):
    kept, gone = await client.create_model("kept"), await client.create_model("gone")
    model_version = await gone.create_version()
    jobs = [await convert(version, "sleep") for version in (model_version, await kept.create_version())]
    pids, others = [await pids_of(job) for job in jobs]
    await (gone if deleted == "the model" else model_version).delete()
    await eventually(lambda: alive(pids) == [])
    with pytest.raises(asyncsdk.NotFoundError):
        await jobs[0].refresh()
    assert alive(others) == others
    await jobs[1].kill()
    await ended(jobs[1])


async def test_other_jobs_go_on_while_programs_run(launch, client, org, version, fill):
    running = [await launch("sleep"), await launch("sleep")]
    for job in running:
        await pids_of(job)
    await fill(org, version, ["a.png"])
    assert len(await version.list_assets()) == 1
    for job in running:
        await job.kill()
        await ended(job)


# Jobs


async def test_jobs_are_listed_newest_first(launch, client):
    jobs = [await launch("tell", wait=True) for _ in range(3)]
    assert await client.list_jobs() == jobs[::-1]
    assert await client.list_jobs(limit=1, offset=1) == [jobs[1]]
    assert (await client.get_job_by_id(jobs[0].id)).result == jobs[0].result


# Refused before there is a job


@pytest.mark.seed("launch_processing", "processing", "cpu", "gpu")
async def test_what_cannot_run_is_refused_before_there_is_a_job(client, version, process, launch):
    with pytest.raises(BadRequestError, match="no program is registered for the image 'tests/none:1'"):
        await launch("none")
    with pytest.raises(BadRequestError, match="gpu: 2 are asked for, but the platform has 1"):
        await launch("tell", gpu=2)
    with pytest.raises(BadRequestError, match="cpu: 32768 are asked for, but the platform has"):
        await launch("tell", cpu=32_768)
    assert await client.list_jobs() == []


async def test_a_launch_whose_answer_is_lost_launches_once(proxied, proxy, process):
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    processing = await process(proxied, "tell")
    proxy.loses_answer("POST", "/processing/launch")
    job = await version.launch_processing(processing, wait=True)
    assert await proxied.list_jobs() == [job]
