"""Jobs: work that goes on at the platform."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from asyncsdk.enums import JobRunStatus, JobStatus
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.jobs import JobLine, JobRecord
from asyncsdk.resources import job_log, job_waiting
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.job_lines import LogPages
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import capabilities, routes

__all__ = ["Job"]


class Job(Resource[JobRecord]):
    """A job of the platform, of either generation; it may stand for several of the protocol's jobs.

    Adding data, forking and tag conversion make jobs of the first generation, whose statuses are
    `RUNNING`, `SUCCESS`, `FAILED` and `TERMINATED`. Processings and campaigns make jobs of the second, with
    `PENDING`, `QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED` and `KILLED`.
    """

    __slots__ = ("_generation", "_records")

    def __init__(self, connection: Connection, records: Sequence[JobRecord], *, generation: int) -> None:
        super().__init__(connection, records[-1])
        self._records = tuple(records)
        self._generation = generation

    @property
    def status(self) -> JobStatus | JobRunStatus:
        """The status when the job was last read; of several jobs the least advanced one."""
        return job_waiting.joint_status(self._records, self._generation)

    @property
    def progress(self) -> float | None:
        """Share that is done, 0 to 1, where the platform tells it."""
        shares = [record.progress for record in self._records]
        known = [share for share in shares if share is not None]
        return sum(known) / len(shares) if len(known) == len(shares) else None

    @property
    def error(self) -> str | None:
        """Why the job failed, where the platform tells it."""
        return next((record.error for record in self._records if record.error), None)

    @property
    def kind(self) -> str | None:
        """What the job does, in the platform's own word, where it tells it; such as `processing`."""
        return self._record.kind

    @property
    def result(self) -> Any:
        """What the processing gave, a JSON value; `None` where it gave nothing, or the platform does not tell."""
        return self._record.result

    async def refresh(self) -> None:
        """Read the job anew."""
        route = routes.GET_JOB if self._generation == 1 else routes.GET_JOB_RUN
        read = [await self._connection.call(route, JobRecord, job=record.id) for record in self._records]
        self._records, self._record = tuple(read), read[-1]

    async def wait(self, timeout_s: float | None = None, poll_s: float = 0.1) -> None:
        """Wait until the job has succeeded.

        Args:
            timeout_s: longest wait, in seconds; `None` waits for an hour.
            poll_s: first pause between two looks, in seconds; it grows to five seconds.

        Raises:
            JobFailedError: the job ended otherwise; the text is the job's own error.
            DeadlineError: it did not end in time; it goes on at the platform.

        Example:
            >>> async def fill(version, data) -> None:
            ...     job = await version.add_data(data)
            ...     await job.wait()
        """
        await job_waiting.wait(self, timeout_s=timeout_s, poll_s=poll_s)

    def iter_log(self, *, follow: bool = False) -> ItemIterator[JobLine]:
        """Iterate over the lines of the job's log, the oldest first.

        Args:
            follow: at the end of what is there, wait for more until the job has ended.

        Raises:
            NotSupportedError: at the first step, where the platform gives no logs.

        Example:
            >>> async def watch(job) -> None:
            ...     async for line in job.iter_log(follow=True):
            ...         print(line.created_at, line.line)
        """
        source = LogPages(self._connection, [record.id for record in self._records], follow=follow)
        return ItemIterator(source, lambda line: line)

    async def list_logs(self) -> list[JobLine]:
        """List the lines of the job's log, the oldest first.

        Raises:
            NotSupportedError: the platform gives no logs.
        """
        return [line async for line in self.iter_log()]

    async def kill(self) -> None:
        """Kill the job of a processing: its process ends, and the job is `KILLED` as soon as it is gone.

        Killing it twice is killing it once.

        Raises:
            ConflictError: the job runs no processing, or has ended.
            NotSupportedError: the platform cannot kill jobs.

        Example:
            >>> async def give_up(client, job_id) -> None:
            ...     job = await client.get_job_by_id(job_id)
            ...     await job.kill()
        """
        await self._connection.open()
        self._connection.require(capabilities.JOB_CONTROL, "kill")
        record = await self._connection.call(routes.KILL_JOB_RUN, JobRecord, job=self.id)
        if self._generation == 2:
            self._records = (*self._records[:-1], record)
            self._record = record

    async def store_logging_file(self, path: str | os.PathLike[str]) -> str:
        """Upload a file as the log of this job, in place of the one before.

        Args:
            path: the file.

        Returns:
            The object name under which the storage keeps it.

        Raises:
            InvalidArgumentError: the job is of the first generation, or stands for several jobs.
            MissingFileError: there is no such file.

        Example:
            >>> async def keep(client, job_id) -> None:
            ...     job = await client.get_job_by_id(job_id)
            ...     await job.store_logging_file("train.log")
        """
        if self._generation == 1 or len(self._records) > 1:
            raise InvalidArgumentError(
                f"job {self.id} takes no log: a single one of the second generation does"
            )
        return await job_log.store_file(self._connection, self.id, path)

    def _label(self) -> str:
        return self.status.value
