"""Models: names over versions. All are private: the platform has no hub where a model could be public."""

from __future__ import annotations

from sqlalchemy import bindparam, delete

from asyncsdk.enums import Framework, InferenceType
from asyncsdk.records.models import ModelPatch, NewModel
from asyncsdk.server.services.garbage import discard
from asyncsdk.server.services.items import ListRequest
from asyncsdk.server.services.model_objects import objects_of_model
from asyncsdk.server.services.named import Named
from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.schema import model
from asyncsdk.server.store.statements import Prepared

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

_DELETE = Prepared(delete(model).where(model.c.seq == bindparam("key")))


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


_MODELS = Named(model, model_document)


def require_model(scope: Scope, model_id: str) -> Work[Row]:
    """Return the row of a model that the scope sees, with the storage connector of its organization."""
    return (yield from _MODELS.require(scope, model_id))


def create_model(scope: Scope, organization_id: str, body: NewModel) -> Work[Document]:
    """Create a model.

    Raises:
        ConflictError: the organization has one of this name.
    """
    described = body.description or ""
    return (yield from _MODELS.create(scope, organization_id, body.name, described, next_version=0))


def find_model(
    scope: Scope, organization_id: str, *, name: str | None, model_id: str | None
) -> Work[Document]:
    """Return the model of a name or an id."""
    return (yield from _MODELS.find(scope, organization_id, name=name, own_id=model_id))


def list_models(scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
    """Return the organization's models, newest first."""
    return (yield from _MODELS.list(scope, organization_id, request))


def get_model(scope: Scope, model_id: str) -> Work[Document]:
    """Return a model with its tags."""
    return (yield from _MODELS.get(scope, model_id))


def update_model(scope: Scope, model_id: str, body: ModelPatch) -> Work[Document]:
    """Change name or description.

    Raises:
        ConflictError: another model has the name.
    """
    return (yield from _MODELS.update(scope, model_id, name=body.name, description=body.description))


def delete_model(scope: Scope, model_id: str) -> Work[None]:
    """Delete a model with its versions and, soon after, their files and thumbnails."""
    row = yield from require_model(scope, model_id)
    objects = yield from objects_of_model(row["seq"])
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], objects)
