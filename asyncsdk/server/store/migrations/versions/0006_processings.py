"""Processings, their inputs and what they may use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from asyncsdk.server.store.migrations.columns import head, integer, reference, text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables and columns."""
    op.create_table(
        "processing",
        *head("processing"),
        reference("processing", "organization", "organization", nullable=True),
        text("name"),
        text("description"),
        text("type"),
        text("target"),
        text("docker_image"),
        text("docker_tag"),
        text("docker_flags"),
        text("default_parameters"),
        sa.Column("default_cpu", sa.Integer(), nullable=False),
        sa.Column("default_gpu", sa.Integer(), nullable=False),
        sa.UniqueConstraint("organization", "name", name="uq_processing_organization_name"),
    )
    op.create_table(
        "processing_input",
        *head("processing_input"),
        reference("processing_input", "processing", "processing"),
        text("name"),
        text("input_type"),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("inference_type_constraint", sa.Text()),
        sa.Column("framework_constraint", sa.Text()),
        sa.UniqueConstraint("processing", "name", name="uq_processing_input_processing_name"),
    )
    _create_runs()


def _create_runs() -> None:
    table = "processing_run"
    job = sa.ForeignKey("job.seq", name="fk_processing_run_job", ondelete="CASCADE")
    op.create_table(
        table,
        sa.Column("job", integer(), job, nullable=False),
        reference(table, "processing", "processing", ondelete="SET NULL", nullable=True),
        reference(table, "model_version", "model_version", nullable=True),
        reference(table, "user_account", "user_account"),
        sa.Column("kill_wanted", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.PrimaryKeyConstraint("job", name="pk_processing_run"),
        sqlite_with_rowid=False,
    )
    for column in ("processing", "model_version", "user_account"):
        op.create_index(f"ix_processing_run_{column}", table, [column])
    token = sa.ForeignKey("token.seq", name="fk_processing_token_token", ondelete="CASCADE")
    op.create_table(
        "processing_token",
        sa.Column("token", integer(), token, nullable=False),
        text("job_id"),
        sa.PrimaryKeyConstraint("token", name="pk_processing_token"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_processing_token_job_id", "processing_token", ["job_id"])
