"""Versions that are being filled by a fork."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables and columns."""
    op.add_column("dataset_version", sa.Column("filling", sa.Boolean(), server_default="0", nullable=False))
