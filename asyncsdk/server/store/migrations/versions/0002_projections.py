"""Projections, the schema of custom metadata, and the saved log of a job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables and columns."""
    op.add_column(
        "datalake",
        sa.Column("allow_extra_custom_metadata", sa.Boolean(), server_default="1", nullable=False),
    )
    op.add_column("job", sa.Column("log_object_name", sa.Text()))
    op.create_index("ix_job_log_object_name", "job", ["organization", "log_object_name"])
    op.create_table(
        "custom_metadata_key",
        _reference("custom_metadata_key", "datalake"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("configuration", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("datalake", "key", name="pk_custom_metadata_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "projection",
        sa.Column("seq", _integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        _reference("projection", "data"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("object_name", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("compute_status", sa.Text(), nullable=False),
        sa.Column("infos", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_projection"),
        sa.UniqueConstraint("id", name="uq_projection_id"),
        sa.UniqueConstraint("data", "name", name="uq_projection_data_name"),
    )
    op.create_index("ix_projection_object_name", "projection", ["object_name"])


def _integer() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _reference(table: str, parent: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{parent}.seq", name=f"fk_{table}_{parent}", ondelete="CASCADE")
    return sa.Column(parent, _integer(), key, nullable=False)
