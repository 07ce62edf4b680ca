"""Annotation campaigns: their steps, who works at them, and the work on each asset."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from asyncsdk.server.store.schema.base import Seq, entity, metadata, parent

__all__ = ["assignment", "campaign", "campaign_assignee", "campaign_step", "submission"]

campaign: Table = entity(
    "campaign",
    parent("version", "dataset_version"),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("instructions_text", Text),
    Column("instructions_object_name", Text),
    # A day, as ISO-8601 text.
    Column("end_date", Text),
    Column("auto_add_new_assets", Boolean, nullable=False),
    Column("auto_close_on_completion", Boolean, nullable=False),
    # Annotated assets enter as done, and not at a step.
    Column("annotated_done", Boolean, nullable=False),
    Column("closed_at", BigInteger),
    UniqueConstraint("version"),
    Index("ix_campaign_instructions_object_name", "instructions_object_name"),
)

campaign_step: Table = entity(
    "campaign_step",
    parent("campaign", "campaign"),
    Column("name", Text, nullable=False),
    Column("description", Text),
    Column("type", Text, nullable=False),
    # 0 is the first step.
    Column("position", Integer, nullable=False),
    # Share of the assignments of the step before that come here; NULL takes all.
    Column("sample_rate", Float),
    # At most one step of a campaign is where assets enter, and one where annotated ones do.
    Column("default_entry", Boolean, nullable=False),
    Column("annotated_entry", Boolean, nullable=False),
    # Assignments that were given to the assignees, in turn, since these were set.
    Column("dealt", BigInteger, nullable=False),
    Index("ix_campaign_step_campaign_position", "campaign", "position"),
)

campaign_assignee: Table = Table(
    "campaign_assignee",
    metadata,
    Column("step", Seq, ForeignKey("campaign_step.seq", ondelete="CASCADE"), primary_key=True),
    Column("user_account", Seq, ForeignKey("user_account.seq", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("weight", Float, nullable=False),
    Index("ix_campaign_assignee_user_account", "user_account"),
    sqlite_with_rowid=False,
)

assignment: Table = entity(
    "assignment",
    parent("campaign", "campaign"),
    parent("step", "campaign_step"),
    parent("asset", "asset"),
    parent("user_account", "user_account", cascade="SET NULL", nullable=True),
    Column("status", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("asset"),
    Index("ix_assignment_campaign_seq", "campaign", "seq"),
    Index("ix_assignment_campaign_status_seq", "campaign", "status", "seq"),
    Index("ix_assignment_step_seq", "step", "seq"),
    Index("ix_assignment_user_account_campaign_seq", "user_account", "campaign", "seq"),
)

submission: Table = Table(
    "submission",
    metadata,
    # Work that was submitted at a step, and by whom.
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("campaign", Seq, ForeignKey("campaign.seq", ondelete="CASCADE"), nullable=False),
    Column("assignment", Seq, ForeignKey("assignment.seq", ondelete="CASCADE"), nullable=False),
    Column("step", Seq, ForeignKey("campaign_step.seq", ondelete="CASCADE"), nullable=False),
    Column("user_account", Seq, ForeignKey("user_account.seq", ondelete="SET NULL")),
    # Whether it had been sent back before.
    Column("reworked", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_submission_campaign_reworked", "campaign", "reworked"),
    Index("ix_submission_assignment_step", "assignment", "step", "seq"),
    Index("ix_submission_step", "step"),
    Index("ix_submission_user_account", "user_account"),
)
