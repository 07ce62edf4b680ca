"""The lines of jobs' logs, page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import anyio

from asyncsdk.enums import JobRunStatus
from asyncsdk.records.jobs import JobLine, JobLines
from asyncsdk.resources.connection import Connection
from asyncsdk.wire import capabilities, routes

__all__ = ["LogPages"]

_PAUSE_S = 0.2
_OPEN = (JobRunStatus.PENDING.value, JobRunStatus.QUEUED.value, JobRunStatus.RUNNING.value)


class LogPages:
    """The logs of jobs, one after the other.

    Args:
        connection: the platform.
        job_ids: the jobs.
        follow: at the end of what is there, wait for more until the job has ended.
    """

    def __init__(self, connection: Connection, job_ids: Sequence[str], *, follow: bool) -> None:
        self._connection = connection
        self._left = deque(job_ids)
        self._follow = follow
        self._after = 0

    async def next_page(self) -> list[JobLine] | None:
        """Return the next lines, `None` at the end.

        Raises:
            NotSupportedError: the platform gives no logs.
        """
        await self._connection.open()
        self._connection.require(capabilities.JOB_CONTROL, "the log of a job")
        while self._left:
            read = await self._connection.call(
                routes.LIST_JOB_LINES, JobLines, query={"after": self._after}, job=self._left[0]
            )
            if read.items:
                self._after = read.items[-1].number
                return read.items
            if self._follow and read.status in _OPEN:
                await anyio.sleep(_PAUSE_S)
            else:
                self._left.popleft()
                self._after = 0
        return None

    async def aclose(self) -> None:
        """Give nothing more."""
        self._left.clear()
