"""Single annotations: creating, finding, changing and deleting them. Each worker has one per asset."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, update

from asyncsdk.errors import ConflictError
from asyncsdk.records.annotations import AnnotationPatch, NewAnnotation
from asyncsdk.server.services.annotation_rows import (
    annotation_document,
    annotations_joined,
    check_duration,
    require_annotation,
    require_asset,
    require_worker,
)
from asyncsdk.server.services.attributes import check_attributes
from asyncsdk.server.services.rules import Document, json_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import annotation, user
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_annotation",
    "delete_annotation",
    "find_asset_annotation",
    "get_annotation",
    "list_asset_annotations",
    "update_annotation",
]

_of_asset = annotations_joined().where(annotation.c.asset == bindparam("asset"))
_newest_first = annotation.c.seq.desc()
_OF_ASSET = Prepared(_of_asset.order_by(_newest_first))
_NEWEST = Prepared(_of_asset.order_by(_newest_first).limit(1))
_OF_WORKER = Prepared(_of_asset.where(user.c.id == bindparam("worker")).order_by(_newest_first).limit(1))
_INSERT = Prepared(insertion(annotation))
_UPDATE = Prepared(
    update(annotation)
    .where(annotation.c.seq == bindparam("key"))
    .values(
        duration=bindparam("new_duration"),
        status=bindparam("new_status"),
        user_account=bindparam("new_worker"),
        attributes=bindparam("new_attributes"),
    )
)
_DELETE = Prepared(delete(annotation).where(annotation.c.seq == bindparam("key")))


def list_asset_annotations(scope: Scope, asset_id: str) -> Work[Document]:
    """Return the annotations of an asset, newest first."""
    target = yield from require_asset(scope, asset_id)
    return {"items": [annotation_document(row) for row in (yield _OF_ASSET(asset=target["seq"]))]}


def find_asset_annotation(scope: Scope, asset_id: str, worker_id: str | None) -> Work[Document]:
    """Return the newest annotation of an asset, or that of a worker."""
    target = yield from require_asset(scope, asset_id)
    if worker_id is None:
        rows = yield _NEWEST(asset=target["seq"])
    else:
        rows = yield _OF_WORKER(asset=target["seq"], worker=worker_id)
    return annotation_document(one(rows, "annotation"))


def create_annotation(scope: Scope, asset_id: str, body: NewAnnotation) -> Work[Document]:
    """Create an annotation without shapes.

    Raises:
        BadRequestError: the duration or the worker is not acceptable.
        ConflictError: the worker has one on this asset.
        LockedError: the version is locked.
    """
    target = yield from require_asset(scope, asset_id, change=True)
    worker, worker_id = yield from require_worker(scope, target["organization"], body.worker_id)
    yield from _check_free(target["seq"], worker_id)
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "version": target["version"],
        "asset": target["seq"],
        "user_account": worker,
        "status": "PENDING",
        "duration": check_duration(body.duration),
        "attributes": None,
    }
    yield _INSERT(**row)
    return annotation_document({**row, "asset_id": target["id"], "worker_id": worker_id})


def get_annotation(scope: Scope, annotation_id: str) -> Work[Document]:
    """Return an annotation without its shapes."""
    return annotation_document((yield from require_annotation(scope, annotation_id)))


def update_annotation(scope: Scope, annotation_id: str, body: AnnotationPatch) -> Work[Document]:
    """Change what is given.

    Raises:
        BadRequestError: the duration or the worker is not acceptable.
        ConflictError: the worker has another one on this asset.
        LockedError: the version is locked.
    """
    row = yield from require_annotation(scope, annotation_id, change=True)
    worker, worker_id = row["user_account"], row["worker_id"]
    if body.worker_id is not None:
        worker, worker_id = yield from require_worker(scope, row["organization"], body.worker_id)
        if worker != row["user_account"]:
            yield from _check_free(row["asset"], worker_id)
    changed = dict(row) | {"worker_id": worker_id}
    if body.status is not None:
        changed["status"] = body.status.value
    if body.duration is not None:
        changed["duration"] = check_duration(body.duration)
    if body.attributes is not None:
        check_attributes(body.attributes, row["rules"], "attributes")
        changed["attributes"] = json_text(body.attributes, "attributes")
    yield _UPDATE(
        key=row["seq"],
        new_duration=changed["duration"],
        new_status=changed["status"],
        new_worker=worker,
        new_attributes=changed["attributes"],
    )
    return annotation_document(changed)


def delete_annotation(scope: Scope, annotation_id: str) -> Work[None]:
    """Delete an annotation with its shapes.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from require_annotation(scope, annotation_id, change=True)
    yield _DELETE(key=row["seq"])


def _check_free(asset: int, worker_id: str) -> Work[None]:
    if (yield _OF_WORKER(asset=asset, worker=worker_id)):
        raise ConflictError("the worker has an annotation on this asset already", status=409)
