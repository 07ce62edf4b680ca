"""Labels, annotations, shapes and tracks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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
        *_head("label_group"),
        _reference("label_group", "version", "dataset_version"),
        _reference("label_group", "parent", "label_group", nullable=True),
        _text("name"),
    )
    op.create_index("ix_label_group_version_name", "label_group", ["version", "name"])
    op.create_index("ix_label_group_parent", "label_group", ["parent"])
    op.create_table(
        "label",
        *_head("label"),
        _reference("label", "version", "dataset_version"),
        _reference("label", "label_group", "label_group", ondelete="SET NULL", nullable=True),
        _text("name"),
        sa.Column("skeleton", sa.Text()),
        sa.Column("attributes", sa.Text()),
        sa.UniqueConstraint("version", "name", name="uq_label_version_name"),
    )
    op.create_index("ix_label_label_group", "label", ["label_group"])


def _create_annotations() -> None:
    op.create_table(
        "annotation",
        *_head("annotation"),
        _reference("annotation", "version", "dataset_version"),
        _reference("annotation", "asset", "asset"),
        _reference("annotation", "user_account", "user_account"),
        _text("status"),
        sa.Column("duration", sa.Float(), nullable=False),
        sa.Column("attributes", sa.Text()),
        sa.UniqueConstraint("asset", "user_account", name="uq_annotation_asset_user_account"),
    )
    op.create_index("ix_annotation_version_seq", "annotation", ["version", "seq"])
    op.create_index("ix_annotation_asset", "annotation", ["asset", "seq"])
    op.create_index("ix_annotation_user_account", "annotation", ["user_account"])
    op.create_table(
        "shape",
        *_head("shape"),
        _reference("shape", "annotation", "annotation"),
        _reference("shape", "label", "label"),
        _text("kind"),
        _text("geometry"),
        sa.Column("area", sa.Float()),
        *_remarks(),
    )
    op.create_table(
        "track",
        *_head("track"),
        _reference("track", "annotation", "annotation"),
        _reference("track", "label", "label"),
        _text("geometry"),
        *_remarks(),
    )
    for table in ("shape", "track"):
        op.create_index(f"ix_{table}_annotation", table, ["annotation", "seq"])
        op.create_index(f"ix_{table}_label", table, ["label"])


def _integer() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _head(table: str) -> tuple[sa.Column[int] | sa.Column[str] | sa.Constraint, ...]:
    return (
        sa.Column("seq", _integer(), autoincrement=True, nullable=False),
        _text("id"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=f"pk_{table}"),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _remarks() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("text", sa.Text()), sa.Column("attributes", sa.Text())


def _reference(
    table: str, name: str, parent: str, *, ondelete: str = "CASCADE", nullable: bool = False
) -> sa.Column[int]:
    key = sa.ForeignKey(f"{parent}.seq", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, _integer(), key, nullable=nullable)
