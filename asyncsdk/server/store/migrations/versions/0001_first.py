"""The first schema. A migration is frozen: it says everything itself and asks nothing of today's program."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _create_accounts()
    _create_data()
    _create_datasets()
    _create_tags()
    _create_jobs()
    _create_housekeeping()


def _create_accounts() -> None:
    op.create_table(
        "organization",
        *_head("organization"),
        _text("name"),
        _text("connector_id"),
        _unique("organization", "name"),
        _unique("organization", "connector_id"),
    )
    op.create_table(
        "user_account",
        *_head("user_account"),
        _text("username"),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        _unique("user_account", "username"),
    )
    op.create_table(
        "membership",
        _reference("membership", "organization"),
        _reference("membership", "user_account"),
        _text("role"),
        sa.PrimaryKeyConstraint("organization", "user_account", name="pk_membership"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_membership_user_account", "membership", ["user_account"])
    op.create_table(
        "token",
        *_head("token"),
        _reference("token", "user_account"),
        _reference("token", "organization", nullable=True),
        _text("name"),
        _text("hash"),
        sa.Column("revoked_at", sa.BigInteger()),
        _unique("token", "hash"),
    )
    op.create_index("ix_token_user_account", "token", ["user_account"])


def _create_data() -> None:
    op.create_table(
        "datalake",
        *_head("datalake"),
        _reference("datalake", "organization"),
        _text("name"),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("data_count", sa.BigInteger(), server_default="0", nullable=False),
        _unique("datalake", "organization", "name"),
    )
    op.create_table(
        "data_source",
        *_head("data_source"),
        _reference("data_source", "organization"),
        _text("name"),
        _unique("data_source", "organization", "name"),
    )
    op.create_table(
        "data",
        *_head("data"),
        _reference("data", "datalake"),
        _text("object_name"),
        _text("filename"),
        _text("type"),
        _text("content_type"),
        _text("upload_status"),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        _number("size_bytes"),
        sa.Column("sha256", sa.Text()),
        sa.Column("metadata", sa.Text()),
        sa.Column("custom_metadata", sa.Text()),
        _reference("data", "data_source", ondelete="SET NULL", nullable=True),
        _unique("data", "datalake", "object_name"),
    )
    op.create_index("ix_data_datalake_seq", "data", ["datalake", "seq"])
    op.create_index("ix_data_datalake_filename", "data", ["datalake", "filename"])
    op.create_index("ix_data_data_source", "data", ["data_source"])


def _create_datasets() -> None:
    op.create_table(
        "dataset",
        *_head("dataset"),
        _reference("dataset", "organization"),
        _text("name"),
        _text("description"),
        _unique("dataset", "organization", "name"),
    )
    op.create_table(
        "dataset_version",
        *_head("dataset_version"),
        _reference("dataset_version", "dataset"),
        _text("version"),
        _text("description"),
        _text("type"),
        sa.Column("locked", sa.Boolean(), nullable=False),
        _number("next_position"),
        _number("asset_count"),
        _unique("dataset_version", "dataset", "version"),
    )
    op.create_table(
        "asset",
        *_head("asset"),
        _reference("asset", "version", "dataset_version"),
        _reference("asset", "data"),
        _number("position"),
        _unique("asset", "version", "position"),
        _unique("asset", "version", "data"),
    )
    op.create_index("ix_asset_data", "asset", ["data"])


def _create_tags() -> None:
    op.create_table(
        "tag",
        *_head("tag"),
        _reference("tag", "organization"),
        _reference("tag", "datalake", nullable=True),
        _reference("tag", "version", "dataset_version", nullable=True),
        _text("target_type"),
        _text("scope"),
        _text("name"),
        _unique("tag", "organization", "scope", "name"),
    )
    op.create_index("ix_tag_datalake", "tag", ["datalake"])
    op.create_index("ix_tag_version", "tag", ["version"])
    for target in ("data", "asset", "dataset", "dataset_version"):
        name = f"{target}_tag"
        op.create_table(
            name,
            _reference(name, "tag"),
            _reference(name, "target", target),
            sa.PrimaryKeyConstraint("tag", "target", name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{name}_target", name, ["target", "tag"])


def _create_jobs() -> None:
    op.create_table(
        "job",
        *_head("job"),
        _reference("job", "organization"),
        _reference("job", "version", "dataset_version", nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        _text("kind"),
        _text("status"),
        _text("payload"),
        sa.Column("checkpoint", sa.Text()),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        _number("updated_at"),
    )
    op.create_index("ix_job_status", "job", ["status", "seq"])
    op.create_index("ix_job_organization", "job", ["organization"])
    op.create_index("ix_job_version", "job", ["version"])
    op.create_table(
        "job_log",
        *_seq("job_log"),
        _reference("job_log", "job"),
        _number("created_at"),
        _text("line"),
    )
    op.create_index("ix_job_log_job", "job_log", ["job", "seq"])


def _create_housekeeping() -> None:
    op.create_table(
        "idempotency",
        _reference("idempotency", "organization"),
        _text("key"),
        _text("fingerprint"),
        sa.Column("status", sa.Integer(), nullable=False),
        _text("answer"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("organization", "key", name="pk_idempotency"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])
    op.create_table("garbage", *_seq("garbage"), _text("connector_id"), _text("object_name"))
    op.create_index("ix_garbage_object_name", "garbage", ["object_name"])
    op.create_table(
        "setting",
        _text("name"),
        _text("value"),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
        sqlite_with_rowid=False,
    )


def _integer() -> Any:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _seq(table: str) -> tuple[Any, Any]:
    column = sa.Column("seq", _integer(), autoincrement=True, nullable=False)
    return column, sa.PrimaryKeyConstraint("seq", name=f"pk_{table}")


def _head(table: str) -> tuple[Any, ...]:
    return *_seq(table), _text("id"), _number("created_at"), _unique(table, "id")


def _text(name: str) -> Any:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> Any:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _unique(table: str, *columns: str) -> Any:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _reference(
    table: str, name: str, parent: str | None = None, *, ondelete: str = "CASCADE", nullable: bool = False
) -> Any:
    key = sa.ForeignKey(f"{parent or name}.seq", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, _integer(), key, nullable=nullable)
