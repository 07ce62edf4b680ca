"""Assets: the data inside a dataset version. Listing, finding and deleting them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, literal, select, update

from asyncsdk.errors import BadRequestError, InvalidQueryError
from asyncsdk.server.services import tags
from asyncsdk.server.services.changing import STATE, check_changeable
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors, fingerprint
from asyncsdk.server.services.dataset_versions import require_unlocked, require_version
from asyncsdk.server.services.documents import ASSET_COLUMNS, DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import Listing, PageRequest, list_page
from asyncsdk.server.services.organizations import connector_of
from asyncsdk.server.services.rules import Document, check_ids, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.query import compile_order
from asyncsdk.server.store.schema import asset, data, datalake, dataset, dataset_version, organization
from asyncsdk.server.store.statements import Prepared, statement

__all__ = ["delete_asset", "delete_many_assets", "find_asset", "get_asset", "list_assets"]

_joined = asset.join(data, data.c.seq == asset.c.data)
_GET = Prepared(
    select(
        *ASSET_COLUMNS,
        asset.c.seq.label("asset"),
        asset.c.version,
        *STATE,
        organization.c.connector_id,
    )
    .select_from(
        _joined.join(dataset_version, dataset_version.c.seq == asset.c.version)
        .join(dataset, dataset.c.seq == dataset_version.c.dataset)
        .join(organization, organization.c.seq == dataset.c.organization)
    )
    .where(asset.c.id == bindparam("id"), any_of(organization.c.seq, bindparam("visible")))
)
_SELECT_MANY = Prepared(
    select(asset.c.seq).where(asset.c.version == bindparam("version"), any_of(asset.c.id, bindparam("ids")))
)
_DELETE = Prepared(delete(asset).where(any_of(asset.c.seq, bindparam("keys"))))
_COUNT = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(asset_count=dataset_version.c.asset_count - bindparam("less"))
)


def list_assets(
    scope: Scope,
    version_id: str,
    wanted: Filter,
    page: PageRequest,
    *,
    documents: DataDocuments,
    cursors: Cursors,
    counts: Counts,
) -> Work[Document]:
    """Return a page of the version's assets, newest first where no order is asked for."""
    version = yield from require_version(scope, version_id)
    connector = yield from connector_of(version["organization"])
    condition = wanted.condition("asset")
    chosen = _inside(version, wanted)
    rows = select(*ASSET_COLUMNS).select_from(_joined).where(chosen)
    if condition is None:
        count = select(literal(version["asset_count"]).label("n"))
    else:
        rows = rows.where(condition)
        # An outer join: the database leaves it out where the filter does not touch the data.
        named = wanted.is_by_id or wanted.is_by_file
        whole = _joined if named else asset.outerjoin(data, data.c.seq == asset.c.data)
        count = select(func.count().label("n")).select_from(whole).where(chosen, condition)
    listing = Listing(
        select=rows,
        key=asset.c.position,
        order=compile_order(page.order_by, "asset"),
        fingerprint=fingerprint("asset", version_id, list(page.order_by), wanted.key()),
        count=statement(count),
        lowest=statement(
            select(func.min(asset.c.position).label("n")).where(asset.c.version == version["seq"])
        ),
        document=documents.each_asset(connector),
    )
    return (yield from list_page(listing, page, cursors, counts))


def find_asset(scope: Scope, version_id: str, wanted: Filter, documents: DataDocuments) -> Work[Document]:
    """Return the only asset that matches every criterion.

    Raises:
        BadRequestError: there is no criterion.
        InvalidQueryError: several match.
    """
    version = yield from require_version(scope, version_id)
    conditions = wanted.conditions("asset")
    if not conditions:
        raise BadRequestError("give a data_id, a filename, an object_name or an id", status=400)
    rows = yield statement(
        select(asset.c.id).select_from(_joined).where(_inside(version, wanted), *conditions).limit(2)
    )
    if len(rows) > 1:
        raise InvalidQueryError("several assets match; give an id, a data_id or an object_name", status=400)
    return (yield from get_asset(scope, one(rows, "asset")["id"], documents))


def get_asset(scope: Scope, asset_id: str, documents: DataDocuments) -> Work[Document]:
    """Return an asset with its tags."""
    row = yield from _require(scope, asset_id)
    return {
        **documents.asset(row, row["connector_id"]),
        "tags": (yield from tags.tags_of("asset", row["asset"])),
    }


def delete_asset(scope: Scope, asset_id: str) -> Work[None]:
    """Delete an asset; its data stays in the datalake.

    Raises:
        LockedError: its version is locked.
    """
    row = yield from _require(scope, asset_id)
    check_changeable(row)
    yield from _delete(row["version"], [row["asset"]])


def delete_many_assets(scope: Scope, version_id: str, ids: Sequence[str]) -> Work[Document]:
    """Delete assets of one version; ids that are not in it are skipped.

    Raises:
        LockedError: the version is locked.
    """
    version = yield from require_unlocked(scope, version_id)
    rows = yield _SELECT_MANY(version=version["seq"], ids=json_list(check_ids(ids, "ids")))
    yield from _delete(version["seq"], [row["seq"] for row in rows])
    return {"count": len(rows)}


def _inside(version: Row, wanted: Filter) -> ColumnElement[bool]:
    """What holds for assets of a version, said such that what is named is found without walking the version."""
    home: ColumnElement[Any] = (
        asset.c.version + 0 if wanted.is_by_id or wanted.is_by_file else asset.c.version
    )
    lakes = select(datalake.c.seq).where(datalake.c.organization == version["organization"])
    return and_(home == version["seq"], *([data.c.datalake.in_(lakes)] if wanted.is_by_file else []))


def _require(scope: Scope, asset_id: str) -> Work[Row]:
    return one((yield _GET(id=asset_id, visible=scope.visible)), "asset")


def _delete(version: int, keys: Sequence[int]) -> Work[None]:
    yield _DELETE(keys=json_list(keys))
    yield _COUNT(key=version, less=len(keys))
