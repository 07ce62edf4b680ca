"""Data: the files of a datalake. Creating, reading, changing and deleting them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, select, union_all, update

from asyncsdk.enums import TagTarget
from asyncsdk.errors import BadRequestError, ConflictError, LockedError
from asyncsdk.records.data import NewData
from asyncsdk.server.services import tags
from asyncsdk.server.services.custom_metadata import metadata_rules
from asyncsdk.server.services.data_rows import (
    Upload,
    check_new_data,
    count_data,
    insert_data,
    metadata_text,
    new_row,
)
from asyncsdk.server.services.data_sources import require_source
from asyncsdk.server.services.datalakes import require_datalake
from asyncsdk.server.services.documents import DATA_COLUMNS, DataDocuments
from asyncsdk.server.services.garbage import discard, refuse_garbage
from asyncsdk.server.services.rules import (
    Document,
    check_ids,
    json_list,
    one,
)
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import (
    asset,
    data,
    data_source,
    datalake,
    dataset_version,
    organization,
    projection,
)
from asyncsdk.server.store.statements import Prepared

__all__ = [
    "Upload",
    "create_data",
    "data_url",
    "delete_data",
    "delete_many_data",
    "get_data",
    "require_data",
    "require_destination",
    "update_custom_metadata",
    "update_metadata",
]

_joined = (
    select(
        *DATA_COLUMNS,
        data.c.seq,
        data.c.datalake,
        datalake.c.id.label("datalake_id"),
        datalake.c.organization,
        organization.c.connector_id,
        data_source.c.id.label("source_id"),
        data_source.c.name.label("source_name"),
    )
    .join(datalake, datalake.c.seq == data.c.datalake)
    .join(organization, organization.c.seq == datalake.c.organization)
    .outerjoin(data_source, data_source.c.seq == data.c.data_source)
)
_GET = Prepared(
    _joined.where(data.c.id == bindparam("id"), any_of(datalake.c.organization, bindparam("visible")))
)
_BY_OBJECT = Prepared(
    select(data.c.id).where(
        data.c.datalake == bindparam("datalake"), data.c.object_name == bindparam("object_name")
    )
)
_SET_METADATA = Prepared(
    update(data).where(data.c.seq == bindparam("key")).values(metadata=bindparam("new_metadata"))
)
_SET_CUSTOM_METADATA = Prepared(
    update(data).where(data.c.seq == bindparam("key")).values(custom_metadata=bindparam("new_metadata"))
)
_KEYS = any_of(data.c.seq, bindparam("keys"))
_SELECT_MANY = Prepared(
    select(data.c.seq, data.c.id).where(
        data.c.datalake == bindparam("datalake"), any_of(data.c.id, bindparam("ids"))
    )
)
_LOCKED_USE = Prepared(
    select(dataset_version.c.version)
    .join(asset, asset.c.version == dataset_version.c.seq)
    .where(any_of(asset.c.data, bindparam("keys")), dataset_version.c.locked)
    .limit(1)
)
_USE_COUNTS = Prepared(
    select(asset.c.version.label("key"), func.count().label("less"))
    .where(any_of(asset.c.data, bindparam("keys")))
    .group_by(asset.c.version)
)
_LESS_ASSETS = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(asset_count=dataset_version.c.asset_count - bindparam("less"))
)
_OBJECTS = Prepared(
    union_all(
        select(data.c.object_name).where(_KEYS),
        select(projection.c.object_name).where(any_of(projection.c.data, bindparam("keys"))),
    )
)
_DELETE = Prepared(delete(data).where(_KEYS))


def require_data(scope: Scope, data_id: str) -> Work[Row]:
    """Return the row of a data that the scope sees, with datalake, connector and source."""
    return one((yield _GET(id=data_id, visible=scope.visible)), "data")


def require_destination(scope: Scope, datalake_id: str, object_name: str) -> Work[Row]:
    """Return the row of the datalake that an uploaded object may become a data of.

    Raises:
        BadRequestError: the object is about to be deleted, as its data was.
    """
    lake = yield from require_datalake(scope, datalake_id)
    yield from refuse_garbage(lake["connector_id"], object_name)
    return lake


def create_data(
    scope: Scope, datalake_id: str, body: NewData, upload: Upload, documents: DataDocuments
) -> Work[Document]:
    """Create a data from an uploaded object.

    Raises:
        ConflictError: the object belongs to a data already.
        BadRequestError: a name, tag, source, size or custom metadata is not acceptable.
    """
    check_new_data(body)
    lake = yield from require_destination(scope, datalake_id, body.object_name)
    (yield from metadata_rules(lake["seq"])).check(body.custom_metadata)
    home = tags.TagScope(organization=lake["organization"], target=TagTarget.DATA, datalake=lake["seq"])
    tag_keys = yield from tags.require_tags(scope, body.tags, home)
    source = None
    if body.data_source_id is not None:
        source = yield from require_source(scope, check_ids([body.data_source_id], "data_source_id")[0])
        if source["organization"] != lake["organization"]:
            raise BadRequestError("data_source_id: the source belongs to another organization", status=400)
    if (yield _BY_OBJECT(datalake=lake["seq"], object_name=body.object_name)):
        raise ConflictError(f"object {body.object_name!r} belongs to a data already", status=409)
    row = new_row(body, upload, lake["seq"], source["seq"] if source else None)
    yield from insert_data(lake["seq"], [row], [tag_keys])
    return (yield from get_data(scope, row["id"], documents))


def get_data(scope: Scope, data_id: str, documents: DataDocuments) -> Work[Document]:
    """Return a data with its tags, datalake and source."""
    row = yield from require_data(scope, data_id)
    document = documents.data(row, row["connector_id"])
    document["datalake_id"] = row["datalake_id"]
    document["tags"] = yield from tags.tags_of("data", row["seq"])
    document["data_source"] = (
        {"id": row["source_id"], "name": row["source_name"]} if row["source_id"] else None
    )
    return document


def data_url(scope: Scope, data_id: str, documents: DataDocuments) -> Work[Document]:
    """Return a fresh download URL."""
    row = yield from require_data(scope, data_id)
    return {"presigned_url": documents.url(row, row["connector_id"])}


def update_metadata(
    scope: Scope, data_id: str, metadata: dict[str, Any] | None, documents: DataDocuments
) -> Work[Document]:
    """Replace the metadata; `None` clears it."""
    row = yield from require_data(scope, data_id)
    yield _SET_METADATA(key=row["seq"], new_metadata=metadata_text(metadata, "metadata"))
    return (yield from get_data(scope, data_id, documents))


def update_custom_metadata(scope: Scope, data_id: str, metadata: dict[str, Any] | None) -> Work[Document]:
    """Replace the custom metadata; `None` clears it.

    Raises:
        BadRequestError: the schema of the datalake does not allow it.
    """
    row = yield from require_data(scope, data_id)
    before = row["custom_metadata"]
    rules = yield from metadata_rules(row["datalake"])
    rules.check(metadata, before=None if before is None else orjson.loads(before))
    text = metadata_text(metadata, "custom_metadata")
    yield _SET_CUSTOM_METADATA(key=row["seq"], new_metadata=text)
    return {"custom_metadata": None if text is None else orjson.Fragment(text)}


def delete_data(scope: Scope, data_id: str) -> Work[None]:
    """Delete a data, the assets made from it and, soon after, its file and those of its projections.

    Raises:
        LockedError: a locked version uses it.
    """
    row = yield from require_data(scope, data_id)
    yield from _delete(row["organization"], row["datalake"], [row["seq"]])


def delete_many_data(scope: Scope, datalake_id: str, ids: Sequence[str]) -> Work[Document]:
    """Delete data of one datalake; ids that are not in it are skipped.

    Raises:
        LockedError: a locked version uses one of them; then none is deleted.
    """
    lake = yield from require_datalake(scope, datalake_id)
    rows = yield _SELECT_MANY(datalake=lake["seq"], ids=json_list(check_ids(ids, "ids")))
    yield from _delete(lake["organization"], lake["seq"], [row["seq"] for row in rows])
    return {"count": len(rows)}


def _delete(home: int, lake: int, keys: Sequence[int]) -> Work[None]:
    chosen = json_list(keys)
    locked = yield _LOCKED_USE(keys=chosen)
    if locked:
        raise LockedError(
            f"dataset version {locked[0]['version']!r} uses it and is locked; unlock it first", status=423
        )
    for use in (yield _USE_COUNTS(keys=chosen)):
        yield _LESS_ASSETS(key=use["key"], less=use["less"])
    objects = yield _OBJECTS(keys=chosen)
    yield _DELETE(keys=chosen)
    yield from discard(home, [row["object_name"] for row in objects])
    yield count_data(lake, -len(keys))
