"""What the platform keeps for itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from asyncsdk.server.store.schema.base import Seq, metadata

__all__ = ["garbage", "idempotency", "setting"]

idempotency: Table = Table(
    "idempotency",
    metadata,
    Column("organization", Seq, ForeignKey("organization.seq", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_idempotency_created_at", "created_at"),
    sqlite_with_rowid=False,
)

garbage: Table = Table(
    "garbage",
    metadata,
    # Objects whose rows are gone, and which the platform still has to delete.
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("connector_id", Text, nullable=False),
    Column("object_name", Text, nullable=False),
    # Not before this time: exported files stay for a day.
    Column("due_at", BigInteger, nullable=False, server_default="0"),
    Index("ix_garbage_object_name", "object_name"),
)

setting: Table = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
