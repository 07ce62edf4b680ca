"""What the SQLite store keeps to beyond the contract: its threads, its file, and what survives."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading

import pytest
from setting_work import COUNT, PUT, count, get, put
from sqlalchemy import select, text

from asyncsdk.errors import ServerError
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.store.schema import setting
from asyncsdk.server.store.statements import statement


@pytest.fixture
async def store(tmp_path):
    opened = open_sqlite(tmp_path / "database.sqlite")
    yield opened
    await opened.close()


async def test_a_read_sees_one_snapshot(store):
    await store.write(put("a"))
    started, go_on = threading.Event(), threading.Event()

    def reading():
        before = (yield COUNT())[0]["n"]
        started.set()
        assert go_on.wait(30)
        return before, (yield COUNT())[0]["n"]

    read = asyncio.create_task(store.read(reading()))
    await asyncio.to_thread(started.wait, 30)
    await store.write(put("b"))
    assert await store.read(count()) == 2
    go_on.set()
    assert await read == (1, 1)


async def test_what_was_asked_is_carried_through_though_nobody_waits(store):
    entered, go_on = threading.Event(), threading.Event()

    def slow():
        yield PUT(name="slow", value="v")
        entered.set()
        assert go_on.wait(30)

    waiting = asyncio.create_task(store.write(slow()))
    await asyncio.to_thread(entered.wait, 30)
    behind = asyncio.create_task(store.write(put("behind")))
    await asyncio.sleep(0)
    for task in (waiting, behind):
        task.cancel()
    await asyncio.gather(waiting, behind, return_exceptions=True)
    assert waiting.cancelled()
    assert behind.cancelled()
    go_on.set()
    await store.write(put("after"))
    assert [await store.read(get(name)) for name in ("slow", "behind", "after")] == ["v"] * 3


async def test_closing_finishes_what_is_queued(tmp_path):
    others = set(threading.enumerate())
    path = tmp_path / "database.sqlite"
    store = open_sqlite(path)
    writes = [asyncio.create_task(store.write(put(str(number)))) for number in range(500)]
    await asyncio.sleep(0)
    await store.close()
    await store.close()
    assert len(await asyncio.gather(*writes)) == 500
    with pytest.raises(ServerError) as caught:
        await store.write(put("late"))
    assert caught.value.status == 503
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM setting").fetchone() == (500,)
    left = set(threading.enumerate()) - others
    assert not [thread for thread in left if thread.name.startswith("sqlite-")]


async def test_a_loop_that_is_gone_does_not_end_the_writer(store):
    entered, go_on = threading.Event(), threading.Event()

    def slow():
        entered.set()
        assert go_on.wait(30)
        yield PUT(name="left", value="v")

    left = []

    async def leave():
        left.append(asyncio.ensure_future(store.write(slow())))
        await asyncio.to_thread(entered.wait, 30)

    await asyncio.to_thread(asyncio.run, leave())
    go_on.set()
    assert await store.write(put("after")) == "after"
    assert await store.read(get("left")) == "v"


async def test_a_locked_database_is_a_refusal_for_now(tmp_path, monkeypatch):
    path = tmp_path / "database.sqlite"
    store = open_sqlite(path)
    await store.write(put("first"))

    def impatient():
        yield statement(text("PRAGMA busy_timeout = 0"))

    await store.write(impatient())
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        results = await asyncio.gather(
            *(store.write(put(str(number))) for number in range(3)), return_exceptions=True
        )
        assert [result.status for result in results] == [503, 503, 503]
        assert await store.read(count()) == 1
        other.execute("ROLLBACK")
    assert await store.write(put("later")) == "later"
    await store.close()


async def test_a_full_disk_takes_nothing_that_was_acknowledged(store, tmp_path):
    def limit(pages):
        yield statement(text(f"PRAGMA max_page_count = {pages}"))

    await store.write(put("first"))
    used = (tmp_path / "database.sqlite").stat().st_size // 4096
    await store.write(limit(used + 20))
    units = [store.write(put(str(number), "x" * 5_000)) for number in range(100)]
    results = await asyncio.gather(*units, return_exceptions=True)
    kept = {result for result in results if isinstance(result, str)}
    refused = [result for result in results if not isinstance(result, str)]
    assert {error.status for error in refused} == {503}
    await store.write(limit(2**30))

    def names():
        return {row["name"] for row in (yield statement(select(setting.c.name)))}

    assert await store.read(names()) == kept | {"first"}
    assert await store.write(put("later")) == "later"


async def test_what_was_committed_is_in_the_file_at_once(store, tmp_path):
    """Another connection sees it without the store's help, as after the death of the process."""
    await store.write(put("a"))
    with contextlib.closing(sqlite3.connect(tmp_path / "database.sqlite")) as connection:
        assert connection.execute("SELECT value FROM setting").fetchall() == [("v",)]


@pytest.mark.parametrize(("full", "level"), [(False, 1), (True, 2)])
async def test_durability_decides_how_the_disk_is_waited_for(tmp_path, full, level):
    store = open_sqlite(tmp_path / "database.sqlite", full_durability=full)

    def settings():
        found = []
        for name in ("synchronous", "journal_mode", "foreign_keys"):
            found += [row[0] for row in (yield statement(text(f"PRAGMA {name}")))]
        return found

    assert await store.write(settings()) == [level, "wal", 1]
    await store.close()
