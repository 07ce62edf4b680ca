"""What jobs say: their lines, and files that are kept as their log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from asyncsdk.server.services.garbage import discard, refuse_garbage
from asyncsdk.server.services.jobs import require_job
from asyncsdk.server.services.organizations import connector_of
from asyncsdk.server.services.rules import Document, json_list, json_text
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import job, job_log
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["list_lines", "log_job", "log_lines", "require_log_connector", "save_log", "saved_logs"]

MOST_LINES = 1000
"""Lines of a log that are read at once."""

_LOG = Prepared(insertion(job_log))
_LINES = Prepared(
    select(job_log.c.seq, job_log.c.line, job_log.c.created_at)
    .where(job_log.c.job == bindparam("key"), job_log.c.seq > bindparam("after"))
    .order_by(job_log.c.seq)
    .limit(bindparam("most"))
)
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


def log_job(scope: Scope, job_id: str, line: Any) -> Work[None]:
    """Add a line, a text or another JSON value, to the log of a job."""
    text = line if isinstance(line, str) else json_text(line, "log")
    row = yield from require_job(scope, job_id)
    yield _LOG(job=row["seq"], created_at=now_us(), line=text)


def list_lines(scope: Scope, job_id: str, *, after: int, limit: int) -> Work[Document]:
    """Return lines of a job's log, the oldest first, and the job's status at the same moment.

    Args:
        scope: who asks.
        job_id: the job.
        after: number of a line; only later ones are given.
        limit: most lines.
    """
    row = yield from require_job(scope, job_id)
    lines = yield _LINES(key=row["seq"], after=after, most=min(limit, MOST_LINES))
    items = [
        {"number": line["seq"], "line": line["line"], "created_at": iso(line["created_at"])} for line in lines
    ]
    return {"items": items, "status": row["status"]}


def require_log_connector(scope: Scope, job_id: str, object_name: str) -> Work[str]:
    """Return the storage connector where the saved log of a job must lie.

    Raises:
        BadRequestError: the object is about to be deleted.
    """
    row = yield from require_job(scope, job_id)
    connector = yield from connector_of(row["organization"])
    yield from refuse_garbage(connector, object_name, "logging_object_name")
    return connector


def save_log(scope: Scope, job_id: str, object_name: str) -> Work[Document]:
    """Keep an uploaded object as the log of a job, in place of the one before.

    Raises:
        BadRequestError: the object is about to be deleted.
    """
    yield from require_log_connector(scope, job_id, object_name)
    row = yield from require_job(scope, job_id)
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
