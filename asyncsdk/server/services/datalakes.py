"""Datalakes: the files of an organization behind one storage connector."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import datalake, organization
from asyncsdk.server.store.statements import Prepared

__all__ = ["datalake_document", "find_datalake", "get_datalake", "list_datalakes", "require_datalake"]

_joined = select(datalake, organization.c.connector_id).join(
    organization, organization.c.seq == datalake.c.organization
)
_GET = Prepared(
    _joined.where(datalake.c.id == bindparam("id"), any_of(datalake.c.organization, bindparam("visible")))
)
_OF = Prepared(_joined.where(datalake.c.organization == bindparam("organization")).order_by(datalake.c.seq))


def datalake_document(row: Row) -> Document:
    """Return a datalake."""
    return {"id": row["id"], "name": row["name"], "connector_id": row["connector_id"]}


def require_datalake(scope: Scope, datalake_id: str) -> Work[Row]:
    """Return the row of a datalake that the scope sees, with its connector."""
    return one((yield _GET(id=datalake_id, visible=scope.visible)), "datalake")


def get_datalake(scope: Scope, datalake_id: str) -> Work[Document]:
    """Return a datalake."""
    return datalake_document((yield from require_datalake(scope, datalake_id)))


def find_datalake(
    scope: Scope, organization_id: str, *, name: str | None, datalake_id: str | None
) -> Work[Document]:
    """Return the organization's datalake of a name or id; the default one when neither is given."""
    home = yield from organization_seq(scope, organization_id)
    rows = yield _OF(organization=home)
    if datalake_id is not None:
        rows = [row for row in rows if row["id"] == datalake_id]
    if name is not None:
        rows = [row for row in rows if row["name"] == name]
    if datalake_id is None and name is None:
        rows = [row for row in rows if row["is_default"]]
    return datalake_document(one(rows, "datalake"))


def list_datalakes(scope: Scope, organization_id: str) -> Work[Document]:
    """Return the organization's datalakes, oldest first."""
    home = yield from organization_seq(scope, organization_id)
    rows = yield _OF(organization=home)
    return {"items": [datalake_document(row) for row in rows], "count": len(rows)}
