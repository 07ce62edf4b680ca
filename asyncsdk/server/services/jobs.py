"""Jobs: rows that say what is to be done, how far it is and how it ended."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Any

import attrs
import orjson
from sqlalchemy import and_, bindparam, or_, select, update

from asyncsdk.enums import JobRunStatus, JobStatus
from asyncsdk.errors import ConflictError
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.garbage import discard, refuse_garbage
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, json_list, json_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import job, job_log, organization
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "NewJob",
    "add_job",
    "claim_job",
    "fail_job",
    "find_job",
    "get_job",
    "job_document",
    "log_job",
    "log_lines",
    "move_job",
    "release_jobs",
    "renew_job",
    "require_log_connector",
    "save_log",
    "save_step",
    "saved_logs",
]

_FINAL = (JobRunStatus.SUCCEEDED, JobRunStatus.FAILED, JobRunStatus.KILLED)
_OLD_NAMES = {
    JobRunStatus.PENDING: JobStatus.RUNNING,
    JobRunStatus.QUEUED: JobStatus.RUNNING,
    JobRunStatus.RUNNING: JobStatus.RUNNING,
    JobRunStatus.SUCCEEDED: JobStatus.SUCCESS,
    JobRunStatus.FAILED: JobStatus.FAILED,
    JobRunStatus.KILLED: JobStatus.TERMINATED,
}

_INSERT = Prepared(insertion(job))
_GET = Prepared(
    select(job).where(job.c.id == bindparam("id"), any_of(job.c.organization, bindparam("visible")))
)
_free = or_(
    job.c.status == JobRunStatus.PENDING.value,
    and_(job.c.status == JobRunStatus.RUNNING.value, job.c.lease_until < bindparam("now")),
)
_CLAIM = Prepared(
    update(job)
    .where(
        job.c.seq
        == select(job.c.seq)
        .where(_free, any_of(job.c.kind, bindparam("kinds")))
        .order_by(job.c.seq)
        .limit(1)
        .scalar_subquery()
    )
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
_RENEW = Prepared(update(job).where(_held).values(lease_until=bindparam("until")).returning(*job.c))
_FAIL = Prepared(
    update(job)
    .where(_held)
    .values(
        status=JobRunStatus.FAILED.value,
        error=bindparam("new_error"),
        lease_until=None,
        updated_at=bindparam("now"),
    )
)
_MOVE = Prepared(
    update(job)
    .where(job.c.seq == bindparam("key"))
    .values(status=bindparam("new_status"), updated_at=bindparam("now"))
)
_LOG = Prepared(insertion(job_log))
_CONNECTOR = Prepared(select(organization.c.connector_id).where(organization.c.seq == bindparam("key")))
_SAVE_LOG = Prepared(
    update(job)
    .where(job.c.seq == bindparam("key"))
    .values(log_object_name=bindparam("object_name"), updated_at=bindparam("now"))
)
_SAVED_LOGS = Prepared(
    select(job.c.log_object_name).where(
        any_of(job.c.version, bindparam("versions")), job.c.log_object_name.is_not(None)
    )
)


@attrs.frozen(kw_only=True)
class NewJob:
    """What a job is to do.

    Attributes:
        generation: 1 or 2; in whose words the answer that makes it shows it. Both job APIs can read it.
        kind: the name of its handler.
        payload: JSON values for the handler.
    """

    organization: int
    generation: int
    kind: str
    payload: dict[str, Any]
    version: int | None = None


def job_document(row: Row, generation: int | None = None) -> Document:
    """Return a job in the words of a generation, its own where none is given."""
    status = JobRunStatus(row["status"])
    return {
        "id": row["id"],
        "status": (_OLD_NAMES[status] if (generation or row["generation"]) == 1 else status).value,
        "progress": row["progress"],
        "error": row["error"],
        "created_at": iso(row["created_at"]),
    }


def add_job(new: NewJob) -> Work[Document]:
    """Create a job in the transaction of its cause."""
    now = now_us()
    row = {
        "id": new_id(),
        "created_at": now,
        "updated_at": now,
        "organization": new.organization,
        "version": new.version,
        "generation": new.generation,
        "kind": new.kind,
        "status": JobRunStatus.PENDING.value,
        "payload": orjson.dumps(new.payload).decode(),
        "checkpoint": None,
        "progress": 0.0,
        "error": None,
        "attempt": 0,
        "lease_until": None,
        "log_object_name": None,
    }
    yield _INSERT(**row)
    return job_document(row)


def get_job(scope: Scope, job_id: str, *, generation: int) -> Work[Document]:
    """Return a job in the words of a generation; either job API reads every job."""
    return job_document((yield from _require(scope, job_id)), generation)


def find_job(scope: Scope, organization_id: str, job_id: str) -> Work[Document]:
    """Return a job of the organization, in the words of the second generation."""
    home = yield from organization_seq(scope, organization_id)
    row = yield from _require(scope, job_id)
    return job_document(row if row["organization"] == home else one((), "job"), 2)


def move_job(
    scope: Scope, job_id: str, status: JobRunStatus, own_kinds: Container[str] = ()
) -> Work[Document]:
    """Set the status of a job that runs elsewhere.

    Args:
        scope: who asks.
        job_id: the job.
        status: its new status.
        own_kinds: the kinds of jobs that the platform runs itself.

    Raises:
        ConflictError: the job has ended, or the platform runs it itself.
    """
    row = yield from _require(scope, job_id)
    if row["generation"] == 1 or row["kind"] in own_kinds:
        raise ConflictError("the platform runs this job itself", status=409)
    if JobRunStatus(row["status"]) in _FINAL and row["status"] != status.value:
        raise ConflictError(f"the job has ended as {row['status']}", status=409)
    yield _MOVE(key=row["seq"], new_status=status.value, now=now_us())
    return job_document({**row, "status": status.value})


def log_job(scope: Scope, job_id: str, line: Any) -> Work[None]:
    """Add a line, a text or another JSON value, to the log of a job."""
    text = line if isinstance(line, str) else json_text(line, "log")
    row = yield from _require(scope, job_id)
    yield _LOG(job=row["seq"], created_at=now_us(), line=text)


def require_log_connector(scope: Scope, job_id: str, object_name: str) -> Work[str]:
    """Return the storage connector where the saved log of a job must lie.

    Raises:
        BadRequestError: the object is about to be deleted.
    """
    row = yield from _require(scope, job_id)
    connector: str = (yield _CONNECTOR(key=row["organization"]))[0]["connector_id"]
    yield from refuse_garbage(connector, object_name, "logging_object_name")
    return connector


def save_log(scope: Scope, job_id: str, object_name: str) -> Work[Document]:
    """Keep an uploaded object as the log of a job, in place of the one before.

    Raises:
        BadRequestError: the object is about to be deleted.
    """
    yield from require_log_connector(scope, job_id, object_name)
    row = yield from _require(scope, job_id)
    yield _SAVE_LOG(key=row["seq"], object_name=object_name, now=now_us())
    yield from discard(row["organization"], [row["log_object_name"]] if row["log_object_name"] else [])
    return {"logging_object_name": object_name}


def saved_logs(versions: Sequence[int]) -> Work[list[str]]:
    """Return the objects that keep the logs of the jobs of dataset versions."""
    rows = yield _SAVED_LOGS(versions=json_list(versions))
    return [row["log_object_name"] for row in rows]


def log_lines(row: Row, lines: Iterable[str]) -> Work[None]:
    """Add lines to the log of a job that the platform runs itself."""
    now = now_us()
    found = [{"job": row["seq"], "created_at": now, "line": line} for line in lines]
    if found:
        yield _LOG.many(found)


def claim_job(kinds: str, lease_us: int) -> Work[Row | None]:
    """Take the oldest job that waits, or whose worker is gone, for a lease of time.

    Args:
        kinds: JSON array of the kinds that the caller can do.
        lease_us: length of the lease, in microseconds.
    """
    now = now_us()
    rows = yield _CLAIM(kinds=kinds, now=now, until=now + lease_us)
    return rows[0] if rows else None


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


def renew_job(row: Row, lease_us: int) -> Work[Row]:
    """Lengthen the lease of a job whose step takes its time, and return its row with the new lease.

    Raises:
        NotFoundError: the job is no longer ours.
    """
    return one((yield _RENEW(**_claim_of(row), until=now_us() + lease_us)), "job of this worker")


def fail_job(row: Row, error: str) -> Work[None]:
    """End a job with its error, unless it is no longer ours."""
    yield _FAIL(**_claim_of(row), new_error=error, now=now_us())


def _claim_of(row: Row) -> dict[str, Any]:
    """A claim is known by its lease, which every claim and every step sets anew."""
    return {"job_id": row["id"], "lease": row["lease_until"]}


def _require(scope: Scope, job_id: str) -> Work[Row]:
    return one((yield _GET(id=job_id, visible=scope.visible)), "job")
