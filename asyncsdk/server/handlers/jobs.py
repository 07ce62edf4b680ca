"""Jobs of both generations."""

from __future__ import annotations

from typing import Any

from asyncsdk.enums import JobRunStatus
from asyncsdk.records.jobs import SavedLog
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.uploaded import uploaded_object
from asyncsdk.server.services import job_logs, jobs
from asyncsdk.server.services.job_source import OWN_KINDS
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def get_job(call: Call) -> dict[str, Any]:
    """Read a job in the words of the first generation."""
    return await call.read(jobs.get_job(call.scope, call.id("job"), generation=1))


async def get_job_run(call: Call) -> dict[str, Any]:
    """Read a job in the words of the second generation."""
    return await call.read(jobs.get_job(call.scope, call.id("job"), generation=2))


async def find_job_run(call: Call) -> dict[str, Any]:
    """Find a job of the second generation by its id."""
    return await call.read(jobs.find_job(call.scope, call.id("org"), call.required_id("id")))


async def start_job_run(call: Call) -> Answer:
    """Say that a job runs."""
    return await call.write(jobs.move_job(call.scope, call.id("job"), JobRunStatus.RUNNING, OWN_KINDS))


async def succeed_job_run(call: Call) -> Answer:
    """Say that a job succeeded."""
    return await call.write(jobs.move_job(call.scope, call.id("job"), JobRunStatus.SUCCEEDED, OWN_KINDS))


async def fail_job_run(call: Call) -> Answer:
    """Say that a job failed."""
    return await call.write(jobs.move_job(call.scope, call.id("job"), JobRunStatus.FAILED, OWN_KINDS))


async def log_job_run(call: Call) -> Answer:
    """Add a line to a job's log."""
    line = call.body(dict[str, Any]).get("log", "")
    return await call.write(job_logs.log_job(call.scope, call.id("job"), line))


async def save_job_run_log(call: Call) -> Answer:
    """Keep an uploaded object as the log of a job."""
    name = call.body(SavedLog).logging_object_name
    connector = await call.read(job_logs.require_log_connector(call.scope, call.id("job"), name))
    await uploaded_object(call, connector, name, "logging_object_name")
    answer = await call.write(job_logs.save_log(call.scope, call.id("job"), name))
    call.platform.wake_cleaner()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.GET_JOB: get_job,
    routes.GET_JOB_RUN: get_job_run,
    routes.FIND_JOB_RUN: find_job_run,
    routes.START_JOB_RUN: start_job_run,
    routes.SUCCEED_JOB_RUN: succeed_job_run,
    routes.FAIL_JOB_RUN: fail_job_run,
    routes.LOG_JOB_RUN: log_job_run,
    routes.SAVE_JOB_RUN_LOG: save_job_run_log,
}
