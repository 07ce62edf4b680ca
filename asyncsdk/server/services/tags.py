"""Tags: names in a scope, attached to objects of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
from sqlalchemy import Table, and_, bindparam, delete, exists, select, update
from sqlalchemy.sql import Select

from asyncsdk.enums import TagTarget
from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.server.services.changing import STATE, check_changeable
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.rules import Document, check_ids, check_name, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store import schema
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import dataset_version, tag
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "TagScope",
    "attach_tag",
    "create_tag",
    "delete_tag",
    "detach_some",
    "detach_tag",
    "ensure_tags",
    "find_tag",
    "get_tag",
    "list_tags",
    "rename_tag",
    "require_tags",
    "tags_of",
]

_MOST_AT_ONCE = 5000


@attrs.frozen(kw_only=True)
class TagScope:
    """Where tags live: an organization (by target), a datalake, or a dataset version."""

    organization: int
    target: TagTarget
    datalake: int | None = None
    version: int | None = None

    @property
    def name(self) -> str:
        """What a tag's name must be unique in."""
        if self.datalake is not None:
            return f"datalake/{self.datalake}"
        if self.version is not None:
            return f"version/{self.version}"
        return f"organization/{self.target.value}"


@attrs.frozen
class _Taggable:
    """A kind of object that takes tags."""

    table: Table
    tagging: Table

    def visible_ids(self) -> Select[tuple[int]]:
        """Objects among the ids that belong to the tag's own scope."""
        table = self.table
        if table is schema.data:
            belongs = table.c.datalake == tag.c.datalake
        elif table is schema.asset:
            belongs = table.c.version == tag.c.version
        elif table is schema.dataset_version:
            belongs = exists().where(
                schema.dataset.c.seq == table.c.dataset, schema.dataset.c.organization == tag.c.organization
            )
        elif table is schema.model_version:
            belongs = exists().where(
                schema.model.c.seq == table.c.model, schema.model.c.organization == tag.c.organization
            )
        else:
            belongs = table.c.organization == tag.c.organization
        return (
            select(table.c.seq)
            .select_from(table.join(tag, tag.c.seq == bindparam("tag")))
            .where(any_of(table.c.id, bindparam("ids")), belongs)
        )


def _detaching_some(tagging: Table) -> Prepared:
    """Return what takes a tag from some objects."""
    some = select(tagging.c.target).where(tagging.c.tag == bindparam("tag")).limit(_MOST_AT_ONCE)
    chosen = and_(tagging.c.tag == bindparam("tag"), tagging.c.target.in_(some))
    return Prepared(delete(tagging).where(chosen).returning(tagging.c.target))


_TAGGABLE = {
    TagTarget.DATA: _Taggable(schema.data, schema.data_tag),
    TagTarget.ASSET: _Taggable(schema.asset, schema.asset_tag),
    TagTarget.DATASET: _Taggable(schema.dataset, schema.dataset_tag),
    TagTarget.DATASET_VERSION: _Taggable(schema.dataset_version, schema.dataset_version_tag),
    TagTarget.MODEL: _Taggable(schema.model, schema.model_tag),
    TagTarget.MODEL_VERSION: _Taggable(schema.model_version, schema.model_version_tag),
}
_VISIBLE = {target: Prepared(kind.visible_ids()) for target, kind in _TAGGABLE.items()}
_ATTACH = {
    target: Prepared(insertion(kind.tagging).prefix_with("OR IGNORE", dialect="sqlite"))
    for target, kind in _TAGGABLE.items()
}
_DETACH = {
    target: Prepared(
        delete(kind.tagging).where(
            kind.tagging.c.tag == bindparam("tag"), any_of(kind.tagging.c.target, bindparam("targets"))
        )
    )
    for target, kind in _TAGGABLE.items()
}
_DETACH_SOME = {target: _detaching_some(kind.tagging) for target, kind in _TAGGABLE.items()}
_TAGS_OF = {
    kind.table.name: Prepared(
        select(tag)
        .join(kind.tagging, kind.tagging.c.tag == tag.c.seq)
        .where(kind.tagging.c.target == bindparam("target"))
        .order_by(tag.c.seq)
    )
    for kind in _TAGGABLE.values()
}
_visible = any_of(tag.c.organization, bindparam("visible"))
_GET = Prepared(
    select(tag, *STATE)
    .outerjoin(dataset_version, dataset_version.c.seq == tag.c.version)
    .where(tag.c.id == bindparam("id"), _visible)
)
_MANY = Prepared(select(tag).where(any_of(tag.c.id, bindparam("ids")), _visible))
_FIND = Prepared(
    select(tag).where(
        tag.c.organization == bindparam("organization"),
        tag.c.scope == bindparam("scope"),
        tag.c.name == bindparam("name"),
    )
)
_NAMED = Prepared(
    select(tag.c.name, tag.c.seq).where(
        tag.c.organization == bindparam("organization"),
        tag.c.scope == bindparam("scope"),
        any_of(tag.c.name, bindparam("names")),
    )
)
_INSERT = Prepared(insertion(tag))
_RENAME = Prepared(update(tag).where(tag.c.seq == bindparam("key")).values(name=bindparam("new_name")))
_DELETE = Prepared(delete(tag).where(tag.c.seq == bindparam("key")))
_ORDER = {"seq": tag.c.seq, "created_at": tag.c.created_at, "name": tag.c.name}


def _document(row: Row) -> Document:
    return {"id": row["id"], "name": row["name"], "target_type": row["target_type"]}


