"""Columns that many tables have, for the migrations that make them."""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["head", "integer", "reference", "text"]


def integer() -> sa.types.TypeEngine[int]:
    """Return the type of `seq`."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def head(table: str) -> tuple[sa.Column[int] | sa.Column[str] | sa.Constraint, ...]:
    """Return the first columns of every table whose rows travel."""
    return (
        sa.Column("seq", integer(), autoincrement=True, nullable=False),
        text("id"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=f"pk_{table}"),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
    )


def text(name: str) -> sa.Column[str]:
    """Return a text that is always there."""
    return sa.Column(name, sa.Text(), nullable=False)


def reference(
    table: str, name: str, parent: str, *, ondelete: str = "CASCADE", nullable: bool = False
) -> sa.Column[int]:
    """Return a column that refers to a row of another table."""
    key = sa.ForeignKey(f"{parent}.seq", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, integer(), key, nullable=nullable)
