"""Opens the store of a workspace: creates it, brings it up to date, refuses a newer one."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL
from sqlalchemy.schema import CreateIndex, CreateTable

from asyncsdk.errors import ConfigurationError
from asyncsdk.server.store.schema import APPLICATION_ID, SCHEMA_VERSION, metadata
from asyncsdk.server.store.sqlite import SQLiteStore, connect

__all__ = ["open_existing", "open_sqlite"]

_VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def open_sqlite(path: Path, *, full_durability: bool = False) -> SQLiteStore:
    """Return the store in an SQLite file, which is created when there is none.

    Raises:
        ConfigurationError: the file is not ours, or its schema is newer than this program, or it cannot be
            opened or written.
    """
    with _faults_told(path):
        version = _known_version(path)
        if version is None:
            _create(path)
        elif version < SCHEMA_VERSION:
            from asyncsdk.server.store.migrations import upgrade  # noqa: PLC0415 - Alembic is slow to import

            upgrade(URL.create("sqlite", database=str(path)))
        return SQLiteStore(path, full_durability=full_durability)


def open_existing(path: Path) -> SQLiteStore:
    """Return the store in an SQLite file that a platform has made and may have open at this moment.

    Nothing is created or brought up to date, which is the platform's own affair.

    Raises:
        ConfigurationError: there is no such file, or this program cannot use it as it stands.
    """
    with _faults_told(path):
        version = _known_version(path)
        if version is None:
            raise ConfigurationError(f"{path.parent}: no platform has run here")
        if version < SCHEMA_VERSION:
            raise ConfigurationError(
                f"{path}: its schema is {version}; start the platform to bring it up to date"
            )
        return SQLiteStore(path)


@contextlib.contextmanager
def _faults_told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise ConfigurationError(f"{path}: cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        raise ConfigurationError(f"{path}: not a database of this platform: {error}") from error


def _known_version(path: Path) -> str | None:
    version = _schema_version(path)
    if version is not None and version > SCHEMA_VERSION:
        raise ConfigurationError(
            f"{path}: its schema is {version}, this program knows {SCHEMA_VERSION}; update asyncsdk"
        )
    return version


def _schema_version(path: Path) -> str | None:
    """Return the migration that the file stands at; `None` when it holds nothing yet."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    # Read-only: a file of another program must stay as it is.
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            return None
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise ConfigurationError(f"{path}: a database of another program")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0])


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
        connection.execute(_VERSION_TABLE)
        connection.execute("INSERT INTO alembic_version VALUES (?)", (SCHEMA_VERSION,))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    finally:
        connection.close()
