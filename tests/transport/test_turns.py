from __future__ import annotations

import asyncio

import pytest
from multidict import CIMultiDict

from asyncsdk.transport.http import HttpTransport
from asyncsdk.transport.session import HttpSession
from asyncsdk.transport.turns import LARGE_BYTES, LoopTurns
from asyncsdk.wire.requests import Request, Response

READ = Request("GET", "/api/things", route="GET /api/things")


class Rounds:
    """Numbers the rounds of the event loop while it runs."""

    def __init__(self):
        self.number = 0
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_soon(self._count)

    def _count(self):
        self.number += 1
        self._next = self._loop.call_soon(self._count)

    def stop(self):
        self._next.cancel()


async def test_turns_come_one_in_a_round_and_in_the_order_of_asking():
    turns, rounds, taken = LoopTurns(), Rounds(), []

    async def work(number):
        await turns.take()
        taken.append((number, rounds.number))

    await asyncio.gather(*map(work, range(20)))
    rounds.stop()
    assert [number for number, _ in taken] == list(range(20))
    assert len({in_round for _, in_round in taken}) == 20


async def test_who_comes_in_a_round_whose_turn_is_taken_waits_for_the_next():
    turns, rounds, taken = LoopTurns(), Rounds(), []

    async def work():
        await turns.take()
        taken.append(rounds.number)

    await asyncio.gather(work(), work())
    late = asyncio.ensure_future(work())
    later = asyncio.ensure_future(work())
    await asyncio.gather(late, later)
    rounds.stop()
    assert len(set(taken)) == 4


async def test_who_does_not_wait_any_more_is_passed_over():
    turns, taken = LoopTurns(), []

    async def work(number):
        await turns.take()
        taken.append(number)

    tasks = [asyncio.create_task(work(number)) for number in range(6)]
    await asyncio.sleep(0)
    for number in (1, 2, 5):
        tasks[number].cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert taken == [0, 3, 4]
    assert [number for number, end in enumerate(ended) if isinstance(end, asyncio.CancelledError)] == [
        1,
        2,
        5,
    ]
    await asyncio.wait_for(turns.take(), 60)


async def test_a_turn_that_was_given_and_not_taken_is_followed_by_the_next():
    turns, taken = LoopTurns(), []

    async def work(number):
        await turns.take()
        taken.append(number)

    tasks = [asyncio.create_task(work(number)) for number in range(3)]
    for _ in range(2):  # the first has had its turn, and the second is told of its own
        await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
    assert taken == [0, 2]


@pytest.mark.parametrize(("size", "rounds"), [(LARGE_BYTES - 1, 1), (LARGE_BYTES, 8)])
async def test_large_answers_that_come_together_are_handed_out_one_in_a_round(monkeypatch, size, rounds):
    come, asked = asyncio.Event(), []

    async def ask(*_, **__):
        asked.append(True)
        await come.wait()
        return Response(200, CIMultiDict(), b"x" * size)

    monkeypatch.setattr(HttpSession, "ask", ask)
    transport, counted, seen = HttpTransport("http://127.0.0.1:1", "token"), Rounds(), []

    async def work():
        await transport.send(READ)
        seen.append(counted.number)

    tasks = [asyncio.create_task(work()) for _ in range(8)]
    while len(asked) < len(tasks):  # noqa: ASYNC110
        await asyncio.sleep(0)
    come.set()
    await asyncio.gather(*tasks)
    counted.stop()
    assert len(set(seen)) == rounds
