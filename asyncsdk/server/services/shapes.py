"""Single shapes of one kind: listing, creating, reading, changing, deleting; and saving an annotation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, update

from asyncsdk.errors import BadRequestError
from asyncsdk.records.annotations import SavedShapes
from asyncsdk.records.new_shapes import ShapePatch
from asyncsdk.server.services.annotation_rows import annotation_document, check_duration, require_annotation
from asyncsdk.server.services.changing import STATE, check_changeable
from asyncsdk.server.services.rules import Document, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.shape_drafts import Draft, Kind
from asyncsdk.server.services.shape_patching import patched
from asyncsdk.server.services.shape_writing import Addressed, check_details, labels_of, write_drafts
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, dataset, dataset_version, label, label_group, shape
from asyncsdk.server.store.statements import Prepared

__all__ = ["create_shapes", "delete_shape", "get_shape", "list_shapes", "save_annotation", "update_shape"]

_columns = (
    shape,
    annotation.c.version,
    label.c.id.label("label_id"),
    label.c.name,
    label_group.c.id.label("group_id"),
)
_joined = (
    shape.join(annotation, annotation.c.seq == shape.c.annotation)
    .join(label, label.c.seq == shape.c.label)
    .outerjoin(label_group, label_group.c.seq == label.c.label_group)
)
_LIST = Prepared(
    select(*_columns)
    .select_from(_joined)
    .where(shape.c.annotation == bindparam("annotation"), shape.c.kind == bindparam("kind"))
    .order_by(shape.c.seq)
)
_GET = Prepared(
    select(*_columns, *STATE)
    .select_from(
        _joined.join(dataset_version, dataset_version.c.seq == annotation.c.version).join(
            dataset, dataset.c.seq == dataset_version.c.dataset
        )
    )
    .where(
        shape.c.id == bindparam("id"),
        shape.c.kind == bindparam("kind"),
        any_of(dataset.c.organization, bindparam("visible")),
    )
)
_UPDATE = Prepared(
    update(shape)
    .where(shape.c.seq == bindparam("key"))
    .values(
        label=bindparam("new_label"),
        geometry=bindparam("new_geometry"),
        area=bindparam("new_area"),
        text=bindparam("new_text"),
        attributes=bindparam("new_attributes"),
    )
)
_DELETE = Prepared(delete(shape).where(shape.c.seq == bindparam("key")))
_CLEAR = Prepared(delete(shape).where(shape.c.annotation == bindparam("annotation")))
_SET_DURATION = Prepared(
    update(annotation).where(annotation.c.seq == bindparam("key")).values(duration=bindparam("new_duration"))
)


def _document(row: Row) -> Document:
    return {
        "id": row["id"],
        "label": {"id": row["label_id"], "name": row["name"], "group_id": row["group_id"]},
        "text": row["text"],
        "attributes": None if row["attributes"] is None else orjson.Fragment(row["attributes"]),
        **orjson.loads(row["geometry"]),
        **({} if row["area"] is None else {"area": row["area"]}),
    }


def list_shapes(scope: Scope, annotation_id: str, kind: Kind) -> Work[Document]:
    """Return all shapes of a kind, oldest first."""
    owner = yield from require_annotation(scope, annotation_id)
    return {"items": [_document(row) for row in (yield _LIST(annotation=owner["seq"], kind=kind.name))]}


def create_shapes(scope: Scope, annotation_id: str, kind: Kind, drafts: Sequence[Draft]) -> Work[Document]:
    """Add shapes of a kind and return them, in the order of the request.

    Raises:
        BadRequestError: there are none, or a label is not of the version.
        LockedError: the version is locked.
    """
    owner = yield from require_annotation(scope, annotation_id, change=True)
    if not drafts:
        raise BadRequestError(f"{kind.plural}: give at least one", status=400)
    labels = yield from labels_of(owner["version"], drafts)
    check_details(drafts, labels)
    rows = yield from write_drafts([_addressed(owner, drafts)], labels)
    made = [
        row | {"label_id": of["id"], "name": of["name"], "group_id": of["group_id"]}
        for row, of in ((row, labels[draft.label_id]) for row, draft in zip(rows, drafts, strict=True))
    ]
    return {kind.plural: [_document(row) for row in made]}


def get_shape(scope: Scope, shape_id: str, kind: Kind) -> Work[Document]:
    """Return a shape."""
    return _document((yield from _require(scope, shape_id, kind)))


def update_shape(scope: Scope, shape_id: str, kind: Kind, body: ShapePatch) -> Work[Document]:
    """Change what is given of a shape.

    Raises:
        BadRequestError: the geometry or the label is not acceptable.
        LockedError: the version is locked.
    """
    row = yield from _require(scope, shape_id, kind, change=True)
    draft = patched(row, kind, body)
    labels = yield from labels_of(row["version"], [draft])
    if body.attributes is not None:
        check_details([draft], labels)
    of = labels[draft.label_id]
    changed = {
        "geometry": draft.geometry,
        "area": draft.area,
        "text": draft.text,
        "attributes": draft.attributes,
    }
    yield _UPDATE(
        key=row["seq"], new_label=of["seq"], **{f"new_{name}": value for name, value in changed.items()}
    )
    return _document(
        dict(row) | changed | {"label_id": of["id"], "name": of["name"], "group_id": of["group_id"]}
    )


def delete_shape(scope: Scope, shape_id: str, kind: Kind) -> Work[None]:
    """Delete a shape.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from _require(scope, shape_id, kind, change=True)
    yield _DELETE(key=row["seq"])


def save_annotation(
    scope: Scope, annotation_id: str, body: SavedShapes, drafts: Sequence[Draft]
) -> Work[Document]:
    """Replace all shapes of an annotation, and its duration where one is given; tracks stay.

    Raises:
        BadRequestError: the duration or a label is not acceptable.
        LockedError: the version is locked.
    """
    owner = dict((yield from require_annotation(scope, annotation_id, change=True)))
    labels = yield from labels_of(owner["version"], drafts)
    check_details(drafts, labels)
    if body.duration is not None:
        owner["duration"] = check_duration(body.duration)
        yield _SET_DURATION(key=owner["seq"], new_duration=owner["duration"])
    yield _CLEAR(annotation=owner["seq"])
    yield from write_drafts([_addressed(owner, drafts)], labels)
    return annotation_document(owner)


def _addressed(owner: Row, drafts: Sequence[Draft]) -> Addressed:
    return Addressed(owner["seq"], owner["width"], owner["height"], list(drafts))


def _require(scope: Scope, shape_id: str, kind: Kind, *, change: bool = False) -> Work[Row]:
    rows = yield _GET(id=shape_id, kind=kind.name, visible=scope.visible)
    row: dict[str, Any] = dict(one(rows, kind.singular))
    if change:
        check_changeable(row)
    return row