def tags_of(table: str, seq: int) -> Work[list[Document]]:
    """Return the tags that an object carries, oldest first."""
    return [_document(row) for row in (yield _TAGS_OF[table](target=seq))]


def create_tag(home: TagScope, name: str) -> Work[Document]:
    """Create a tag.

    Raises:
        ConflictError: the scope has one of this name.
    """
    check_name(name, "name")
    yield from _check_free(home.organization, home.name, name)
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "organization": home.organization,
        "datalake": home.datalake,
        "version": home.version,
        "target_type": home.target.value,
        "scope": home.name,
        "name": name,
    }
    yield _INSERT(**row)
    return _document(row)


def ensure_tags(home: TagScope, names: Iterable[str]) -> Work[dict[str, int]]:
    """Return the `seq` of the scope's tags of these names; missing ones are created."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    named = _NAMED(organization=home.organization, scope=home.name, names=json_list(wanted))
    known = {row["name"] for row in (yield named)}
    for name in wanted:
        if name not in known:
            yield from create_tag(home, name)
    return {row["name"]: row["seq"] for row in (yield named)}


def find_tag(home: TagScope, name: str) -> Work[Document]:
    """Return the scope's tag of a name."""
    rows = yield _FIND(organization=home.organization, scope=home.name, name=name)
    return _document(one(rows, f"tag {name!r}"))


def list_tags(home: TagScope, request: ListRequest) -> Work[Document]:
    """Return the scope's tags, newest first."""
    rows = select(tag).where(tag.c.organization == home.organization, tag.c.scope == home.name)
    return (yield from list_items(rows, request, _ORDER, _document))


def get_tag(scope: Scope, tag_id: str) -> Work[Document]:
    """Return a tag."""
    return _document((yield from _require(scope, tag_id)))


def rename_tag(scope: Scope, tag_id: str, name: str) -> Work[Document]:
    """Rename a tag.

    Raises:
        ConflictError: the scope has another one of this name.
        LockedError: it belongs to a locked version.
    """
    row = yield from _require(scope, tag_id, change=True)
    if check_name(name, "name") != row["name"]:
        yield from _check_free(row["organization"], row["scope"], name)
        yield _RENAME(key=row["seq"], new_name=name)
    return {**_document(row), "name": name}


def detach_some(scope: Scope, tag_id: str) -> Work[int | None]:
    """Take a tag that is to be deleted from a part of its objects; `None` when none are left.

    Raises:
        LockedError: it belongs to a locked version.
    """
    row = yield from _require(scope, tag_id, change=True)
    return 0 if (yield _DETACH_SOME[TagTarget(row["target_type"])](tag=row["seq"])) else None


def delete_tag(scope: Scope, tag_id: str) -> Work[None]:
    """Delete a tag and take it from every object.

    Raises:
        LockedError: it belongs to a locked version.
    """
    row = yield from _require(scope, tag_id, change=True)
    yield _DELETE(key=row["seq"])


def attach_tag(scope: Scope, tag_id: str, ids: Sequence[str]) -> Work[Document]:
    """Attach a tag to objects; ids of another kind or scope are skipped, twice is once.

    Raises:
        LockedError: the tag belongs to a locked version.
    """
    row, targets = yield from _targets(scope, tag_id, ids)
    if targets:
        rows = [{"tag": row["seq"], "target": target} for target in targets]
        yield _ATTACH[TagTarget(row["target_type"])].many(rows)
    return {"tag": _document(row), "count": len(targets)}


def detach_tag(scope: Scope, tag_id: str, ids: Sequence[str]) -> Work[Document]:
    """Take a tag from objects; those that do not carry it stay as they are.

    Raises:
        LockedError: the tag belongs to a locked version.
    """
    row, targets = yield from _targets(scope, tag_id, ids)
    if targets:
        yield _DETACH[TagTarget(row["target_type"])](tag=row["seq"], targets=json_list(targets))
    return {"tag": _document(row), "count": len(targets)}


def require_tags(scope: Scope, ids: Sequence[str], home: TagScope) -> Work[list[int]]:
    """Return the `seq` of tags that must all be in one scope.

    Raises:
        BadRequestError: one is not.
    """
    wanted = check_ids(ids, "tags")
    rows = yield _MANY(ids=json_list(wanted), visible=scope.visible)
    found = {row["id"]: row["seq"] for row in rows if row["scope"] == home.name}
    missing = [tag_id for tag_id in wanted if tag_id not in found]
    if missing:
        raise BadRequestError(f"no such {home.target.value} tag here: {', '.join(missing[:5])}", status=400)
    return [found[tag_id] for tag_id in wanted]


def _require(scope: Scope, tag_id: str, *, change: bool = False) -> Work[Row]:
    row = one((yield _GET(id=tag_id, visible=scope.visible)), "tag")
    if change:
        check_changeable(row, "the tag's dataset version")
    return row


def _targets(scope: Scope, tag_id: str, ids: Sequence[str]) -> Work[tuple[Row, list[int]]]:
    row = yield from _require(scope, tag_id, change=True)
    chosen = check_ids(ids, "ids")
    find = _VISIBLE.get(TagTarget(row["target_type"]))  # the platform has no objects of the other kinds
    rows = (yield find(tag=row["seq"], ids=json_list(chosen))) if find else ()
    return row, [found["seq"] for found in rows]


def _check_free(organization: int, scope: str, name: str) -> Work[None]:
    if (yield _FIND(organization=organization, scope=scope, name=name)):
        raise ConflictError(f"there is a tag {name!r} already", status=409)
