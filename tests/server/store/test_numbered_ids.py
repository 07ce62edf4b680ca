"""Ids that the database makes by itself, in statements that insert many rows."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import sqlite as sqlite_dialect

from asyncsdk.server.store import ids
from asyncsdk.server.store.dialects import numbered_id
from asyncsdk.server.store.ids import id_stamp, new_id
from asyncsdk.server.store.statements import Prepared

MAKE = Prepared(select(numbered_id(bindparam("stamp"), bindparam("number"))))


def made(stamp, *numbers):
    text, _ = MAKE.text(sqlite_dialect.dialect(paramstyle="named"))
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        return [connection.execute(text, {"stamp": stamp, "number": n}).fetchone()[0] for n in numbers]


def test_they_are_uuids_of_version_7_with_the_time():
    before = time.time_ns() // 1_000_000
    for text in made(id_stamp(), 0, 1, 2**14 - 1, 2**28, 2**40 - 1):
        one = UUID(text)
        assert (str(one), one.version, one.variant) == (text, 7, "specified in RFC 4122")
        assert 0 <= (one.int >> 80) - before < 60_000


def test_they_grow_with_the_number_and_differ_for_one_number():
    edges = sorted({base + step for base in (0, 2**14, 2**28, 2**39) for step in (0, 1, 2**13)})
    found = made(id_stamp(), *edges)
    assert found == sorted(set(found))
    assert len(set(made(id_stamp(), *[7] * 20))) == 20  # of 34 bits of chance, a thousand would be too many


def test_they_come_after_all_ids_before_and_before_all_ids_after(monkeypatch):
    monkeypatch.setattr(ids, "_next", ids._next)  # set back in the end
    for _ in range(3):
        earlier = [new_id() for _ in range(5000)][-1]
        first, second = id_stamp(), id_stamp()
        later = new_id()
        found = [earlier, *made(first, 0, 2**40 - 1), *made(second, 0, 2**40 - 1), later]
        assert found == sorted(found)
