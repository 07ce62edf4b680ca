"""The tables, once for every database.

Rows refer to each other by `seq`, a small integer of the platform's own that also gives the listing
order; `id` is the UUIDv7 that travels. Times are integers: microseconds since 1970, UTC. JSON is text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "metadata"]

SCHEMA_VERSION = "0003"
"""The newest migration; a database that is newer is refused."""

APPLICATION_ID = 0x61736473  # "asds"
"""Marks an SQLite file as ours."""

metadata: MetaData = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Seq = BigInteger().with_variant(Integer, "sqlite")


def _table(name: str, *parts: Any, **options: Any) -> Table:
    """A table whose rows travel: `seq`, `id` and the time of creation come first."""
    return Table(
        name,
        metadata,
        Column("seq", _Seq, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False, unique=True),
        Column("created_at", BigInteger, nullable=False),
        *parts,
        **options,
    )


def _parent(name: str, table: str, *, cascade: str = "CASCADE", nullable: bool = False) -> Column[int]:
    return Column(name, _Seq, ForeignKey(f"{table}.seq", ondelete=cascade), nullable=nullable)


organization: Table = _table(
    "organization",
    Column("name", Text, nullable=False, unique=True),
    Column("connector_id", Text, nullable=False, unique=True),
)

user: Table = _table(
    "user_account",
    Column("username", Text, nullable=False, unique=True),
    Column("is_admin", Boolean, nullable=False),
)

membership: Table = Table(
    "membership",
    metadata,
    Column("organization", _Seq, ForeignKey("organization.seq", ondelete="CASCADE"), primary_key=True),
    Column("user_account", _Seq, ForeignKey("user_account.seq", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, nullable=False),
    Index("ix_membership_user_account", "user_account"),
    sqlite_with_rowid=False,
)

token: Table = _table(
    "token",
    _parent("user_account", "user_account"),
    _parent("organization", "organization", nullable=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("revoked_at", BigInteger),
    Index("ix_token_user_account", "user_account"),
)

datalake: Table = _table(
    "datalake",
    _parent("organization", "organization"),
    Column("name", Text, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("data_count", BigInteger, nullable=False, server_default="0"),
    Column("allow_extra_custom_metadata", Boolean, nullable=False, server_default="1"),
    UniqueConstraint("organization", "name"),
)

custom_metadata_key: Table = Table(
    "custom_metadata_key",
    metadata,
    Column("datalake", _Seq, ForeignKey("datalake.seq", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("configuration", Text, nullable=False),
    sqlite_with_rowid=False,
)

data_source: Table = _table(
    "data_source",
    _parent("organization", "organization"),
    Column("name", Text, nullable=False),
    UniqueConstraint("organization", "name"),
)

data: Table = _table(
    "data",
    _parent("datalake", "datalake"),
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
    _parent("data_source", "data_source", cascade="SET NULL", nullable=True),
    UniqueConstraint("datalake", "object_name"),
    Index("ix_data_datalake_seq", "datalake", "seq"),
    Index("ix_data_datalake_filename", "datalake", "filename"),
    Index("ix_data_data_source", "data_source"),
)

projection: Table = _table(
    "projection",
    _parent("data", "data"),
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

dataset: Table = _table(
    "dataset",
    _parent("organization", "organization"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    UniqueConstraint("organization", "name"),
)

dataset_version: Table = _table(
    "dataset_version",
    _parent("dataset", "dataset"),
    Column("version", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("next_position", BigInteger, nullable=False),
    Column("asset_count", BigInteger, nullable=False),
    Column("attributes", Text),
    UniqueConstraint("dataset", "version"),
)

asset: Table = _table(
    "asset",
    _parent("version", "dataset_version"),
    _parent("data", "data"),
    Column("position", BigInteger, nullable=False),
    UniqueConstraint("version", "position"),
    UniqueConstraint("version", "data"),
    Index("ix_asset_data", "data"),
)

label_group: Table = _table(
    "label_group",
    _parent("version", "dataset_version"),
    _parent("parent", "label_group", nullable=True),
    Column("name", Text, nullable=False),
    Index("ix_label_group_version_name", "version", "name"),
    Index("ix_label_group_parent", "parent"),
)

label: Table = _table(
    "label",
    _parent("version", "dataset_version"),
    _parent("label_group", "label_group", cascade="SET NULL", nullable=True),
    Column("name", Text, nullable=False),
    # JSON: the names of the vertices and the edges between them, counted from 1.
    Column("skeleton", Text),
    Column("attributes", Text),
    UniqueConstraint("version", "name"),
    Index("ix_label_label_group", "label_group"),
)

annotation: Table = _table(
    "annotation",
    _parent("version", "dataset_version"),
    _parent("asset", "asset"),
    _parent("user_account", "user_account"),
    Column("status", Text, nullable=False),
    Column("duration", Float, nullable=False),
    Column("attributes", Text),
    UniqueConstraint("asset", "user_account"),
    Index("ix_annotation_version_seq", "version", "seq"),
    Index("ix_annotation_asset", "asset", "seq"),
    Index("ix_annotation_user_account", "user_account"),
)

shape: Table = _table(
    "shape",
    _parent("annotation", "annotation"),
    _parent("label", "label"),
    # RECTANGLE, POLYGON, LINE, POINT, CLASSIFICATION, KEYPOINTS or MASK.
    Column("kind", Text, nullable=False),
    # JSON: what the kind has of its own, as it travels (`{"x": 1, "y": 2, "w": 3, "h": 4}`).
    Column("geometry", Text, nullable=False),
    Column("area", Float),
    Column("text", Text),
    Column("attributes", Text),
    Index("ix_shape_annotation", "annotation", "seq"),
    Index("ix_shape_label", "label"),
)

track: Table = _table(
    "track",
    _parent("annotation", "annotation"),
    _parent("label", "label"),
    # JSON: first frame and keyframes, as they travel.
    Column("geometry", Text, nullable=False),
    Column("text", Text),
    Column("attributes", Text),
    Index("ix_track_annotation", "annotation", "seq"),
    Index("ix_track_label", "label"),
)

tag: Table = _table(
    "tag",
    _parent("organization", "organization"),
    _parent("datalake", "datalake", nullable=True),
    _parent("version", "dataset_version", nullable=True),
    Column("target_type", Text, nullable=False),
    # What a name must be unique in: "organization/DATASET", "datalake/7", "version/12".
    Column("scope", Text, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("organization", "scope", "name"),
    Index("ix_tag_datalake", "datalake"),
    Index("ix_tag_version", "version"),
)


def _tagging(target: str) -> Table:
    """Which objects of one kind carry which tag; the order of the key serves listing by tag."""
    return Table(
        f"{target}_tag",
        metadata,
        Column("tag", _Seq, ForeignKey("tag.seq", ondelete="CASCADE"), primary_key=True),
        Column("target", _Seq, ForeignKey(f"{target}.seq", ondelete="CASCADE"), primary_key=True),
        Index(f"ix_{target}_tag_target", "target", "tag"),
        sqlite_with_rowid=False,
    )


data_tag: Table = _tagging("data")
asset_tag: Table = _tagging("asset")
dataset_tag: Table = _tagging("dataset")
dataset_version_tag: Table = _tagging("dataset_version")

job: Table = _table(
    "job",
    _parent("organization", "organization"),
    _parent("version", "dataset_version", nullable=True),
    Column("generation", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("checkpoint", Text),
    Column("progress", Float, nullable=False),
    Column("error", Text),
    Column("attempt", Integer, nullable=False),
    Column("lease_until", BigInteger),
    Column("updated_at", BigInteger, nullable=False),
    Column("log_object_name", Text),
    Index("ix_job_status", "status", "seq"),
    Index("ix_job_organization", "organization"),
    Index("ix_job_version", "version"),
    Index("ix_job_log_object_name", "organization", "log_object_name"),
)

job_log: Table = Table(
    "job_log",
    metadata,
    Column("seq", _Seq, primary_key=True, autoincrement=True),
    Column("job", _Seq, ForeignKey("job.seq", ondelete="CASCADE"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    Index("ix_job_log_job", "job", "seq"),
)

idempotency: Table = Table(
    "idempotency",
    metadata,
    Column("organization", _Seq, ForeignKey("organization.seq", ondelete="CASCADE"), primary_key=True),
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
    Column("seq", _Seq, primary_key=True, autoincrement=True),
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
