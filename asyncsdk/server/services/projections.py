"""Projections: further files of a data. Creating, reading and deleting them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select

from asyncsdk.enums import DataUploadStatus
from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.records.projections import NewProjection
from asyncsdk.server.services.data import require_data
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.garbage import discard, refuse_garbage
from asyncsdk.server.services.rules import Document, check_name, check_pixels, check_text, json_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import data, datalake, organization, projection
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_projection",
    "delete_projection",
    "get_projection",
    "list_projections",
    "new_row",
    "projection_url",
    "require_home",
]

_GET = Prepared(
    select(projection, datalake.c.organization, organization.c.connector_id)
    .join(data, data.c.seq == projection.c.data)
    .join(datalake, datalake.c.seq == data.c.datalake)
    .join(organization, organization.c.seq == datalake.c.organization)
    .where(projection.c.id == bindparam("id"), any_of(datalake.c.organization, bindparam("visible")))
)
_OF_DATA = Prepared(
    select(projection).where(projection.c.data == bindparam("data")).order_by(projection.c.seq.desc())
)
_BY_NAME = Prepared(
    select(projection.c.seq).where(
        projection.c.data == bindparam("data"), projection.c.name == bindparam("name")
    )
)
_INSERT = Prepared(insertion(projection))
_DELETE = Prepared(delete(projection).where(projection.c.seq == bindparam("key")))


def require_home(scope: Scope, data_id: str, object_name: str) -> Work[Row]:
    """Return the row of the data that an uploaded object may become a projection of.

    Raises:
        BadRequestError: the object is about to be deleted.
    """
    row = yield from require_data(scope, data_id)
    yield from refuse_garbage(row["connector_id"], object_name)
    return row


def create_projection(
    scope: Scope, data_id: str, body: NewProjection, size_bytes: int, documents: DataDocuments
) -> Work[Document]:
    """Create a projection from an uploaded object.

    Args:
        scope: who asks.
        data_id: the data.
        body: what the client tells of it.
        size_bytes: the length of the object.
        documents: makes the answer.

    Raises:
        ConflictError: the data has a projection of this name.
        BadRequestError: a name, a size or the additional info is not acceptable.
    """
    _check(body, size_bytes)
    home = yield from require_home(scope, data_id, body.object_name)
    if (yield _BY_NAME(data=home["seq"], name=body.name)):
        raise ConflictError(f"the data has a projection {body.name!r} already", status=409)
    row = new_row(
        home["seq"],
        name=body.name,
        object_name=body.object_name,
        filename=body.filename,
        content_type=body.content_type,
        size_bytes=size_bytes,
        infos=body.additional_info,
    )
    yield _INSERT(**row)
    return documents.projection(row, home["connector_id"])


def new_row(home: int, *, infos: dict[str, Any] | None = None, **columns: Any) -> dict[str, Any]:
    """Return the row of a new projection.

    Args:
        home: the data's `seq`.
        infos: what the caller says of it.
        **columns: name, object_name, filename, content_type and size_bytes.

    Raises:
        BadRequestError: the info is too large.
    """
    return {
        "id": new_id(),
        "created_at": now_us(),
        "data": home,
        "compute_status": DataUploadStatus.DONE.value,
        "infos": None if infos is None else json_text(infos, "additional_info"),
        **columns,
    }


def list_projections(scope: Scope, data_id: str, documents: DataDocuments) -> Work[Document]:
    """Return the projections of a data, newest first."""
    home = yield from require_data(scope, data_id)
    rows = yield _OF_DATA(data=home["seq"])
    return {"items": [documents.projection(row, home["connector_id"]) for row in rows], "count": len(rows)}


def get_projection(scope: Scope, projection_id: str, documents: DataDocuments) -> Work[Document]:
    """Return a projection."""
    row = yield from _require(scope, projection_id)
    return documents.projection(row, row["connector_id"])


def projection_url(scope: Scope, projection_id: str, documents: DataDocuments) -> Work[Document]:
    """Return a fresh download URL."""
    row = yield from _require(scope, projection_id)
    return {"presigned_url": documents.url(row, row["connector_id"])}


def delete_projection(scope: Scope, projection_id: str) -> Work[None]:
    """Delete a projection and, soon after, its file."""
    row = yield from _require(scope, projection_id)
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], [row["object_name"]])


def _require(scope: Scope, projection_id: str) -> Work[Row]:
    return one((yield _GET(id=projection_id, visible=scope.visible)), "projection")


def _check(body: NewProjection, size_bytes: int) -> None:
    check_name(body.name, "name")
    check_name(body.filename, "filename")
    check_text(body.content_type, "content_type", most=255, forbidden=("Cc", "Cs"))
    for pixels in (body.width, body.height):
        if pixels is not None:
            check_pixels(pixels, "width and height")
    if body.file_size not in (None, size_bytes):
        raise BadRequestError(f"file_size: the object has {size_bytes} bytes", status=400)
