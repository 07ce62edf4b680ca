"""Jobs of both generations."""

from __future__ import annotations

from typing import Any

from asyncsdk.enums import JobRunStatus
from asyncsdk.records.jobs import SavedLog
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.uploaded import uploaded_object
from asyncsdk.server.services import job_logs, jobs, processing_runs
from asyncsdk.server.services.job_source import OWN_KINDS
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["ADDED_HANDLERS", "HANDLERS"]


async def get_job(call: Call) -> dict[str, Any]:
    """Read a job in the words of the first generation."""
    return await call.read(jobs.get_job(call.scope, call.id("job")))


async def get_job_run(call: Call) -> dict[str, Any]:
    """Read a job in the words of the second generation."""
    return await call.read(processing_runs.get_run(call.scope, call.id("job")))


async def find_job_run(call: Call) -> dict[str, Any]:
    """Find a job of the second generation by its id."""
    return await call.read(processing_runs.find_run(call.scope, call.id("org"), call.required_id("id")))


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


async def list_job_runs(call: Call) -> dict[str, Any]:
    """List the jobs of the organization."""
    return await call.read(jobs.list_jobs(call.scope, call.id("org"), call.list_request()))


async def list_job_lines(call: Call) -> dict[str, Any]:
    """Read lines of a job's log."""
    limit = call.integer("limit")
    return await call.read(
        job_logs.list_lines(
            call.scope,
            call.id("job"),
            after=call.integer("after") or 0,
            limit=job_logs.MOST_LINES if limit is None else limit,
        )
    )


async def kill_job_run(call: Call) -> Answer:
    """Kill the run of a processing."""
    return await call.write(processing_runs.kill_run(call.scope, call.id("job")))


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

ADDED_HANDLERS: dict[Route, Handler] = {
    routes.LIST_JOB_RUNS: list_job_runs,
    routes.LIST_JOB_LINES: list_job_lines,
    routes.KILL_JOB_RUN: kill_job_run,
}
