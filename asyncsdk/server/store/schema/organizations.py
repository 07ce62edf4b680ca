"""Organizations, their users and tokens."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Table, Text

from asyncsdk.server.store.schema.base import Seq, entity, metadata, parent

__all__ = ["membership", "organization", "token", "user"]

organization: Table = entity(
    "organization",
    Column("name", Text, nullable=False, unique=True),
    Column("connector_id", Text, nullable=False, unique=True),
)

user: Table = entity(
    "user_account",
    Column("username", Text, nullable=False, unique=True),
    Column("is_admin", Boolean, nullable=False),
)

membership: Table = Table(
    "membership",
    metadata,
    Column("organization", Seq, ForeignKey("organization.seq", ondelete="CASCADE"), primary_key=True),
    Column("user_account", Seq, ForeignKey("user_account.seq", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, nullable=False),
    Index("ix_membership_user_account", "user_account"),
    sqlite_with_rowid=False,
)

token: Table = entity(
    "token",
    parent("user_account", "user_account"),
    parent("organization", "organization", nullable=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("revoked_at", BigInteger),
    Index("ix_token_user_account", "user_account"),
)
