"""Groups of labels: a tree in each dataset version."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, literal, select, update

from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.records.labels import MOST_GROUP_LEVELS, LabelGroupPatch, NewLabelGroup
from asyncsdk.server.services.changing import STATE, check_changeable
from asyncsdk.server.services.dataset_versions import require_unlocked, require_version
from asyncsdk.server.services.rules import Document, check_ids, check_name, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import dataset, dataset_version, label_group
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_group",
    "delete_group",
    "get_group",
    "list_groups",
    "require_group_of",
    "update_group",
]

_parent = label_group.alias("parent_group")
_with_parent = select(label_group, _parent.c.id.label("parent_id")).outerjoin(
    _parent, _parent.c.seq == label_group.c.parent
)
_GET = Prepared(
    _with_parent.add_columns(*STATE)
    .join(dataset_version, dataset_version.c.seq == label_group.c.version)
    .join(dataset, dataset.c.seq == dataset_version.c.dataset)
    .where(label_group.c.id == bindparam("id"), any_of(dataset.c.organization, bindparam("visible")))
)
_GET_OF = Prepared(
    select(label_group).where(
        label_group.c.id == bindparam("id"), label_group.c.version == bindparam("version")
    )
)
_LIST = Prepared(
    _with_parent.where(label_group.c.version == bindparam("version")).order_by(label_group.c.seq)
)
_NAMED = Prepared(
    select(label_group.c.seq).where(
        label_group.c.version == bindparam("version"),
        label_group.c.name == bindparam("name"),
        label_group.c.parent.is_not_distinct_from(bindparam("parent")),
    )
)
_INSERT = Prepared(insertion(label_group))
_UPDATE = Prepared(
    update(label_group)
    .where(label_group.c.seq == bindparam("key"))
    .values(name=bindparam("new_name"), parent=bindparam("new_parent"))
)
_DELETE = Prepared(delete(label_group).where(label_group.c.seq == bindparam("key")))

_start = select(label_group.c.seq, label_group.c.parent).where(label_group.c.seq == bindparam("key"))
_up = _start.cte("up", recursive=True)
_up = _up.union_all(select(label_group.c.seq, label_group.c.parent).where(label_group.c.seq == _up.c.parent))
_ANCESTORS = Prepared(select(_up.c.seq))
_down = (
    select(label_group.c.seq, literal(1).label("level"))
    .where(label_group.c.seq == bindparam("key"))
    .cte("down", recursive=True)
)
_down = _down.union_all(
    select(label_group.c.seq, _down.c.level + 1).where(label_group.c.parent == _down.c.seq)
)
_LEVELS = Prepared(select(func.max(_down.c.level).label("levels")))


def _document(row: Row) -> Document:
    return {"id": row["id"], "name": row["name"], "parent_id": row["parent_id"]}


def require_group_of(version: int, group_id: str, what: str) -> Work[Row]:
    """Return the row of a version's group that a request names.

    Raises:
        BadRequestError: the version has no such group.
    """
    wanted = check_ids([group_id], what)[0]
    rows = yield _GET_OF(id=wanted, version=version)
    if not rows:
        raise BadRequestError(f"{what}: {wanted} is no label group of this dataset version", status=400)
    row: Row = rows[0]
    return row


def create_group(scope: Scope, version_id: str, body: NewLabelGroup) -> Work[Document]:
    """Create a group.

    Raises:
        BadRequestError: the version has no such parent, or it is nested too deeply.
        ConflictError: the parent has a group of this name.
        LockedError: the version is locked.
    """
    check_name(body.name, "name")
    version = (yield from require_unlocked(scope, version_id))["seq"]
    parent, parent_id = None, None
    if body.parent_id is not None:
        found = yield from require_group_of(version, body.parent_id, "parent_id")
        parent, parent_id = found["seq"], found["id"]
        _check_depth(len((yield _ANCESTORS(key=parent))) + 1)
    yield from _check_free(version, parent, body.name)
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "version": version,
        "parent": parent,
        "name": body.name,
    }
    yield _INSERT(**row)
    return _document({**row, "parent_id": parent_id})


def list_groups(scope: Scope, version_id: str) -> Work[Document]:
    """Return all groups of the version, oldest first."""
    version = yield from require_version(scope, version_id)
    rows = yield _LIST(version=version["seq"])
    return {"items": [_document(row) for row in rows], "count": len(rows)}


def get_group(scope: Scope, group_id: str) -> Work[Document]:
    """Return a group."""
    return _document((yield from _require(scope, group_id)))


def update_group(scope: Scope, group_id: str, body: LabelGroupPatch) -> Work[Document]:
    """Rename a group, or move it with everything in it.

    Raises:
        BadRequestError: the version has no such parent, or the group would be inside of itself.
        ConflictError: the parent has another group of this name.
        LockedError: the version is locked.
    """
    row = yield from _require(scope, group_id, change=True)
    name = row["name"] if body.name is None else check_name(body.name, "name")
    parent, parent_id = row["parent"], row["parent_id"]
    if body.parent_id is None:
        parent, parent_id = None, None
    elif body.parent_id:
        found = yield from require_group_of(row["version"], body.parent_id, "parent_id")
        parent, parent_id = found["seq"], found["id"]
        yield from _check_move(row["seq"], parent)
    if (name, parent) != (row["name"], row["parent"]):
        yield from _check_free(row["version"], parent, name)
    yield _UPDATE(key=row["seq"], new_name=name, new_parent=parent)
    return _document({**row, "name": name, "parent_id": parent_id})


def delete_group(scope: Scope, group_id: str) -> Work[None]:
    """Delete a group and the groups in it; their labels stay, without a group.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from _require(scope, group_id, change=True)
    yield _DELETE(key=row["seq"])


def _require(scope: Scope, group_id: str, *, change: bool = False) -> Work[Row]:
    row = one((yield _GET(id=group_id, visible=scope.visible)), "label group")
    if change:
        check_changeable(row, "the group's dataset version")
    return row


def _check_move(group: int, parent: int) -> Work[None]:
    ancestors = [row["seq"] for row in (yield _ANCESTORS(key=parent))]
    if group in ancestors:
        raise BadRequestError("parent_id: a group cannot be inside of itself", status=400)
    _check_depth(len(ancestors) + (yield _LEVELS(key=group))[0]["levels"])


def _check_depth(levels: int) -> None:
    if levels > MOST_GROUP_LEVELS:
        raise BadRequestError(f"parent_id: groups are nested at most {MOST_GROUP_LEVELS} deep", status=400)


def _check_free(version: int, parent: int | None, name: str) -> Work[None]:
    if (yield _NAMED(version=version, parent=parent, name=name)):
        place = "at the top" if parent is None else "in this group"
        raise ConflictError(f"there is a label group {name!r} {place} already", status=409)
