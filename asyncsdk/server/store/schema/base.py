"""What the tables are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

__all__ = ["Seq", "entity", "metadata", "parent"]

metadata: MetaData = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Seq: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""The type of the small integers by which rows refer to each other."""


def entity(name: str, *parts: Any, **options: Any) -> Table:
    """Return a table whose rows travel: `seq`, `id` and the time of creation come first."""
    return Table(
        name,
        metadata,
        Column("seq", Seq, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False, unique=True),
        Column("created_at", BigInteger, nullable=False),
        *parts,
        **options,
    )


def parent(name: str, table: str, *, cascade: str = "CASCADE", nullable: bool = False) -> Column[int]:
    """Return a column that refers to a row of another table, and goes with it."""
    return Column(name, Seq, ForeignKey(f"{table}.seq", ondelete=cascade), nullable=nullable)
