"""Alembic migrations: how an older database becomes today's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

__all__ = ["upgrade"]


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at an SQLAlchemy URL to a revision, the newest by default."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, revision)
