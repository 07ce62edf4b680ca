"""Opening a database: made when missing, refused when it is newer or not ours."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

from asyncsdk.errors import ConfigurationError
from asyncsdk.server.store import open as opening
from asyncsdk.server.store.open import open_existing, open_sqlite
from asyncsdk.server.store.schema import SCHEMA_VERSION


def ran(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("empty", [False, True])
async def test_a_missing_or_empty_file_becomes_a_database(tmp_path, empty):
    path = tmp_path / "database.sqlite"
    if empty:
        path.touch()
    await open_sqlite(path).close()
    before = ran(path, "SELECT name FROM sqlite_master")
    await open_sqlite(path).close()
    assert ran(path, "SELECT name FROM sqlite_master") == before


async def test_a_database_without_tables_is_filled(tmp_path):
    path = tmp_path / "database.sqlite"
    ran(path, "CREATE TABLE gone (a)")
    ran(path, "DROP TABLE gone")
    assert path.stat().st_size > 0
    await open_sqlite(path).close()
    assert ran(path, "SELECT count(*) FROM data") == [(0,)]


async def test_a_newer_schema_is_refused(tmp_path):
    path = tmp_path / "database.sqlite"
    await open_sqlite(path).close()
    ran(path, "UPDATE alembic_version SET version_num = '9999'")
    for open_it in (open_sqlite, open_existing):
        with pytest.raises(
            ConfigurationError, match=f"its schema is 9999, this program knows {SCHEMA_VERSION}; "
        ):
            open_it(path)


async def test_an_older_schema_is_not_changed_behind_a_platform(tmp_path, monkeypatch):
    path = tmp_path / "database.sqlite"
    await open_sqlite(path).close()
    monkeypatch.setattr(opening, "SCHEMA_VERSION", "9999")
    with pytest.raises(ConfigurationError, match="start the platform"):
        open_existing(path)


@pytest.mark.parametrize("exists", [False, True])
def test_only_what_is_there_is_opened_beside_a_platform(tmp_path, exists):
    path = tmp_path / "database.sqlite"
    if exists:
        path.touch()
    with pytest.raises(ConfigurationError, match="no platform has run here"):
        open_existing(path)
    assert path.exists() is exists


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "database.sqlite"
    ran(path, "CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="another program"):
        open_sqlite(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"x" * 4096, b"SQLite format 3\0" + b"\0" * 100, b"short"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "database.sqlite"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="not a database of this platform"):
        open_sqlite(path)
    assert path.read_bytes() == content


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be opened: "):
        open_sqlite(tmp_path)


@pytest.mark.parametrize("place", ["open", "sqlite"])
async def test_a_full_disk_is_told(tmp_path, monkeypatch, place):
    """Whether it is full when the tables are made, or when the writer comes, for whom all would wait."""
    path = tmp_path / "database.sqlite"
    if place == "sqlite":
        await open_sqlite(path).close()

    def fail(*_arguments, **_options):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(f"asyncsdk.server.store.{place}.connect", fail)
    with pytest.raises(
        ConfigurationError, match=r"database\.sqlite: cannot be opened: database or disk is full"
    ):
        open_sqlite(path)


async def test_a_database_that_a_process_left_behind_is_opened(tmp_path):
    """Its write-ahead log was never folded in."""
    path = tmp_path / "database.sqlite"
    await open_sqlite(path).close()
    left = sqlite3.connect(path)
    try:
        left.execute("INSERT INTO setting VALUES ('a', 'b')")
        left.commit()
        for file in list(tmp_path.iterdir()):
            file.with_name(f"copy-{file.name}").write_bytes(file.read_bytes())
    finally:
        left.close()
    copy = tmp_path / "copy-database.sqlite"
    assert (tmp_path / "copy-database.sqlite-wal").stat().st_size > 0
    await open_sqlite(copy).close()
    assert ran(copy, "SELECT * FROM setting") == [("a", "b")]
