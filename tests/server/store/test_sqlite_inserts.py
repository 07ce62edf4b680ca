"""Many rows in one INSERT."""

from __future__ import annotations

import sqlite3

import pytest

from asyncsdk.server.store.sqlite_inserts import ROWS_AT_ONCE, insert_rows

INSERT = "INSERT INTO t (a, b) VALUES (:a, :b)"


@pytest.fixture
def connection():
    with sqlite3.connect(":memory:") as opened:
        opened.execute("CREATE TABLE t (seq INTEGER PRIMARY KEY, a TEXT UNIQUE, b)")
        yield opened
    opened.close()


def rows(count):
    return [{"b": None if n % 2 else n, "a": f"{n}'?:a", "more": n} for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 3 * ROWS_AT_ONCE])
def test_whole_statements_are_filled_in_order(connection, count):
    left = insert_rows(connection, INSERT, rows(count))
    assert left == rows(count)[count - count % ROWS_AT_ONCE :]
    connection.executemany(INSERT, left)
    found = connection.execute("SELECT a, b FROM t ORDER BY seq").fetchall()
    assert found == [(row["a"], row["b"]) for row in rows(count)]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t (a) SELECT :a WHERE :b",
        f"{INSERT} RETURNING seq",
        f"{INSERT} ON CONFLICT DO NOTHING",
        "INSERT INTO t (a, b) VALUES (:a, lower(:b))",
        "UPDATE t SET a = :a WHERE b = :b",
    ],
)
def test_what_is_no_plain_insert_is_left_alone(connection, text):
    wanted = rows(2 * ROWS_AT_ONCE)
    assert insert_rows(connection, text, wanted) is wanted
    assert connection.total_changes == 0


def test_a_conflict_is_told(connection):
    with pytest.raises(sqlite3.IntegrityError):
        insert_rows(connection, INSERT, rows(ROWS_AT_ONCE)[:-1] + rows(1))
