"""Adding data to a dataset version, in requests of a bounded size."""

from __future__ import annotations

from collections.abc import Sequence

from asyncsdk.flow.chunks import chunked
from asyncsdk.records.datasets import AddedAssets, NewAssets
from asyncsdk.records.jobs import JobRecord
from asyncsdk.resources.arguments import as_tag_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data import Data, MultiData, data_ids_of
from asyncsdk.resources.job import Job
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.tagging import TagHome, tag_ids
from asyncsdk.wire import routes

__all__ = ["add_data"]


async def add_data(
    connection: Connection,
    version_id: str,
    data: Data | Sequence[Data] | MultiData,
    tags: Sequence[str | Tag] | None,
    *,
    wait: bool,
) -> Job:
    """Start the jobs that add data, one after the other so that the order is kept."""
    ids = data_ids_of(data)
    names = as_tag_names(tags)
    await connection.open()
    chosen = await tag_ids(TagHome.of_version(connection, version_id), names)
    jobs: list[JobRecord] = []
    for chunk in chunked(ids, connection.settings.limits.bulk_ids_per_request):
        added = await connection.call(
            routes.ADD_ASSETS, AddedAssets, body=NewAssets(chunk, chosen), version=version_id
        )
        jobs.append(added.job)
    job = Job(connection, jobs, generation=1)
    if wait:
        await job.wait()
    return job
