"""Ids that grow, and the time that they carry."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from uuid import UUID

from asyncsdk.server.store import ids
from asyncsdk.server.store.ids import new_id, new_ids, now_us


def stop_clock(monkeypatch, now_ns: int) -> None:
    monkeypatch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: now_ns))
    monkeypatch.setattr(ids, "_next", ids._next)  # set back in the end


def test_ids_grow_strictly_and_differ():
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_of_all_threads_differ():
    made: list[list[str]] = []

    def make() -> None:
        made.append([new_id() for _ in range(2_000)])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one for part in made for one in part}) == 16_000
    assert all(part == sorted(part) for part in made)


def test_an_id_is_a_uuid_of_version_7_with_the_time():
    before = time.time_ns() // 1_000_000
    made = UUID(new_id())
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert 0 <= (made.int >> 80) - before < 60_000


def test_ids_grow_though_the_clock_goes_back(monkeypatch):
    first = new_id()
    stop_clock(monkeypatch, 1_000_000)
    assert new_id() > first


def test_more_ids_than_a_millisecond_counts_grow_too(monkeypatch):
    stop_clock(monkeypatch, time.time_ns())
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_many_at_once_grow_like_single_ones(monkeypatch):
    stop_clock(monkeypatch, time.time_ns())
    made = [new_id(), *new_ids(5_000), new_id(), *new_ids(0), *new_ids(1), new_id()]
    assert made == sorted(set(made))
    assert {(UUID(one).version, UUID(one).variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len({one[-17:] for one in made}) == len(made), "each has its own chance"


def test_the_time_is_in_microseconds():
    assert abs(now_us() / 1e6 - time.time()) < 60
