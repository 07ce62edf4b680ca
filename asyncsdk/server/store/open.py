"""Opens the store of a workspace: creates it, brings it up to date, refuses a newer one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from asyncsdk.errors import ConfigurationError
from asyncsdk.server.store.schema import SCHEMA_VERSION, metadata
from asyncsdk.server.store.sqlite import SQLiteStore, connect

__all__ = ["open_sqlite"]

_APPLICATION_ID = 0x61736473  # "asds": marks the file as ours


def open_sqlite(path: Path, *, full_durability: bool = False) -> SQLiteStore:
    """Return the store in an SQLite file, which is created when there is none.

    Raises:
        ConfigurationError: the file is not ours, or its schema is newer than this program.
    """
    try:
        version = _schema_version(path)
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{path}: not a database of this platform: {error}") from error
    if version is None:
        _create(path)
    elif version > SCHEMA_VERSION:
        raise ConfigurationError(
            f"{path}: its schema is {version}, this program knows {SCHEMA_VERSION}; update asyncsdk"
        )
    elif version < SCHEMA_VERSION:
        from asyncsdk.server.store.migrations import upgrade  # noqa: PLC0415 - Alembic is slow to import

        upgrade(f"sqlite:///{path}")
    return SQLiteStore(path, full_durability=full_durability)


def _schema_version(path: Path) -> str | None:
    """Return the migration that the file stands at; `None` when it holds nothing yet."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    connection = connect(path)
    try:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return None
        if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise ConfigurationError(f"{path}: a database of another program")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0])
    finally:
        connection.close()


def _create(path: Path) -> None:
    """Write the newest schema at once: a fresh workspace needs no migrations (a test compares both)."""
    dialect = sqlite_dialect.dialect()
    connection = connect(path)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        for table in metadata.sorted_tables:
            connection.execute(str(CreateTable(table).compile(dialect=dialect)))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (SCHEMA_VERSION,))
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute("COMMIT")
    finally:
        connection.close()
