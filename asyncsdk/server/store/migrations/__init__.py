"""Alembic migrations: how an older database becomes today's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from asyncsdk.errors import ConfigurationError

__all__ = ["upgrade"]


def upgrade(url: URL, revision: str = "head") -> None:
    """Bring the database at an SQLAlchemy URL to a revision, the newest by default; all of it or nothing.

    Raises:
        ConfigurationError: it cannot be done.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    try:
        command.upgrade(config, revision)
    except (CommandError, SQLAlchemyError) as error:
        raise ConfigurationError(f"the database cannot be brought up to date: {error}") from error
