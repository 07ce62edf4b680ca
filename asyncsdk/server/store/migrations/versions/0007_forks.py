"""Versions that are being filled by a fork."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables and columns."""
