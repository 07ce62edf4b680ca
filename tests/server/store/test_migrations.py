"""That the migrations lead to the schema which a fresh database gets at once."""

from __future__ import annotations

import contextlib
import re
import sqlite3

import pytest
from sqlalchemy.engine import URL

from asyncsdk.errors import ConfigurationError
from asyncsdk.server.store.migrations import upgrade
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.store.schema import APPLICATION_ID, SCHEMA_VERSION


def url_of(path):
    return URL.create("sqlite", database=str(path))


def described(path):
    """Everything that is in a database file, with its white space and quotes evened out."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        version = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        application = connection.execute("PRAGMA application_id").fetchone()
    normal = {(kind, name): (table, normalised(sql)) for kind, name, table, sql in rows}
    return normal, version, application


def normalised(sql):
    if sql is None:
        return None
    text = re.sub(r"\s+", " ", sql.replace('"', ""))
    head, _, body = text.partition("(")
    # Constraints may stand in any order, columns must not.
    parts = re.split(r", (?![^()]*\))", body)
    columns = [part.strip(" )") for part in parts if not part.strip().startswith("CONSTRAINT")]
    constraints = sorted(part.strip(" )") for part in parts if part.strip().startswith("CONSTRAINT"))
    return head.strip(), columns, constraints


async def test_the_migrations_end_at_the_schema_of_a_fresh_database(tmp_path):
    await open_sqlite(tmp_path / "fresh.sqlite").close()
    upgrade(url_of(tmp_path / "migrated.sqlite"))
    fresh, migrated = described(tmp_path / "fresh.sqlite"), described(tmp_path / "migrated.sqlite")
    assert fresh[0].keys() == migrated[0].keys()
    for name, sql in fresh[0].items():
        assert migrated[0][name] == sql, name
    assert migrated == fresh
    assert len(fresh[0]) > 40
    assert migrated[1] == [(SCHEMA_VERSION,)]


async def test_a_migrated_database_is_opened(tmp_path):
    path = tmp_path / "odd %40?name#.sqlite"
    upgrade(url_of(path))
    assert path.exists()
    await open_sqlite(path).close()


async def test_an_older_database_is_brought_up_to_date_and_keeps_its_rows(tmp_path):
    path = tmp_path / "database.sqlite"
    upgrade(url_of(path), "0001")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("INSERT INTO organization VALUES (1, 'o', 0, 'ours', 'c')")
        connection.execute("INSERT INTO datalake VALUES (1, 'l', 0, 1, 'default', 1, 3)")
        connection.commit()
    await open_sqlite(path).close()
    await open_sqlite(tmp_path / "fresh.sqlite").close()
    assert described(path) == described(tmp_path / "fresh.sqlite")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, data_count, allow_extra_custom_metadata FROM datalake")
        assert rows.fetchall() == [("default", 3, 1)]


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path):
    path = tmp_path / "database.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE job (mine)")  # in the way of one of the last tables
    with pytest.raises(ConfigurationError, match="cannot be brought up to date"):
        upgrade(url_of(path))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("job",)]


def test_an_unknown_revision_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be brought up to date"):
        upgrade(url_of(tmp_path / "database.sqlite"), "9999")
