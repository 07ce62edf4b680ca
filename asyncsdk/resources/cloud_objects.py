"""Importing objects that lie in the storage already, and changing many data at once, in bounded requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.records.cloud_objects import CloudObject, DataUpdates, ObjectImport
from asyncsdk.records.jobs import JobRecord
from asyncsdk.records.projections import StartedImport
from asyncsdk.resources.arguments import as_json_object, as_names, as_tag_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data_source import DataSource
from asyncsdk.resources.data_sources import as_source, source_id
from asyncsdk.resources.job import Job
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.tagging import TagHome, tag_ids
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["Given", "import_bucket_objects", "import_cloud_objects", "update_multiple_data"]

Given: TypeAlias = CloudObject | Mapping[str, Any]

OBJECTS_PER_REQUEST = 500
DATA_PER_REQUEST = 100
"""The protocol's limits (section 1.6)."""

_UPDATES_AT_ONCE = 4
_FIELDS = frozenset({"metadata", "custom_metadata", "tags", "data_source"})


async def import_bucket_objects(
    connection: Connection,
    datalake_id: str,
    prefixes: Sequence[str],
    tags: Sequence[str | Tag] | None,
    source: str | DataSource | None,
    *,
    wait: bool,
) -> Job:
    """Start the job that imports what is below some prefixes."""
    wanted = as_names(prefixes, "prefixes")
    if wanted is None:
        raise InvalidArgumentError('prefixes: give a list; [""] stands for everything')
    names, chosen = as_tag_names(tags), as_source(source)
    await connection.open()
    body = ObjectImport(
        datalake_id,
        prefixes=wanted,
        tag_ids=await tag_ids(TagHome.of_datalake(connection, datalake_id), names),
        data_source_id=await source_id(connection, chosen),
    )
    return await _job(connection, [await _start(connection, datalake_id, body)], wait=wait)


async def import_cloud_objects(
    connection: Connection, datalake_id: str, cloud_objects: Mapping[str, Given], *, wait: bool
) -> Job:
    """Start the jobs that import some objects."""
    wanted = _checked(cloud_objects, "cloud_objects", "object names")
    as_names(wanted, "cloud_objects")
    await connection.open()
    records = [
        await _start(connection, datalake_id, ObjectImport(datalake_id, objects=dict(chunk)))
        for chunk in chunked(wanted.items(), OBJECTS_PER_REQUEST)
    ]
    return await _job(connection, records, wait=wait)


async def update_multiple_data(
    connection: Connection, datalake_id: str, objects: Mapping[str, Given] | Mapping[UUID, Given]
) -> None:
    """Replace what is kept beside the files of some data."""
    checked = _checked(objects, "objects", "ids")
    wanted = {canonical_id(data_id): given for data_id, given in checked.items()}
    if len(wanted) < len(checked):
        raise InvalidArgumentError("objects: a data is named twice")
    await connection.open()

    async def update(chunk: Sequence[tuple[str, CloudObject]]) -> None:
        body = DataUpdates(dict(chunk), datalake_id)
        await connection.act(routes.UPDATE_MANY_DATA, body=body, datalake=datalake_id)

    await map_bounded(update, chunked(wanted.items(), DATA_PER_REQUEST), limit=_UPDATES_AT_ONCE)


async def _start(connection: Connection, datalake_id: str, body: ObjectImport) -> JobRecord:
    started = await connection.call(routes.IMPORT_OBJECTS, StartedImport, body=body, datalake=datalake_id)
    return started.job


async def _job(connection: Connection, records: Sequence[JobRecord], *, wait: bool) -> Job:
    job = Job(connection, records, generation=2)
    if wait:
        await job.wait()
    return job


def _checked(
    objects: Mapping[str, Given] | Mapping[UUID, Given], what: str, keys: str
) -> dict[Any, CloudObject]:
    if not isinstance(objects, Mapping) or not objects:
        raise InvalidArgumentError(f"{what}: give at least one, by {keys}")
    return {key: _cloud_object(given, f"{what}: {str(key)!r}") for key, given in objects.items()}


def _cloud_object(given: Given, what: str) -> CloudObject:
    if isinstance(given, CloudObject):
        given = {name: getattr(given, name) for name in _FIELDS}
    if not isinstance(given, Mapping):
        raise InvalidArgumentError(f"{what}: {given!r} is neither a CloudObject nor a dict")
    unknown = sorted(map(str, given.keys() - _FIELDS))
    if unknown:
        raise InvalidArgumentError(
            f"{what}: unknown {', '.join(unknown)}; known are {', '.join(sorted(_FIELDS))}"
        )
    source = as_source(given.get("data_source"))
    return CloudObject(
        metadata=as_json_object(given.get("metadata"), f"{what}: metadata"),
        custom_metadata=as_json_object(given.get("custom_metadata"), f"{what}: custom_metadata"),
        tags=as_tag_names(given.get("tags")) or (),
        data_source=source if source is None or isinstance(source, str) else source.name,
    )
