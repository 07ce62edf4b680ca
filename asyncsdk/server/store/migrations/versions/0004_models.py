"""Models, their versions and files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from asyncsdk.server.store.migrations.columns import head, reference, text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables and columns."""
    op.create_table(
        "model",
        *head("model"),
        reference("model", "organization", "organization"),
        text("name"),
        text("description"),
        sa.Column("next_version", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("organization", "name", name="uq_model_organization_name"),
    )
    _create_versions()
    _create_files()
    for target in ("model", "model_version"):
        name = f"{target}_tag"
        op.create_table(
            name,
            reference(name, "tag", "tag"),
            reference(name, "target", target),
            sa.PrimaryKeyConstraint("tag", "target", name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{name}_target", name, ["target", "tag"])


def _create_versions() -> None:
    optional = (
        "docker_image",
        "docker_tag",
        "docker_flags",
        "docker_env_variables",
        "notebook_link",
        "thumbnail_object_name",
        "labels",
        "parameters",
    )
    op.create_table(
        "model_version",
        *head("model_version"),
        reference("model_version", "model", "model"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        text("name"),
        text("type"),
        text("framework"),
        text("description"),
        *(sa.Column(name, sa.Text()) for name in optional),
        sa.UniqueConstraint("model", "version", name="uq_model_version_model_version"),
        sa.UniqueConstraint("model", "name", name="uq_model_version_model_name"),
    )
    op.create_index("ix_model_version_thumbnail_object_name", "model_version", ["thumbnail_object_name"])


def _create_files() -> None:
    op.create_table(
        "model_file",
        *head("model_file"),
        reference("model_file", "model_version", "model_version"),
        text("name"),
        text("filename"),
        text("object_name"),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("model_version", "name", name="uq_model_file_model_version_name"),
    )
    op.create_index("ix_model_file_object_name", "model_file", ["object_name"])
