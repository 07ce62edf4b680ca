"""The cleaner: objects whose rows are gone, and keys that are too old."""

from __future__ import annotations

import asyncio
import logging

import pytest

from asyncsdk.server import cleaner as cleaning
from asyncsdk.server.cleaner import Cleaner
from asyncsdk.server.services.garbage import discard_later
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.store.schema import garbage
from asyncsdk.server.store.statements import Prepared, insertion, statement

_INSERT = Prepared(insertion(garbage))


class Shelf:
    """A storage that remembers what it was told to delete."""

    def __init__(self) -> None:
        self.deleted: list[tuple[str, str]] = []
        self.fault: Exception | None = None
        self.asked = asyncio.Event()

    async def delete(self, connector: str, keys: list[str]) -> None:
        self.asked.set()
        if self.fault:
            raise self.fault
        self.deleted += [(connector, key) for key in keys]


def discard(objects):
    rows = [{"connector_id": connector, "object_name": name} for connector, name in objects]
    yield _INSERT.many([row | {"due_at": 0} for row in rows])


def waiting():
    return len((yield statement(garbage.select())))


@pytest.fixture
async def store(tmp_path):
    opened = open_sqlite(tmp_path / "database.sqlite")
    yield opened
    await opened.close()


async def test_every_object_is_deleted_once_by_its_connector(store):
    shelf = Shelf()
    objects = [(f"c{number % 3}", f"data/{number}") for number in range(1_203)]
    await store.write(discard(objects))
    assert await Cleaner(store, shelf).clean() == 1_203
    assert sorted(shelf.deleted) == sorted(objects)
    assert await store.read(waiting()) == 0
    assert await Cleaner(store, shelf).clean() == 0


async def test_an_object_is_not_deleted_before_its_time(store):
    shelf = Shelf()
    await store.write(discard_later("c", "exports/1", 3600))
    await store.write(discard_later("c", "exports/2", -1))
    assert await Cleaner(store, shelf).clean() == 1
    assert shelf.deleted == [("c", "exports/2")]
    assert await store.read(waiting()) == 1


async def test_what_cannot_be_deleted_stays_listed(store):
    shelf = Shelf()
    shelf.fault = OSError("disk")
    await store.write(discard([("c", "data/1")]))
    with pytest.raises(OSError, match="disk"):
        await Cleaner(store, shelf).clean()
    assert await store.read(waiting()) == 1


async def test_it_works_in_the_background_and_tries_again(store, monkeypatch, caplog):
    monkeypatch.setattr(cleaning, "_EVERY_S", 60.0)
    shelf = Shelf()
    shelf.fault = OSError("disk")
    await store.write(discard([("c", "data/1")]))
    cleaner = Cleaner(store, shelf)
    with caplog.at_level(logging.ERROR):
        cleaner.start()
        await shelf.asked.wait()
        shelf.fault = None
        cleaner.wake()
        while await store.read(waiting()):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await cleaner.stop()
    assert shelf.deleted == [("c", "data/1")]
    assert "tried again" in caplog.text


async def test_it_stops_before_it_started(store):
    await Cleaner(store, Shelf()).stop()


async def test_it_stops_though_it_is_woken_at_the_same_moment(store, monkeypatch):
    cleaner, asleep = Cleaner(store, Shelf()), asyncio.Event()

    async def cleaned():
        asleep.set()

    monkeypatch.setattr(cleaner, "clean", cleaned)
    cleaner.start()
    await asleep.wait()
    for _ in range(10):
        await asyncio.sleep(0)  # until it waits
    cleaner.wake()
    await asyncio.wait_for(cleaner.stop(), 10)
