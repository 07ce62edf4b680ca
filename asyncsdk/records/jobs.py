"""Jobs of both generations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from asyncsdk.records.absent import absent

__all__ = ["JobLine", "JobLines", "JobRecord", "SavedLog"]


@attrs.frozen
class JobRecord:
    """A job; which statuses it takes depends on the operation that made it."""

    id: str
    status: str
    progress: float | None = absent()
    """Our addition: share that is done, 0 to 1."""

    error: str | None = absent()
    """Our addition: why the job failed."""

    created_at: datetime | None = absent()

    kind: str | None = absent()
    """Our addition: what the job does, such as `add-assets` or `processing`."""

    result: Any = absent()
    """Our addition: what the processing gave, a JSON value."""


@attrs.frozen
class JobLine:
    """A line of a job's log."""

    number: int
    """Grows from line to line, with gaps."""

    line: str
    created_at: datetime


@attrs.frozen
class JobLines:
    """Our addition: some lines of a job's log, the oldest first."""

    items: list[JobLine]

    status: str
    """Status of the job when the lines were read, in the words of the second generation."""


@attrs.frozen
class SavedLog:
    """The uploaded object that keeps the log of a job."""

    logging_object_name: str
