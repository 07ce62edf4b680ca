"""The annotations of one asset: listing, finding, creating."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.enums import AnnotationStatus, choose
from asyncsdk.errors import AsyncSDKError, NotFoundError, NotSupportedError
from asyncsdk.records.annotations import AnnotationRecord, NewAnnotation
from asyncsdk.records.paging import Items
from asyncsdk.resources.annotation import Annotation
from asyncsdk.resources.arguments import check_seconds
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.worker import Worker
from asyncsdk.resources.worker_filters import check_worker, worker_id_of
from asyncsdk.wire import routes

__all__ = ["create_annotation", "find_annotation", "list_annotations"]


async def list_annotations(connection: Connection, asset_id: str) -> list[AnnotationRecord]:
    """Return the annotations of an asset, newest first."""
    found = await connection.call(routes.LIST_ASSET_ANNOTATIONS, Items[AnnotationRecord], asset=asset_id)
    return [attrs.evolve(record, asset_id=asset_id) for record in found.items]


async def find_annotation(connection: Connection, asset_id: str, worker: Worker | None) -> AnnotationRecord:
    """Return the newest annotation of an asset, or the newest of a worker.

    Raises:
        NotFoundError: there is none.
        NotSupportedError: the platform does not tell whose annotations are whose.
    """
    worker_id = worker_id_of(worker)
    if worker_id is None:
        record = await connection.call(routes.FIND_ASSET_ANNOTATION, AnnotationRecord, asset=asset_id)
        return attrs.evolve(record, asset_id=asset_id)
    for record in await list_annotations(connection, asset_id):
        if record.worker_id is None:
            raise NotSupportedError(f"{connection.host} does not tell whose annotations are whose")
        if record.worker_id == worker_id:
            return record
    raise NotFoundError(f"worker {worker_id} has no annotation on asset {asset_id}", status=404)


async def create_annotation(
    connection: Connection,
    asset_id: str,
    version_id: str,
    *,
    duration: float,
    worker: Worker | None,
    status: AnnotationStatus | str | None,
    attributes: dict[str, Any] | None,
) -> Annotation:
    """Create an annotation; what the protocol does not take at creation is set by a second request.

    Raises:
        ConflictError: the worker has one on the asset already.
        NotSupportedError: the platform ignored the worker or the attributes; no annotation stays behind.
    """
    chosen = None if status is None else choose(AnnotationStatus, status)
    body = NewAnnotation(duration=check_seconds(duration, "duration") or 0.0, worker_id=worker_id_of(worker))
    record = await connection.call(routes.CREATE_ANNOTATION, AnnotationRecord, body=body, asset=asset_id)
    annotation = Annotation(connection, attrs.evolve(record, asset_id=asset_id), version_id)
    try:
        check_worker(record.worker_id, body.worker_id)
        if chosen is not None or attributes is not None:
            await annotation.update(status=chosen, attributes=attributes)
    except AsyncSDKError:
        await annotation.delete()
        raise
    return annotation
