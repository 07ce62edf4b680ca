"""What an organization has by name, with a description: datasets, models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Table, bindparam, select, update

from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.server.services import tags
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, check_name, check_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import organization
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["Named"]


class Named:
    """A kind of things whose names are unique in their organization.

    Args:
        table: with the columns `organization`, `name` and `description`; its name is the word for the kind.
        document: makes the JSON object of a row, without the tags.
    """

    def __init__(self, table: Table, document: Callable[[Row], Document]) -> None:
        columns = table.c
        self._table = table
        self._document = document
        self._get = Prepared(
            select(table, organization.c.connector_id)
            .join(organization, organization.c.seq == columns.organization)
            .where(columns.id == bindparam("id"), any_of(columns.organization, bindparam("visible")))
        )
        self._by_name = Prepared(
            select(table).where(
                columns.organization == bindparam("organization"), columns.name == bindparam("name")
            )
        )
        self._insert = Prepared(insertion(table))
        self._update = Prepared(
            update(table)
            .where(columns.seq == bindparam("key"))
            .values(name=bindparam("new_name"), description=bindparam("new_description"))
        )
        self._order = {name: columns[name] for name in ("seq", "created_at", "name")}

    def require(self, scope: Scope, own_id: str) -> Work[Row]:
        """Return the row of one that the scope sees, with the storage connector of its organization."""
        return one((yield self._get(id=own_id, visible=scope.visible)), self._table.name)

    def create(
        self, scope: Scope, organization_id: str, name: str, description: str, **more: Any
    ) -> Work[Document]:
        """Create one.

        Args:
            scope: who asks.
            organization_id: where.
            name: its name.
            description: what it is.
            **more: further columns of its table.

        Raises:
            ConflictError: the organization has one of this name.
        """
        check_name(name, "name")
        check_text(description, "description")
        home = yield from organization_seq(scope, organization_id)
        yield from self._check_free(home, name)
        own = {"organization": home, "name": name, "description": description}
        row = {"id": new_id(), "created_at": now_us(), **own, **more}
        yield self._insert(**row)
        return self._document(row)

    def find(
        self, scope: Scope, organization_id: str, *, name: str | None, own_id: str | None
    ) -> Work[Document]:
        """Return the one of a name or an id; both must hold where both are given."""
        kind = self._table.name
        home = yield from organization_seq(scope, organization_id)
        if own_id is not None:
            row = yield from self.require(scope, own_id)
            if row["organization"] != home or name not in (None, row["name"]):
                row = one((), kind)
        elif name is not None:
            row = one((yield self._by_name(organization=home, name=name)), f"{kind} {name!r}")
        else:
            raise BadRequestError("give a name or an id", status=400)
        return self._document(row)

    def list(self, scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
        """Return those of the organization, newest first."""
        home = yield from organization_seq(scope, organization_id)
        rows = select(self._table).where(self._table.c.organization == home)
        return (yield from list_items(rows, request, self._order, self._document))

    def get(self, scope: Scope, own_id: str) -> Work[Document]:
        """Return one with its tags."""
        row = yield from self.require(scope, own_id)
        own_tags = yield from tags.tags_of(self._table.name, row["seq"])
        return {**self._document(row), "tags": own_tags}

    def update(
        self, scope: Scope, own_id: str, *, name: str | None, description: str | None
    ) -> Work[Document]:
        """Change what is given.

        Raises:
            ConflictError: another one has the name.
        """
        row = yield from self.require(scope, own_id)
        changed = dict(row)
        if name is not None and name != row["name"]:
            changed["name"] = check_name(name, "name")
            yield from self._check_free(row["organization"], name)
        if description is not None:
            changed["description"] = check_text(description, "description")
        yield self._update(key=row["seq"], new_name=changed["name"], new_description=changed["description"])
        return self._document(changed)

    def _check_free(self, home: int, name: str) -> Work[None]:
        if (yield self._by_name(organization=home, name=name)):
            raise ConflictError(f"there is a {self._table.name} {name!r} already", status=409)
