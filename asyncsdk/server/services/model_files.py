"""Files of model versions: weights, configurations, logs."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from asyncsdk.errors import ConflictError
from asyncsdk.records.models import NewModelFile
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.garbage import discard, refuse_garbage
from asyncsdk.server.services.model_versions import require_model_version
from asyncsdk.server.services.rules import Document, check_name, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import model, model_file, model_version, organization
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_model_file",
    "delete_model_file",
    "find_model_file",
    "get_model_file",
    "list_model_files",
    "require_home",
]

_GET = Prepared(
    select(model_file, model.c.organization, organization.c.connector_id)
    .join(model_version, model_version.c.seq == model_file.c.model_version)
    .join(model, model.c.seq == model_version.c.model)
    .join(organization, organization.c.seq == model.c.organization)
    .where(model_file.c.id == bindparam("id"), any_of(model.c.organization, bindparam("visible")))
)
_of_version = select(model_file).where(model_file.c.model_version == bindparam("model_version"))
_OF_VERSION = Prepared(_of_version.order_by(model_file.c.seq.desc()))
_BY_NAME = Prepared(_of_version.where(model_file.c.name == bindparam("name")))
_INSERT = Prepared(insertion(model_file))
_DELETE = Prepared(delete(model_file).where(model_file.c.seq == bindparam("key")))


def require_home(scope: Scope, version_id: str, object_name: str) -> Work[Row]:
    """Return the row of the version that an uploaded object may become a file of.

    Raises:
        BadRequestError: the object is about to be deleted.
    """
    row = yield from require_model_version(scope, version_id)
    yield from refuse_garbage(row["connector_id"], object_name)
    return row


def create_model_file(
    scope: Scope, version_id: str, body: NewModelFile, size_bytes: int, documents: DataDocuments
) -> Work[Document]:
    """Create a file from an uploaded object.

    Args:
        scope: who asks.
        version_id: the model version.
        body: what the client tells of it.
        size_bytes: the length of the object.
        documents: makes the answer.

    Raises:
        ConflictError: the version has a file of this name, which is not to be replaced.
        BadRequestError: a name is not acceptable.
    """
    check_name(body.name, "name")
    check_name(body.filename, "filename")
    home = yield from require_home(scope, version_id, body.object_name)
    before = yield _BY_NAME(model_version=home["seq"], name=body.name)
    if before and not body.replace:
        raise ConflictError(f"the model version has a file {body.name!r} already", status=409)
    for old in before:
        yield _DELETE(key=old["seq"])
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "model_version": home["seq"],
        "name": body.name,
        "filename": body.filename,
        "object_name": body.object_name,
        "large": body.large,
        "size_bytes": size_bytes,
    }
    yield _INSERT(**row)
    yield from discard(home["organization"], [old["object_name"] for old in before])
    return documents.model_file(row, home["connector_id"])


def list_model_files(scope: Scope, version_id: str, documents: DataDocuments) -> Work[Document]:
    """Return the files of a version, newest first."""
    home = yield from require_model_version(scope, version_id)
    rows = yield _OF_VERSION(model_version=home["seq"])
    return {"items": [documents.model_file(row, home["connector_id"]) for row in rows], "count": len(rows)}


def find_model_file(scope: Scope, version_id: str, name: str, documents: DataDocuments) -> Work[Document]:
    """Return the version's file of a name."""
    home = yield from require_model_version(scope, version_id)
    row = one((yield _BY_NAME(model_version=home["seq"], name=name)), f"model file {name!r}")
    return documents.model_file(row, home["connector_id"])


def get_model_file(scope: Scope, file_id: str, documents: DataDocuments) -> Work[Document]:
    """Return a file."""
    row = yield from _require(scope, file_id)
    return documents.model_file(row, row["connector_id"])


def delete_model_file(scope: Scope, file_id: str) -> Work[None]:
    """Delete a file and, soon after, its object."""
    row = yield from _require(scope, file_id)
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], [row["object_name"]])


def _require(scope: Scope, file_id: str) -> Work[Row]:
    return one((yield _GET(id=file_id, visible=scope.visible)), "model file")
