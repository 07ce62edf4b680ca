"""Statements: built with SQLAlchemy Core, compiled once per dialect, run on a thin driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import BindParameter, Insert, Table, bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

__all__ = ["Prepared", "Statement", "insertion", "statement"]


@attrs.define(eq=False)
class Prepared:
    """A statement whose text is compiled once per dialect and kept.

    Example:
        >>> from sqlalchemy import bindparam, select
        >>> from asyncsdk.server.store.schema import dataset
        >>> FIND = Prepared(select(dataset.c.id).where(dataset.c.name == bindparam("name")))
        >>> FIND(name="birds").params
        {'name': 'birds'}
    """

    clause: ClauseElement
    _texts: dict[str, tuple[str, Mapping[str, Any]]] = attrs.field(factory=dict, init=False)

    def __call__(self, **params: Any) -> Statement:
        """Return the statement with its parameters."""
        return Statement(self, params)

    def many(self, rows: Sequence[Mapping[str, Any]]) -> Statement:
        """Return the statement to run once per row of parameters; it gives no rows."""
        return Statement(self, rows)

    def text(self, dialect: Dialect) -> tuple[str, Mapping[str, Any]]:
        """Return the SQL text for a dialect, and the values of its unnamed parameters."""
        known = self._texts.get(dialect.name)
        if known is None:
            compiled = self.clause.compile(dialect=dialect)
            names: Mapping[BindParameter[Any], str] = getattr(compiled, "bind_names", {})
            own = {name: bind.effective_value for bind, name in names.items() if not bind.required}
            known = str(compiled), own
            self._texts[dialect.name] = known
        return known


@attrs.frozen
class Statement:
    """A prepared statement and its parameters: one set, or a sequence of sets."""

    prepared: Prepared
    params: Mapping[str, Any] | Sequence[Mapping[str, Any]] = attrs.field(factory=dict)


def statement(clause: ClauseElement) -> Statement:
    """Return a statement that carries its own values, for clauses that are built on the way."""
    return Statement(Prepared(clause))


def insertion(table: Table) -> Insert:
    """Return an insert that takes every column as a parameter of its name; `seq` is the database's own."""
    names = [column.name for column in table.columns if column.name != "seq"]
    return insert(table).values({name: bindparam(name) for name in names})
