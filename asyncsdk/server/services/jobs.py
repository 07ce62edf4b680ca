"""Jobs: rows that say what is to be done, how far it is and how it ended."""

from __future__ import annotations

from collections.abc import Container
from functools import partial
from typing import Any

import attrs
import orjson
from sqlalchemy import ColumnElement, bindparam, select, update

from asyncsdk.enums import JobRunStatus, JobStatus
from asyncsdk.errors import ConflictError
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import job
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["NewJob", "add_job", "get_job", "job_document", "list_jobs", "move_job", "require_job"]

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
_SHOWN: tuple[ColumnElement[Any], ...] = (
    job.c.id, job.c.status, job.c.generation, job.c.progress, job.c.error, job.c.created_at, job.c.kind,
)  # fmt: skip
"""The columns of a document; payloads may be large."""

_ORDER = {"seq": job.c.seq, "created_at": job.c.created_at}
_MOVE = Prepared(
    update(job)
    .where(job.c.seq == bindparam("key"))
    .values(status=bindparam("new_status"), updated_at=bindparam("now"))
)


@attrs.frozen(kw_only=True)
class NewJob:
    """What a job is to do.

    Attributes:
        generation: 1 or 2; in whose words the answer that makes it shows it. Both job APIs can read it.
        kind: the name of its handler.
        payload: JSON values for the handler.
        version: the dataset version that it goes with.
        status: its first status.
    """

    organization: int
    generation: int
    kind: str
    payload: dict[str, Any]
    version: int | None = None
    status: JobRunStatus = JobRunStatus.PENDING


def job_document(row: Row, generation: int | None = None) -> Document:
    """Return a job in the words of a generation, its own where none is given."""
    status = JobRunStatus(row["status"])
    return {
        "id": row["id"],
        "status": (_OLD_NAMES[status] if (generation or row["generation"]) == 1 else status).value,
        "progress": row["progress"],
        "error": row["error"],
        "created_at": iso(row["created_at"]),
        "kind": row["kind"],
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
        "status": new.status.value,
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


def get_job(scope: Scope, job_id: str) -> Work[Document]:
    """Return a job in the words of the first generation; either job API reads every job."""
    return job_document((yield from require_job(scope, job_id)), 1)


def list_jobs(scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
    """Return the jobs of the organization in the words of the second generation, newest first."""
    home = yield from organization_seq(scope, organization_id)
    rows = select(*_SHOWN).where(job.c.organization == home)
    return (yield from list_items(rows, request, _ORDER, partial(job_document, generation=2)))


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
    row = yield from require_job(scope, job_id)
    if row["generation"] == 1 or row["kind"] in own_kinds:
        raise ConflictError("the platform runs this job itself", status=409)
    if JobRunStatus(row["status"]) in _FINAL and row["status"] != status.value:
        raise ConflictError(f"the job has ended as {row['status']}", status=409)
    yield _MOVE(key=row["seq"], new_status=status.value, now=now_us())
    return job_document({**row, "status": status.value})


def require_job(scope: Scope, job_id: str) -> Work[Row]:
    """Return the row of a job.

    Raises:
        NotFoundError: there is none that the user may see.
    """
    return one((yield _GET(id=job_id, visible=scope.visible)), "job")
