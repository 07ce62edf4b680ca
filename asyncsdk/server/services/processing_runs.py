"""Runs of processings: what a job of this kind has beside others, from its launch to its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import orjson
from sqlalchemy import bindparam, delete, select, update

from asyncsdk.enums import JobRunStatus, ProcessingTargetType, ProcessingType
from asyncsdk.errors import ConflictError
from asyncsdk.server.services.job_leases import end_job, renew_job
from asyncsdk.server.services.job_logs import log_lines
from asyncsdk.server.services.jobs import job_document, require_job
from asyncsdk.server.services.organizations import MadeToken, make_token, organization_seq
from asyncsdk.server.services.rules import Document, one
from asyncsdk.server.services.scope import Scope, hash_token
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import job, organization, processing_run, processing_token, token
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "PROCESSING",
    "RunEnd",
    "RunStart",
    "add_run",
    "begin_run",
    "end_run",
    "find_run",
    "forget_token",
    "forget_tokens",
    "get_run",
    "keep_run",
    "kill_run",
    "look_at_run",
    "run_document",
]

PROCESSING = "processing"
"""The kind of the jobs that run a processing."""

_INSERT = Prepared(insertion(processing_run))
_RUN = Prepared(select(processing_run).where(processing_run.c.job == bindparam("job")))
# A worker knows its job by the id: another job may have the `seq` of one that was deleted.
_KILL_WANTED = Prepared(
    select(processing_run.c.kill_wanted)
    .join(job, job.c.seq == processing_run.c.job)
    .where(job.c.id == bindparam("job_id"))
)
_START = Prepared(
    select(processing_run.c.user_account, processing_run.c.kill_wanted, organization.c.id)
    .join(job, job.c.seq == processing_run.c.job)
    .join(organization, organization.c.seq == job.c.organization)
    .where(job.c.id == bindparam("job_id"))
)
_WANT_KILL = Prepared(
    update(processing_run).where(processing_run.c.job == bindparam("job")).values(kill_wanted=True)
)
_KILL_QUEUED = Prepared(
    update(job)
    .where(job.c.seq == bindparam("key"), job.c.status == JobRunStatus.QUEUED.value)
    .values(status=JobRunStatus.KILLED.value, error=bindparam("new_error"), updated_at=bindparam("now"))
    .returning(*job.c)
)
_RESULT = Prepared(
    update(processing_run)
    .where(processing_run.c.job == bindparam("job"))
    .values(result=bindparam("new_result"))
)
_INSERT_TOKEN = Prepared(insertion(processing_token))
_FORGET = Prepared(delete(token).where(token.c.hash == bindparam("hash")))
_FORGET_OF = Prepared(
    delete(token).where(
        token.c.seq.in_(
            select(processing_token.c.token).where(processing_token.c.job_id == bindparam("job_id"))
        )
    )
)
_FORGET_ALL = Prepared(delete(token).where(token.c.seq.in_(select(processing_token.c.token))))

_KILLED = "it was killed"


@attrs.frozen(kw_only=True)
class RunStart:
    """What a run begins with."""

    organization_id: str
    token: MadeToken


@attrs.frozen(kw_only=True)
class RunEnd:
    """How a run ended."""

    status: JobRunStatus
    error: str | None = None
    result: str | None = None
    """JSON text of what the processing gave."""


def add_run(scope: Scope, job_id: str, processing: int, model_version: int | None) -> Work[None]:
    """Add what a job has of a run, in the transaction of its launch."""
    row = yield from require_job(scope, job_id)
    yield _INSERT(
        job=row["seq"],
        processing=processing,
        model_version=model_version,
        user_account=scope.user,
        kill_wanted=False,
        result=None,
    )


def begin_run(row: Row) -> Work[RunStart | None]:
    """Make the token that a run works with, limited to its organization; `None` when it is to be killed.

    Raises:
        NotFoundError: the job was deleted.
    """
    found = one((yield _START(job_id=row["id"])), "run")
    if found["kill_wanted"]:
        return None
    made = yield from make_token(found["user_account"], f"processing {row['id']}", row["organization"])
    yield _INSERT_TOKEN(token=made.seq, job_id=row["id"])
    return RunStart(organization_id=found["id"], token=made)


def keep_run(row: Row, lines: Sequence[str], progress: float | None, lease_us: int) -> Work[tuple[Row, bool]]:
    """Keep what a run has said, and return its job with the new lease, and whether it is to be killed.

    Raises:
        NotFoundError: the job was deleted, or is no longer ours.
    """
    kept = yield from renew_job(row, lease_us, progress)
    yield from log_lines(row, lines)
    return kept, (yield from look_at_run(row))


def look_at_run(row: Row) -> Work[bool]:
    """Return whether a run is to be killed.

    Raises:
        NotFoundError: the job was deleted.
    """
    return bool(one((yield _KILL_WANTED(job_id=row["id"])), "run")["kill_wanted"])


def end_run(row: Row, lines: Sequence[str], end: RunEnd) -> Work[None]:
    """Keep how a run ended, unless its job is no longer ours; its tokens end with it."""
    if (yield from end_job(row, end.status, end.error)):
        yield _FORGET_OF(job_id=row["id"])
        yield from log_lines(row, lines)
        yield _RESULT(job=row["seq"], new_result=end.result)


def forget_token(made: MadeToken) -> Work[None]:
    """Delete the token of a run, whatever became of its job; another one may have its `seq` by now."""
    yield _FORGET(hash=hash_token(made.text))


def forget_tokens() -> Work[None]:
    """Delete the tokens of all runs: for the start of a platform that is alone on its database."""
    yield _FORGET_ALL()


def kill_run(scope: Scope, job_id: str) -> Work[Document]:
    """Kill the run of a processing: one that waits at once, one that runs as soon as its process is gone.

    Raises:
        ConflictError: the job runs no processing, or has ended.
    """
    row = yield from require_job(scope, job_id)
    if row["kind"] != PROCESSING:
        raise ConflictError("only jobs of processings can be killed", status=409)
    if row["status"] in (JobRunStatus.SUCCEEDED.value, JobRunStatus.FAILED.value):
        raise ConflictError(f"the job has ended as {row['status']}", status=409)
    killed = yield _KILL_QUEUED(key=row["seq"], new_error=_KILLED, now=now_us())
    if not killed:
        yield _WANT_KILL(job=row["seq"])
    return (yield from run_document(killed[0] if killed else row))


def get_run(scope: Scope, job_id: str) -> Work[Document]:
    """Return a job in the words of the second generation; either job API reads every job."""
    return (yield from run_document((yield from require_job(scope, job_id))))


def find_run(scope: Scope, organization_id: str, job_id: str) -> Work[Document]:
    """Return a job of the organization, in the words of the second generation."""
    home = yield from organization_seq(scope, organization_id)
    row = yield from require_job(scope, job_id)
    return (yield from run_document(row if row["organization"] == home else one((), "job")))


def run_document(row: Row) -> Work[Document]:
    """Return a job in the words of the second generation, with all that is known where it runs a processing."""
    document = job_document(row, 2)
    if row["kind"] != PROCESSING:
        return document
    run = one((yield _RUN(job=row["seq"])), "run")
    result = None if run["result"] is None else orjson.loads(run["result"])
    payload = orjson.loads(row["payload"])
    return document | {"type": payload["processing"]["type"], "result": result} | _context(payload)


def _context(payload: dict[str, Any]) -> Document:
    """Return what programs made for the published platform read of their job, under the names they know."""
    kind, target = ProcessingTargetType(payload["target"]["type"]), payload["target"]["id"]
    makes_new = payload["processing"]["type"] == ProcessingType.DATASET_VERSION_CREATION.value
    name = kind.lower()
    return {
        f"{name}_processing_job": {
            f"input_{name}_id": target,
            f"output_{name}_id": None if makes_new else target,
            "model_version_id": payload["inputs"].get("model_version_id"),
            **{key: payload[key] for key in ("parameters", "inputs", "cpu", "gpu")},
        }
    }
