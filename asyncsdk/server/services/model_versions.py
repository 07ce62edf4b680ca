"""Versions of a model."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from asyncsdk.enums import Framework, InferenceType
from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.records.models import ModelVersionFields
from asyncsdk.server.services import tags
from asyncsdk.server.services.garbage import discard, refuse_garbage
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.model_objects import objects_of_version
from asyncsdk.server.services.model_version_fields import NOTHING_GIVEN, field_documents, stored_fields
from asyncsdk.server.services.models import model_document, require_model
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import model, model_version, organization
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_model_version",
    "delete_model_version",
    "find_model_version",
    "find_model_version_by_id",
    "get_model_version",
    "list_model_versions",
    "require_model_version",
    "update_model_version",
]

_joined = (
    select(
        model_version,
        model.c.id.label("origin_id"),
        model.c.name.label("origin_name"),
        model.c.description.label("origin_description"),
        model.c.created_at.label("origin_created_at"),
        model.c.organization,
        organization.c.connector_id,
    )
    .join(model, model.c.seq == model_version.c.model)
    .join(organization, organization.c.seq == model.c.organization)
)
_GET = Prepared(
    _joined.where(model_version.c.id == bindparam("id"), any_of(model.c.organization, bindparam("visible")))
)
_of_model = _joined.where(model_version.c.model == bindparam("model"))
_BY_NAME = Prepared(_of_model.where(model_version.c.name == bindparam("name")))
_BY_NUMBER = Prepared(_of_model.where(model_version.c.version == bindparam("version")))
_INSERT = Prepared(insertion(model_version))
_COUNT_ON = Prepared(
    update(model).where(model.c.seq == bindparam("key")).values(next_version=model.c.next_version + 1)
)
_CHANGEABLE = ("name", "type", "framework", *NOTHING_GIVEN)
_UPDATE = Prepared(
    update(model_version)
    .where(model_version.c.seq == bindparam("key"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)
_DELETE = Prepared(delete(model_version).where(model_version.c.seq == bindparam("key")))
_ORDER = {
    "seq": model_version.c.seq,
    "created_at": model_version.c.created_at,
    "version": model_version.c.version,
    "name": model_version.c.name,
    "type": model_version.c.type,
    "framework": model_version.c.framework,
}


def _document(row: Row) -> Document:
    origin = {name: row[f"origin_{name}"] for name in ("id", "name", "description", "created_at")}
    return {
        "id": row["id"],
        "origin": model_document(origin),
        "version": row["version"],
        "created_at": iso(row["created_at"]),
        **field_documents(row),
    }


def require_model_version(scope: Scope, version_id: str) -> Work[Row]:
    """Return the row of a version that the scope sees, with the storage connector of its organization."""
    return one((yield _GET(id=version_id, visible=scope.visible)), "model version")


def create_model_version(scope: Scope, model_id: str, body: ModelVersionFields) -> Work[Document]:
    """Create a version, numbered on from the last one; without a name the number is its name.

    Raises:
        ConflictError: the model has a version of this name.
        BadRequestError: a field is not acceptable, or the thumbnail is about to be deleted.
    """
    given = stored_fields(body)
    origin = yield from require_model(scope, model_id)
    yield from _check_thumbnail(origin["connector_id"], given)
    if "name" in given:
        yield from _check_free(origin["seq"], given["name"])
    number = origin["next_version"]
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "model": origin["seq"],
        "version": number,
        "name": (yield from _free_name(origin["seq"], number)),
        "type": InferenceType.NOT_CONFIGURED.value,
        "framework": Framework.NOT_CONFIGURED.value,
        **NOTHING_GIVEN,
        **given,
    }
    yield _INSERT(**row)
    yield _COUNT_ON(key=origin["seq"])
    return _document((yield from require_model_version(scope, row["id"])))


def find_model_version(
    scope: Scope, model_id: str, *, version: int | None, name: str | None
) -> Work[Document]:
    """Return the model's version of a number or a name."""
    origin = yield from require_model(scope, model_id)
    if version is not None:
        row = one((yield _BY_NUMBER(model=origin["seq"], version=version)), f"version {version}")
        if name not in (None, row["name"]):
            row = one((), f"version {version}, {name!r}")
    elif name is not None:
        row = one((yield _BY_NAME(model=origin["seq"], name=name)), f"version {name!r}")
    else:
        raise BadRequestError("give a version or a name", status=400)
    return _document(row)


def find_model_version_by_id(scope: Scope, organization_id: str, version_id: str) -> Work[Document]:
    """Return a version of the organization."""
    home = yield from organization_seq(scope, organization_id)
    row = yield from require_model_version(scope, version_id)
    return _document(row if row["organization"] == home else one((), "model version"))


def list_model_versions(scope: Scope, model_id: str, request: ListRequest) -> Work[Document]:
    """Return the model's versions, newest first."""
    origin = yield from require_model(scope, model_id)
    rows = _joined.where(model_version.c.model == origin["seq"])
    return (yield from list_items(rows, request, _ORDER, _document))


def get_model_version(scope: Scope, version_id: str) -> Work[Document]:
    """Return a version with its tags."""
    row = yield from require_model_version(scope, version_id)
    return {**_document(row), "tags": (yield from tags.tags_of("model_version", row["seq"]))}


def update_model_version(scope: Scope, version_id: str, body: ModelVersionFields) -> Work[Document]:
    """Change what is given; a thumbnail that is replaced is deleted soon after.

    Raises:
        ConflictError: another version of the model has the name.
        BadRequestError: a field is not acceptable, or the thumbnail is about to be deleted.
    """
    given = stored_fields(body)
    row = yield from require_model_version(scope, version_id)
    yield from _check_thumbnail(row["connector_id"], given)
    if given.get("name", row["name"]) != row["name"]:
        yield from _check_free(row["model"], given["name"])
    changed = {**row, **given}
    yield _UPDATE(key=row["seq"], **{f"new_{name}": changed[name] for name in _CHANGEABLE})
    before = row["thumbnail_object_name"]
    if before is not None and before != changed["thumbnail_object_name"]:
        yield from discard(row["organization"], [before])
    return _document(changed)


def delete_model_version(scope: Scope, version_id: str) -> Work[None]:
    """Delete a version and, soon after, its files and its thumbnail; its number is not given again."""
    row = yield from require_model_version(scope, version_id)
    objects = yield from objects_of_version(row["seq"])
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], objects)


def _check_thumbnail(connector: str, given: dict[str, Any]) -> Work[None]:
    if "thumbnail_object_name" in given:
        yield from refuse_garbage(connector, given["thumbnail_object_name"], "thumbnail_object_name")


def _free_name(origin: int, number: int) -> Work[str]:
    """Return the name of a version that was given none: its number, and more where that is taken."""
    name = str(number)
    taken = yield _BY_NAME(model=origin, name=name)
    return f"{name}-{new_id()}" if taken else name


def _check_free(origin: int, name: str) -> Work[None]:
    if (yield _BY_NAME(model=origin, name=name)):
        raise ConflictError(f"there is a version {name!r} already", status=409)
