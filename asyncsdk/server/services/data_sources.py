"""Where data comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from asyncsdk.errors import ConflictError
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, check_name, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import data_source
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_source",
    "delete_source",
    "ensure_sources",
    "find_source",
    "get_source",
    "list_sources",
    "rename_source",
    "require_source",
]

_GET = Prepared(
    select(data_source).where(
        data_source.c.id == bindparam("id"), any_of(data_source.c.organization, bindparam("visible"))
    )
)
_BY_NAME = Prepared(
    select(data_source).where(
        data_source.c.organization == bindparam("organization"), data_source.c.name == bindparam("name")
    )
)
_NAMED = Prepared(
    select(data_source.c.name, data_source.c.seq).where(
        data_source.c.organization == bindparam("organization"),
        any_of(data_source.c.name, bindparam("names")),
    )
)
_INSERT = Prepared(insertion(data_source))
_RENAME = Prepared(
    update(data_source).where(data_source.c.seq == bindparam("key")).values(name=bindparam("new_name"))
)
_DELETE = Prepared(delete(data_source).where(data_source.c.seq == bindparam("key")))
_ORDER = {"seq": data_source.c.seq, "created_at": data_source.c.created_at, "name": data_source.c.name}


def _document(row: Row) -> Document:
    return {"id": row["id"], "name": row["name"]}


def require_source(scope: Scope, source_id: str) -> Work[Row]:
    """Return the row of a source that the scope sees."""
    return one((yield _GET(id=source_id, visible=scope.visible)), "data source")


def create_source(scope: Scope, organization_id: str, name: str) -> Work[Document]:
    """Create a source.

    Raises:
        ConflictError: the organization has one of this name.
    """
    check_name(name, "name")
    home = yield from organization_seq(scope, organization_id)
    yield from _check_free(home, name)
    row = _new_row(home, name)
    yield _INSERT(**row)
    return _document(row)


def ensure_sources(home: int, names: Iterable[str]) -> Work[dict[str, int]]:
    """Return the `seq` of an organization's sources of these names; missing ones are created."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    named = _NAMED(organization=home, names=json_list(wanted))
    known = {row["name"] for row in (yield named)}
    missing = [_new_row(home, check_name(name, "name")) for name in wanted if name not in known]
    if missing:
        yield _INSERT.many(missing)
    return {row["name"]: row["seq"] for row in (yield named)}


def find_source(scope: Scope, organization_id: str, name: str) -> Work[Document]:
    """Return the source of a name."""
    home = yield from organization_seq(scope, organization_id)
    return _document(one((yield _BY_NAME(organization=home, name=name)), f"data source {name!r}"))


def list_sources(scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
    """Return the organization's sources, newest first."""
    home = yield from organization_seq(scope, organization_id)
    rows = select(data_source).where(data_source.c.organization == home)
    return (yield from list_items(rows, request, _ORDER, _document))


def get_source(scope: Scope, source_id: str) -> Work[Document]:
    """Return a source."""
    return _document((yield from require_source(scope, source_id)))


def rename_source(scope: Scope, source_id: str, name: str) -> Work[Document]:
    """Rename a source.

    Raises:
        ConflictError: another one has the name.
    """
    row = yield from require_source(scope, source_id)
    if check_name(name, "name") != row["name"]:
        yield from _check_free(row["organization"], name)
        yield _RENAME(key=row["seq"], new_name=name)
    return {**_document(row), "name": name}


def delete_source(scope: Scope, source_id: str) -> Work[None]:
    """Delete a source; its data stays, without a source."""
    row = yield from require_source(scope, source_id)
    yield _DELETE(key=row["seq"])


def _new_row(home: int, name: str) -> dict[str, Any]:
    return {"id": new_id(), "created_at": now_us(), "organization": home, "name": name}


def _check_free(home: int, name: str) -> Work[None]:
    if (yield _BY_NAME(organization=home, name=name)):
        raise ConflictError(f"there is a data source {name!r} already", status=409)
