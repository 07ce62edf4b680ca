"""Labels of a dataset version."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Table, bindparam, delete, select, update

from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.records.labels import LabelPatch
from asyncsdk.server.services.changing import STATE, check_changeable
from asyncsdk.server.services.dataset_versions import require_unlocked, require_version
from asyncsdk.server.services.label_groups import require_group_of
from asyncsdk.server.services.rules import Document, check_name, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import dataset, dataset_version, label, label_group, shape, track
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_label",
    "delete_label",
    "delete_some_shapes",
    "find_label",
    "find_or_create_labels",
    "get_label",
    "list_labels",
    "require_label",
    "update_label",
]

_MOST_NAMES = 10_000
_MOST_AT_ONCE = 5000

_grouped = select(label, label_group.c.id.label("group_id")).outerjoin(
    label_group, label_group.c.seq == label.c.label_group
)
_GET = Prepared(
    _grouped.add_columns(*STATE)
    .join(dataset_version, dataset_version.c.seq == label.c.version)
    .join(dataset, dataset.c.seq == dataset_version.c.dataset)
    .where(label.c.id == bindparam("id"), any_of(dataset.c.organization, bindparam("visible")))
)
_LIST = Prepared(_grouped.where(label.c.version == bindparam("version")).order_by(label.c.seq))
_BY_NAMES = Prepared(
    _grouped.where(label.c.version == bindparam("version"), any_of(label.c.name, bindparam("names")))
)
_INSERT = Prepared(insertion(label))
_UPDATE = Prepared(
    update(label)
    .where(label.c.seq == bindparam("key"))
    .values(name=bindparam("new_name"), label_group=bindparam("new_group"))
)
_DELETE = Prepared(delete(label).where(label.c.seq == bindparam("key")))


def _deleting(table: Table) -> Prepared:
    """Return what deletes some rows of a label."""
    some = select(table.c.seq).where(table.c.label == bindparam("label")).limit(_MOST_AT_ONCE)
    return Prepared(delete(table).where(table.c.seq.in_(some)).returning(table.c.seq))


_DELETE_SOME = (_deleting(shape), _deleting(track))


def _document(row: Row) -> Document:
    return {"id": row["id"], "name": row["name"], "group_id": row["group_id"]}


def require_label(scope: Scope, label_id: str, *, change: bool = False) -> Work[Row]:
    """Return the row of a label that the scope sees, with its `group_id`.

    Raises:
        LockedError: it is to be changed, and its version is locked.
    """
    row = one((yield _GET(id=label_id, visible=scope.visible)), "label")
    if change:
        check_changeable(row, "the label's dataset version")
    return row


def create_label(scope: Scope, version_id: str, name: str) -> Work[Document]:
    """Create a label.

    Raises:
        ConflictError: the version has one of this name.
        LockedError: the version is locked.
    """
    check_name(name, "name")
    version = yield from require_unlocked(scope, version_id)
    yield from _check_free(version["seq"], name)
    row = _new(version["seq"], name)
    yield _INSERT(**row)
    return _document({**row, "group_id": None})


def find_or_create_labels(scope: Scope, version_id: str, names: Sequence[str]) -> Work[list[Document]]:
    """Return a label for each name, in the order of the names; missing ones are created in that order.

    Raises:
        BadRequestError: one is no name; nothing was created.
        LockedError: one is missing, and the version is locked.
    """
    if len(names) > _MOST_NAMES:
        raise BadRequestError(f"names: at most {_MOST_NAMES} in one request", status=400)
    wanted = list(dict.fromkeys(check_name(name, f"names[{index}]") for index, name in enumerate(names)))
    version = yield from require_version(scope, version_id)
    found = yield _BY_NAMES(version=version["seq"], names=json_list(wanted))
    known = {row["name"]: _document(row) for row in found}
    missing = [_new(version["seq"], name) for name in wanted if name not in known]
    if missing:
        yield from require_unlocked(scope, version_id)
        yield _INSERT.many(missing)
        known |= {row["name"]: _document({**row, "group_id": None}) for row in missing}
    return [known[name] for name in names]


def find_label(scope: Scope, version_id: str, name: str) -> Work[Document]:
    """Return the version's label of a name."""
    version = yield from require_version(scope, version_id)
    rows = yield _BY_NAMES(version=version["seq"], names=json_list([name]))
    return _document(one(rows, f"label {name!r}"))


def list_labels(scope: Scope, version_id: str) -> Work[Document]:
    """Return all labels of the version, oldest first."""
    version = yield from require_version(scope, version_id)
    rows = yield _LIST(version=version["seq"])
    return {"items": [_document(row) for row in rows], "count": len(rows)}


def get_label(scope: Scope, label_id: str) -> Work[Document]:
    """Return a label."""
    return _document((yield from require_label(scope, label_id)))


def update_label(scope: Scope, label_id: str, body: LabelPatch) -> Work[Document]:
    """Rename a label, or put it into a group.

    Raises:
        BadRequestError: there is no such group in the label's version.
        ConflictError: the version has another label of this name.
        LockedError: the version is locked.
    """
    row = yield from require_label(scope, label_id, change=True)
    name, group, group_id = row["name"], row["label_group"], row["group_id"]
    if body.name is not None and body.name != name:
        name = check_name(body.name, "name")
        yield from _check_free(row["version"], name)
    if body.group_id is None:
        group, group_id = None, None
    elif body.group_id:
        found = yield from require_group_of(row["version"], body.group_id, "group_id")
        group, group_id = found["seq"], found["id"]
    yield _UPDATE(key=row["seq"], new_name=name, new_group=group)
    return _document({**row, "name": name, "group_id": group_id})


def delete_some_shapes(scope: Scope, label_id: str) -> Work[int | None]:
    """Delete a part of the shapes and tracks of a label that is to be deleted; `None` when none are left.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from require_label(scope, label_id, change=True)
    for remove in _DELETE_SOME:
        if (yield remove(label=row["seq"])):
            return 0
    return None


def delete_label(scope: Scope, label_id: str) -> Work[None]:
    """Delete a label and every shape that carries it; the annotations stay.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from require_label(scope, label_id, change=True)
    yield _DELETE(key=row["seq"])


def _new(version: int, name: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "created_at": now_us(),
        "version": version,
        "label_group": None,
        "name": name,
        "skeleton": None,
        "attributes": None,
    }


def _check_free(version: int, name: str) -> Work[None]:
    if (yield _BY_NAMES(version=version, names=json_list([name]))):
        raise ConflictError(f"there is a label {name!r} already", status=409)
