"""Annotations as rows: finding them within a scope, and their JSON object without shapes."""

from __future__ import annotations

import math
from typing import Any

import orjson
from sqlalchemy import Join, bindparam, select
from sqlalchemy.sql import FromClause, Select

from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.changing import STATE, check_changeable
from asyncsdk.server.services.rules import Document, check_ids, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.services.workers import member_seqs
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, asset, data, dataset, dataset_version, user
from asyncsdk.server.store.statements import Prepared

__all__ = [
    "annotation_document",
    "annotations_joined",
    "check_duration",
    "require_annotation",
    "require_asset",
    "require_worker",
]

_MOST_SECONDS = 1e12

_columns = (annotation, asset.c.id.label("asset_id"), user.c.id.label("worker_id"))
_joined = annotation.join(asset, asset.c.seq == annotation.c.asset).join(
    user, user.c.seq == annotation.c.user_account
)
_home_columns = (
    *STATE,
    dataset_version.c.attributes.label("rules"),
    dataset.c.organization,
    data.c.width,
    data.c.height,
)


def _at_home(rows: FromClause) -> Join:
    """Join what assets are made from and belong to."""
    return (
        rows.join(data, data.c.seq == asset.c.data)
        .join(dataset_version, dataset_version.c.seq == asset.c.version)
        .join(dataset, dataset.c.seq == dataset_version.c.dataset)
    )


_visible = any_of(dataset.c.organization, bindparam("visible"))
_GET = Prepared(
    select(*_columns, *_home_columns)
    .select_from(_at_home(_joined))
    .where(annotation.c.id == bindparam("id"), _visible)
)
_GET_ASSET = Prepared(
    select(asset.c.seq, asset.c.id, asset.c.version, *_home_columns)
    .select_from(_at_home(asset))
    .where(asset.c.id == bindparam("id"), _visible)
)


def annotations_joined() -> Select[Any]:
    """Return the select of annotations with the ids of their asset and worker."""
    return select(*_columns).select_from(_joined)


def annotation_document(row: Row) -> Document:
    """Return an annotation without its shapes."""
    return {
        "id": row["id"],
        "asset_id": row["asset_id"],
        "worker_id": row["worker_id"],
        "duration": row["duration"],
        "status": row["status"],
        "attributes": None if row["attributes"] is None else orjson.Fragment(row["attributes"]),
        "created_at": iso(row["created_at"]),
    }


def require_annotation(scope: Scope, annotation_id: str, *, change: bool = False) -> Work[Row]:
    """Return the row of an annotation that the scope sees.

    Raises:
        LockedError: it is to be changed, and its version is locked.
    """
    return _changeable(
        one((yield _GET(id=annotation_id, visible=scope.visible)), "annotation"), change=change
    )


def require_asset(scope: Scope, asset_id: str, *, change: bool = False) -> Work[Row]:
    """Return the row of an asset that the scope sees.

    Raises:
        LockedError: it is to be changed, and its version is locked.
    """
    return _changeable(one((yield _GET_ASSET(id=asset_id, visible=scope.visible)), "asset"), change=change)


def require_worker(scope: Scope, organization: int, worker_id: str | None) -> Work[tuple[int, str]]:
    """Return `seq` and id of a worker of an organization; the user who asks where none is named.

    Raises:
        BadRequestError: there is no such worker.
    """
    if worker_id is None:
        return scope.user, scope.user_id
    wanted = check_ids([worker_id], "worker_id")[0]
    known = yield from member_seqs(organization, [wanted])
    if wanted not in known:
        raise BadRequestError(f"worker_id: {worker_id} is no worker of this dataset", status=400)
    return known[wanted], wanted


def check_duration(value: float) -> float:
    """Return a duration in seconds.

    Raises:
        BadRequestError: it is negative or beyond all measure.
    """
    if not (math.isfinite(value) and 0 <= value <= _MOST_SECONDS):
        raise BadRequestError(f"duration: must be 0 to {_MOST_SECONDS:.0f} seconds, not {value}", status=400)
    return float(value)


def _changeable(row: Row, *, change: bool) -> Row:
    if change:
        check_changeable(row)
    return row
