"""Importing projections from the storage, in requests of a bounded size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.chunks import chunked
from asyncsdk.records import codec
from asyncsdk.records.jobs import JobRecord
from asyncsdk.records.projections import CloudProjection, ProjectionImport, StartedImport
from asyncsdk.resources.arguments import as_list
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.job import Job
from asyncsdk.wire import routes

__all__ = ["import_projections"]

DATA_PER_REQUEST = 500
"""The protocol's limit (section 1.6)."""


async def import_projections(
    connection: Connection,
    datalake_id: str,
    projections: Mapping[str, Sequence[CloudProjection | Mapping[str, str]]],
    *,
    wait: bool,
) -> Job:
    """Start the jobs that import projections."""
    if not isinstance(projections, Mapping) or not projections:
        raise InvalidArgumentError("projections: give them by the object names of their data, at least one")
    wanted = [(name, _checked(name, each)) for name, each in projections.items()]
    await connection.open()
    jobs: list[JobRecord] = []
    for chunk in chunked(wanted, DATA_PER_REQUEST):
        started = await connection.call(
            routes.IMPORT_PROJECTIONS,
            StartedImport,
            body=ProjectionImport(datalake_id, dict(chunk)),
            datalake=datalake_id,
        )
        jobs.append(started.job)
    job = Job(connection, jobs, generation=2)
    if wait:
        await job.wait()
    return job


def _checked(
    object_name: object, given: Sequence[CloudProjection | Mapping[str, str]]
) -> tuple[CloudProjection, ...]:
    if not isinstance(object_name, str):
        raise InvalidArgumentError(f"projections: {object_name!r} is not the object name of a data")
    try:
        return tuple(
            one
            if isinstance(one, CloudProjection)
            else codec.load(dict(one) if isinstance(one, Mapping) else one, CloudProjection)
            for one in as_list(given)
        )
    except codec.CodecError as error:
        raise InvalidArgumentError(f"projections: {object_name!r}: {error}") from error
