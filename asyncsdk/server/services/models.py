"""Models: names over versions. All are private: the platform has no hub where a model could be public."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from asyncsdk.enums import Framework, InferenceType
from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.records.models import ModelPatch, NewModel
from asyncsdk.server.services import tags
from asyncsdk.server.services.garbage import discard
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.model_objects import objects_of_model
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, check_name, check_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import model, organization
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_model",
    "delete_model",
    "find_model",
    "get_model",
    "list_models",
    "model_document",
    "require_model",
    "update_model",
]

_GET = Prepared(
    select(model, organization.c.connector_id)
    .join(organization, organization.c.seq == model.c.organization)
    .where(model.c.id == bindparam("id"), any_of(model.c.organization, bindparam("visible")))
)
_BY_NAME = Prepared(
    select(model).where(model.c.organization == bindparam("organization"), model.c.name == bindparam("name"))
)
_INSERT = Prepared(insertion(model))
_UPDATE = Prepared(
    update(model)
    .where(model.c.seq == bindparam("key"))
    .values(name=bindparam("new_name"), description=bindparam("new_description"))
)
_DELETE = Prepared(delete(model).where(model.c.seq == bindparam("key")))
_ORDER = {"seq": model.c.seq, "created_at": model.c.created_at, "name": model.c.name}


def model_document(row: Row) -> Document:
    """Return a model without its tags; the older clients want a type and a framework, which versions have."""
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "private": True,
        "type": InferenceType.NOT_CONFIGURED.value,
        "framework": Framework.NOT_CONFIGURED.value,
        "created_at": iso(row["created_at"]),
    }


def require_model(scope: Scope, model_id: str) -> Work[Row]:
    """Return the row of a model that the scope sees, with the storage connector of its organization."""
    return one((yield _GET(id=model_id, visible=scope.visible)), "model")


def create_model(scope: Scope, organization_id: str, body: NewModel) -> Work[Document]:
    """Create a model.

    Raises:
        ConflictError: the organization has one of this name.
    """
    check_name(body.name, "name")
    description = check_text(body.description or "", "description")
    home = yield from organization_seq(scope, organization_id)
    yield from _check_free(home, body.name)
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "organization": home,
        "name": body.name,
        "description": description,
        "next_version": 0,
    }
    yield _INSERT(**row)
    return model_document(row)


def find_model(
    scope: Scope, organization_id: str, *, name: str | None, model_id: str | None
) -> Work[Document]:
    """Return the model of a name or an id."""
    home = yield from organization_seq(scope, organization_id)
    if model_id is not None:
        row = yield from require_model(scope, model_id)
        if row["organization"] != home or name not in (None, row["name"]):
            row = one((), "model")
    elif name is not None:
        row = one((yield _BY_NAME(organization=home, name=name)), f"model {name!r}")
    else:
        raise BadRequestError("give a name or an id", status=400)
    return model_document(row)


def list_models(scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
    """Return the organization's models, newest first."""
    home = yield from organization_seq(scope, organization_id)
    rows = select(model).where(model.c.organization == home)
    return (yield from list_items(rows, request, _ORDER, model_document))


def get_model(scope: Scope, model_id: str) -> Work[Document]:
    """Return a model with its tags."""
    row = yield from require_model(scope, model_id)
    return {**model_document(row), "tags": (yield from tags.tags_of("model", row["seq"]))}


def update_model(scope: Scope, model_id: str, body: ModelPatch) -> Work[Document]:
    """Change name or description.

    Raises:
        ConflictError: another model has the name.
    """
    row = yield from require_model(scope, model_id)
    changed = dict(row)
    if body.name is not None and body.name != row["name"]:
        changed["name"] = check_name(body.name, "name")
        yield from _check_free(row["organization"], body.name)
    if body.description is not None:
        changed["description"] = check_text(body.description, "description")
    yield _UPDATE(key=row["seq"], new_name=changed["name"], new_description=changed["description"])
    return model_document(changed)


def delete_model(scope: Scope, model_id: str) -> Work[None]:
    """Delete a model with its versions and, soon after, their files and thumbnails."""
    row = yield from require_model(scope, model_id)
    objects = yield from objects_of_model(row["seq"])
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], objects)


def _check_free(home: int, name: str) -> Work[None]:
    if (yield _BY_NAME(organization=home, name=name)):
        raise ConflictError(f"there is a model {name!r} already", status=409)
