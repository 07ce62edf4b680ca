"""Annotation campaigns, their steps and assignments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from asyncsdk.server.store.migrations.columns import head, integer, reference, text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables and columns."""
    _create_campaigns()
    _create_steps()
    _create_assignments()
    _create_submissions()


def _create_campaigns() -> None:
    op.create_table(
        "campaign",
        *head("campaign"),
        reference("campaign", "version", "dataset_version"),
        text("name"),
        sa.Column("description", sa.Text()),
        sa.Column("instructions_text", sa.Text()),
        sa.Column("instructions_object_name", sa.Text()),
        sa.Column("end_date", sa.Text()),
        sa.Column("auto_add_new_assets", sa.Boolean(), nullable=False),
        sa.Column("auto_close_on_completion", sa.Boolean(), nullable=False),
        sa.Column("annotated_done", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.UniqueConstraint("version", name="uq_campaign_version"),
    )
    op.create_index("ix_campaign_instructions_object_name", "campaign", ["instructions_object_name"])


def _create_steps() -> None:
    op.create_table(
        "campaign_step",
        *head("campaign_step"),
        reference("campaign_step", "campaign", "campaign"),
        text("name"),
        sa.Column("description", sa.Text()),
        text("type"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sample_rate", sa.Float()),
        sa.Column("default_entry", sa.Boolean(), nullable=False),
        sa.Column("annotated_entry", sa.Boolean(), nullable=False),
        sa.Column("dealt", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_campaign_step_campaign_position", "campaign_step", ["campaign", "position"])
    op.create_table(
        "campaign_assignee",
        reference("campaign_assignee", "step", "campaign_step"),
        reference("campaign_assignee", "user_account", "user_account"),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("step", "user_account", name="pk_campaign_assignee"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_campaign_assignee_user_account", "campaign_assignee", ["user_account"])


def _create_assignments() -> None:
    op.create_table(
        "assignment",
        *head("assignment"),
        reference("assignment", "campaign", "campaign"),
        reference("assignment", "step", "campaign_step"),
        reference("assignment", "asset", "asset"),
        reference("assignment", "user_account", "user_account", ondelete="SET NULL", nullable=True),
        text("status"),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("asset", name="uq_assignment_asset"),
    )
    for columns in (
        ["campaign", "seq"],
        ["campaign", "status", "seq"],
        ["step", "seq"],
        ["user_account", "campaign", "seq"],
    ):
        op.create_index(f"ix_assignment_{'_'.join(columns)}", "assignment", columns)


def _create_submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("seq", integer(), autoincrement=True, nullable=False),
        reference("submission", "campaign", "campaign"),
        reference("submission", "assignment", "assignment"),
        reference("submission", "step", "campaign_step"),
        reference("submission", "user_account", "user_account", ondelete="SET NULL", nullable=True),
        sa.Column("reworked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_submission"),
    )
    op.create_index("ix_submission_campaign_reworked", "submission", ["campaign", "reworked"])
    op.create_index("ix_submission_assignment_step", "submission", ["assignment", "step", "seq"])
    op.create_index("ix_submission_step", "submission", ["step"])
    op.create_index("ix_submission_user_account", "submission", ["user_account"])
