"""Deleting many annotations of a dataset version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from asyncsdk.errors import NotSupportedError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.records.annotations import BulkDelete
from asyncsdk.resources.annotation_listing import AnnotationSelection, read_annotations
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.listing import read_all
from asyncsdk.resources.worker import Worker
from asyncsdk.resources.worker_filters import worker_ids_of
from asyncsdk.wire import capabilities, routes

__all__ = ["delete_annotations", "delete_ids"]

_EVERYTHING = ("__all__",)
"""In place of asset ids: all of them."""

_AT_ONCE = 2
"""Requests in flight; each is one transaction."""


async def delete_annotations(
    connection: Connection,
    version_id: str,
    *,
    asset_ids: Sequence[str] | None,
    workers: Worker | Iterable[Worker] | None,
) -> None:
    """Delete the annotations of assets and workers; `None` stands for all, an empty list for none.

    A platform that may ignore workers is never told to delete by them: what is theirs is looked up.

    Raises:
        LockedError: the version is locked.
        NotSupportedError: the platform does not tell whose annotations are whose; nothing was deleted.
    """
    worker_ids = worker_ids_of(workers)
    if worker_ids == () or (asset_ids is not None and not asset_ids):
        return
    await connection.open()
    if worker_ids is None or connection.supports(capabilities.WORKER_FILTERS):
        size = connection.settings.limits.bulk_ids_per_request
        parts = [_EVERYTHING] if asset_ids is None else list(chunked(asset_ids, size))
        bodies = [BulkDelete(asset_ids=part, worker_ids=worker_ids) for part in parts]
        await _delete(connection, version_id, bodies)
        return
    chosen = AnnotationSelection(version_id=version_id)
    records = await read_all(read_annotations(connection, chosen))
    if any(record.worker_id is None for record in records):
        raise NotSupportedError(f"{connection.host} does not tell whose annotations are whose")
    theirs = [record for record in records if record.worker_id in worker_ids]
    on_assets = None if asset_ids is None else set(asset_ids)
    ids = [one.id for one in theirs if on_assets is None or one.asset_id in on_assets]
    await delete_ids(connection, version_id, ids)


async def delete_ids(connection: Connection, version_id: str, ids: Sequence[str]) -> None:
    """Delete annotations by their ids; none of them means none.

    Raises:
        LockedError: the version is locked.
    """
    size = connection.settings.limits.bulk_ids_per_request
    parts = chunked(ids, size)
    await _delete(
        connection, version_id, [BulkDelete(asset_ids=_EVERYTHING, annotation_ids=part) for part in parts]
    )


async def _delete(connection: Connection, version_id: str, bodies: Sequence[BulkDelete]) -> None:
    async def delete(body: BulkDelete) -> None:
        await connection.act(routes.DELETE_MANY_ANNOTATIONS, body=body, version=version_id)

    await map_bounded(delete, bodies, limit=_AT_ONCE)
