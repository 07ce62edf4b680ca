"""Leases of jobs: a worker takes one for a time, keeps what it did, and ends it."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import and_, bindparam, func, or_, select, update

from asyncsdk.enums import JobRunStatus
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.rules import one
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import job
from asyncsdk.server.store.statements import Prepared

__all__ = ["claim_job", "end_job", "fail_job", "give_way", "release_jobs", "renew_job", "save_step"]

_free = or_(
    job.c.status == JobRunStatus.PENDING.value,
    job.c.status == JobRunStatus.QUEUED.value,
    and_(job.c.status == JobRunStatus.RUNNING.value, job.c.lease_until < bindparam("now")),
)
_waiting = (
    select(job.c.seq)
    .where(_free, any_of(job.c.kind, bindparam("kinds")))
    .order_by(job.c.updated_at, job.c.seq)
    .limit(1)
    .scalar_subquery()
)
_CLAIM = Prepared(
    update(job)
    .where(job.c.seq == _waiting)
    .values(
        status=JobRunStatus.RUNNING.value,
        lease_until=bindparam("until"),
        attempt=job.c.attempt + 1,
        updated_at=bindparam("now"),
    )
    .returning(*job.c)
)
_held = and_(
    job.c.id == bindparam("job_id"),
    job.c.status == JobRunStatus.RUNNING.value,
    job.c.lease_until == bindparam("lease"),
)
_GIVE_WAY = Prepared(
    update(job).where(_held, _waiting.is_not(None)).values(lease_until=0).returning(job.c.seq)
)
_RELEASE = Prepared(
    update(job)
    .where(job.c.status == JobRunStatus.RUNNING.value, job.c.lease_until.is_not(None))
    .values(lease_until=0)
)
_SAVE = Prepared(
    update(job)
    .where(_held)
    .values(
        checkpoint=bindparam("new_checkpoint"),
        progress=bindparam("new_progress"),
        status=bindparam("new_status"),
        error=bindparam("new_error"),
        lease_until=bindparam("until"),
        attempt=0,
        updated_at=bindparam("now"),
    )
    .returning(*job.c)
)
_RENEW = Prepared(
    update(job)
    .where(_held)
    .values(lease_until=bindparam("until"), progress=func.coalesce(bindparam("new_progress"), job.c.progress))
    .returning(*job.c)
)
_END = Prepared(
    update(job)
    .where(_held)
    .values(
        status=bindparam("new_status"),
        progress=func.coalesce(bindparam("new_progress"), job.c.progress),
        error=bindparam("new_error"),
        lease_until=None,
        updated_at=bindparam("now"),
    )
    .returning(job.c.seq)
)


def claim_job(kinds: str, lease_us: int) -> Work[Row | None]:
    """Take the job that waits longest, or whose worker is gone, for a lease of time.

    Args:
        kinds: JSON array of the kinds that the caller can do.
        lease_us: length of the lease, in microseconds.
    """
    now = now_us()
    rows = yield _CLAIM(kinds=kinds, now=now, until=now + lease_us)
    return rows[0] if rows else None


def give_way(row: Row, kinds: str) -> Work[bool]:
    """Put a job behind those that wait, if there are any, so that long jobs do not hold up short ones.

    Args:
        row: the job.
        kinds: JSON array of the kinds that the caller can do.

    Returns:
        Whether it was put back; then it is no longer the caller's.
    """
    return bool((yield _GIVE_WAY(**_claim_of(row), kinds=kinds, now=now_us())))


def release_jobs() -> Work[None]:
    """Free every leased job: for the start of a platform that is alone on its database."""
    yield _RELEASE()


def save_step(row: Row, step: Step, lease_us: int) -> Work[Row]:
    """Keep how far a job is, in the transaction of the step, and return its row with the new lease.

    Raises:
        NotFoundError: the job is no longer ours: it was deleted, or claimed by another; the step is undone.
    """
    now = now_us()
    status = JobRunStatus.RUNNING
    if step.done:
        status = JobRunStatus.SUCCEEDED if step.error is None else JobRunStatus.FAILED
    rows = yield _SAVE(
        **_claim_of(row),
        new_checkpoint=orjson.dumps(step.checkpoint).decode(),
        new_progress=step.progress,
        new_status=status.value,
        new_error=step.error,
        until=None if step.done else now + lease_us,
        now=now,
    )
    return one(rows, "job of this worker")


def renew_job(row: Row, lease_us: int, progress: float | None = None) -> Work[Row]:
    """Lengthen the lease of a job whose step takes its time, and return its row with the new lease.

    Args:
        row: the job.
        lease_us: length of the lease, in microseconds.
        progress: share that is done; `None` leaves what is known.

    Raises:
        NotFoundError: the job is no longer ours.
    """
    renewed = yield _RENEW(**_claim_of(row), until=now_us() + lease_us, new_progress=progress)
    return one(renewed, "job of this worker")


def end_job(row: Row, status: JobRunStatus, error: str | None = None) -> Work[bool]:
    """End a job that is done in one step; return whether it was still ours."""
    done = 1.0 if status is JobRunStatus.SUCCEEDED else None
    ended = yield _END(
        **_claim_of(row), new_status=status.value, new_error=error, new_progress=done, now=now_us()
    )
    return bool(ended)


def fail_job(row: Row, error: str) -> Work[None]:
    """End a job with its error, unless it is no longer ours."""
    yield from end_job(row, JobRunStatus.FAILED, error)


def _claim_of(row: Row) -> dict[str, Any]:
    """A claim is known by its lease, which every claim and every step sets anew."""
    return {"job_id": row["id"], "lease": row["lease_until"]}
