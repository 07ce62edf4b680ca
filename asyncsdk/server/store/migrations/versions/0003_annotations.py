"""Labels, annotations, shapes and tracks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from asyncsdk.server.store.migrations.columns import head, reference, text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables and columns."""
    op.add_column("dataset_version", sa.Column("attributes", sa.Text()))
    op.add_column("garbage", sa.Column("due_at", sa.BigInteger(), nullable=False, server_default="0"))
    _create_labels()
    _create_annotations()


def _create_labels() -> None:
    op.create_table(
        "label_group",
        *head("label_group"),
        reference("label_group", "version", "dataset_version"),
        reference("label_group", "parent", "label_group", nullable=True),
        text("name"),
    )
    op.create_index("ix_label_group_version_name", "label_group", ["version", "name"])
    op.create_index("ix_label_group_parent", "label_group", ["parent"])
    op.create_table(
        "label",
        *head("label"),
        reference("label", "version", "dataset_version"),
        reference("label", "label_group", "label_group", ondelete="SET NULL", nullable=True),
        text("name"),
        sa.Column("skeleton", sa.Text()),
        sa.Column("attributes", sa.Text()),
        sa.UniqueConstraint("version", "name", name="uq_label_version_name"),
    )
    op.create_index("ix_label_label_group", "label", ["label_group"])


def _create_annotations() -> None:
    op.create_table(
        "annotation",
        *head("annotation"),
        reference("annotation", "version", "dataset_version"),
        reference("annotation", "asset", "asset"),
        reference("annotation", "user_account", "user_account"),
        text("status"),
        sa.Column("duration", sa.Float(), nullable=False),
        sa.Column("attributes", sa.Text()),
        sa.UniqueConstraint("asset", "user_account", name="uq_annotation_asset_user_account"),
    )
    op.create_index("ix_annotation_version_seq", "annotation", ["version", "seq"])
    op.create_index("ix_annotation_asset", "annotation", ["asset", "seq"])
    op.create_index("ix_annotation_user_account", "annotation", ["user_account"])
    op.create_table(
        "shape",
        *head("shape"),
        reference("shape", "annotation", "annotation"),
        reference("shape", "label", "label"),
        text("kind"),
        text("geometry"),
        sa.Column("area", sa.Float()),
        *_remarks(),
    )
    op.create_table(
        "track",
        *head("track"),
        reference("track", "annotation", "annotation"),
        reference("track", "label", "label"),
        text("geometry"),
        *_remarks(),
    )
    for table in ("shape", "track"):
        op.create_index(f"ix_{table}_annotation", table, ["annotation", "seq"])
        op.create_index(f"ix_{table}_label", table, ["label"])


def _remarks() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("text", sa.Text()), sa.Column("attributes", sa.Text())
