"""Jobs of both generations."""

from __future__ import annotations

from datetime import datetime

import attrs

from asyncsdk.records.absent import absent

__all__ = ["JobRecord", "SavedLog"]


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


@attrs.frozen
class SavedLog:
    """The uploaded object that keeps the log of a job."""

    logging_object_name: str
