"""Waiting for jobs: polls with growing pauses, a deadline, and the job's own error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import anyio

from asyncsdk.enums import JobRunStatus, JobStatus
from asyncsdk.errors import DeadlineError, JobFailedError, ProtocolError
from asyncsdk.records.jobs import JobRecord

if TYPE_CHECKING:
    from asyncsdk.resources.job import Job

__all__ = ["joint_status", "wait"]

LONGEST_S = 3600.0
LONGEST_PAUSE_S = 5.0
_GROWTH = 1.5

_BAD = (JobStatus.FAILED, JobStatus.TERMINATED, JobRunStatus.FAILED, JobRunStatus.KILLED)
_GOOD = (JobStatus.SUCCESS, JobRunStatus.SUCCEEDED)
_BAD_NAMES = frozenset(status.value for status in _BAD)
_GOOD_NAMES = frozenset(status.value for status in _GOOD)


def joint_status(records: Sequence[JobRecord], generation: int) -> JobStatus | JobRunStatus:
    """Return the status of several jobs as one: a failure first, then whatever is not done yet.

    Raises:
        ProtocolError: a status is unknown.
    """
    statuses = [record.status for record in records]
    bad = [status for status in statuses if status in _BAD_NAMES]
    open_ = [status for status in statuses if status not in _BAD_NAMES | _GOOD_NAMES]
    chosen = (bad or open_ or statuses)[0]
    try:
        return JobStatus(chosen) if generation == 1 else JobRunStatus(chosen)
    except ValueError as error:
        raise ProtocolError(f"job {records[0].id} has an unknown status {chosen!r}") from error


async def wait(job: Job, *, timeout_s: float | None, poll_s: float) -> None:
    """Poll a job until it has succeeded."""
    limit = LONGEST_S if timeout_s is None else timeout_s
    pause = max(poll_s, 0.001)
    try:
        with anyio.fail_after(limit):
            while job.status not in _GOOD:
                if job.status in _BAD:
                    raise _failure(job)
                await anyio.sleep(pause)
                pause = min(pause * _GROWTH, LONGEST_PAUSE_S)
                await job.refresh()
    except DeadlineError:  # the platform did not answer a look
        raise
    except TimeoutError as error:
        raise DeadlineError(f"job {job.id} is still {job.status.value} after {limit:g} s") from error


def _failure(job: Job) -> JobFailedError:
    reason = job.error or "the platform gives no reason"
    return JobFailedError(
        f"job {job.id} ended as {job.status.value}: {reason}", job_id=job.id, status=job.status.value
    )
