"""What becomes of a run when the platform stops or is killed under it."""

from __future__ import annotations

import time

import psutil
import pytest
from child_platform import ChildPlatform
from processes import alive
from programs import IMAGE, offer_programs

import asyncsdk
from asyncsdk.errors import JobFailedError

PATIENCE_S = 60


@pytest.fixture
def child(tmp_path):
    """A platform of its own process, with programs."""
    (tmp_path / "workspace").mkdir()
    offer_programs(tmp_path / "workspace")
    with ChildPlatform(tmp_path / "workspace") as platform:
        yield platform


async def launch(child, program):
    """Launch a program that sleeps; gives its job's id, and its processes."""
    async with asyncsdk.Client(child.url, child.token) as client:
        version = await (await client.create_dataset(program)).create_version("v1")
        processing = await client.create_processing(
            program, "DATASET_VERSION", 1, 0, {}, f"{IMAGE}{program}", "1"
        )
        job = await version.launch_processing(processing)
        async for line in job.iter_log(follow=True):
            return job.id, [int(pid) for pid in line.line.split()[1:]]
        raise AssertionError(job)


async def wait_for(child, job_id):
    async with asyncsdk.Client(child.url, child.token) as client:
        job = await client.get_job_by_id(job_id)
        await job.wait(timeout_s=PATIENCE_S, poll_s=0.01)
        return job


def wait_until_gone(pids):
    ends_at = time.monotonic() + PATIENCE_S
    while left := alive(pids):
        assert time.monotonic() < ends_at, left
        time.sleep(0.01)


@pytest.mark.parametrize("end", ["kill", "stop"])
async def test_a_run_does_not_outlive_its_platform_and_its_job_fails(child, end):
    job_id, pids = await launch(child, "sleep")
    token = psutil.Process(pids[0]).environ()["api_token"]
    getattr(child, end)()
    wait_until_gone(pids)
    child.start()
    with pytest.raises(
        JobFailedError, match="the platform stopped while the processing ran; launch it again"
    ):
        await wait_for(child, job_id)
    assert not (child.workspace / "runs").exists()
    with pytest.raises(asyncsdk.UnauthorizedError):
        await asyncsdk.Client(child.url, token).connect()


async def test_a_run_that_may_begin_anew_does_so(child):
    job_id, pids = await launch(child, "again")
    child.kill()
    wait_until_gone(pids)
    child.start()
    assert (await wait_for(child, job_id)).result == {"began": "anew"}
