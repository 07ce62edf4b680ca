"""Datalakes and the data in them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from asyncsdk.server.store.schema.base import Seq, entity, metadata, parent

__all__ = ["custom_metadata_key", "data", "data_source", "datalake", "projection"]

datalake: Table = entity(
    "datalake",
    parent("organization", "organization"),
    Column("name", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("data_count", BigInteger, nullable=False, server_default="0"),
    Column("allow_extra_custom_metadata", Boolean, nullable=False, server_default="1"),
    UniqueConstraint("organization", "name"),
)

custom_metadata_key: Table = Table(
    "custom_metadata_key",
    metadata,
    Column("datalake", Seq, ForeignKey("datalake.seq", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("configuration", Text, nullable=False),
    sqlite_with_rowid=False,
)

data_source: Table = entity(
    "data_source",
    parent("organization", "organization"),
    Column("name", Text, nullable=False),
    UniqueConstraint("organization", "name"),
)

data: Table = entity(
    "data",
    parent("datalake", "datalake"),
    Column("object_name", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("upload_status", Text, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text),
    Column("metadata", Text),
    Column("custom_metadata", Text),
    parent("data_source", "data_source", cascade="SET NULL", nullable=True),
    UniqueConstraint("datalake", "object_name"),
    Index("ix_data_datalake_seq", "datalake", "seq"),
    Index("ix_data_datalake_filename", "datalake", "filename"),
    Index("ix_data_data_source", "data_source"),
)

projection: Table = entity(
    "projection",
    parent("data", "data"),
    Column("name", Text, nullable=False),
    Column("object_name", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("compute_status", Text, nullable=False),
    Column("infos", Text),
    UniqueConstraint("data", "name"),
    Index("ix_projection_object_name", "object_name"),
)
