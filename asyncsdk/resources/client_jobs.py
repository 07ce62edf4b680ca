"""The client's doors to jobs."""

from __future__ import annotations

from uuid import UUID

from asyncsdk.records.jobs import JobRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources.arguments import check_count
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.job import Job
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["ClientJobs"]


class ClientJobs:
    """Finding and listing the jobs of an organization."""

    _connection: Connection

    async def get_job_by_id(self, id: str | UUID) -> Job:  # noqa: A002 - the protocol's word
        """Return a job of the second generation by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: there is none of this id.
        """
        query = {"id": canonical_id(id)}
        await self._connection.open()
        record = await self._connection.call(
            routes.FIND_JOB_RUN, JobRecord, query=query, org=self._connection.organization.id
        )
        return Job(self._connection, [record], generation=2)

    async def list_jobs(self, limit: int | None = 100, offset: int | None = None) -> list[Job]:
        """List the organization's jobs of all kinds, newest first.

        Args:
            limit: jobs in all; `None` lists every one.
            offset: jobs to skip.

        Raises:
            NotSupportedError: the platform cannot list jobs.

        Example:
            >>> async def running(client) -> None:
            ...     print([job.kind for job in await client.list_jobs() if job.status == "RUNNING"])
        """
        query = {"limit": check_count(limit, "limit"), "offset": check_count(offset, "offset")}
        await self._connection.open()
        self._connection.require(capabilities.JOB_CONTROL, "list_jobs")
        found = await self._connection.call(
            routes.LIST_JOB_RUNS, Items[JobRecord], query=query, org=self._connection.organization.id
        )
        return [Job(self._connection, [record], generation=2) for record in found.items]
