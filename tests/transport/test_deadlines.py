"""Deadlines that share a timer end as those of `asyncio.timeout`."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from asyncsdk.transport.deadlines import Deadlines


@pytest.fixture
async def deadlines():
    deadlines = Deadlines(asyncio.get_running_loop())
    yield deadlines
    assert not deadlines._waiting
    deadlines.close()
    assert deadlines._timer is None


@pytest.fixture(params=["shared", "own"])
def within(request, deadlines):
    """The same limit by the shared timer, and by one of its own."""

    @asynccontextmanager
    async def shared(seconds):
        with deadlines.within(seconds):
            yield

    return shared if request.param == "shared" else asyncio.timeout


async def test_a_wait_that_ends_in_time_is_left_alone(within):
    async with within(60):
        await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0


@pytest.mark.parametrize("seconds", [-1, 0, 0.001, 0.02])
async def test_a_wait_that_takes_too_long_ends(within, seconds):
    began_at = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        async with within(seconds):
            await asyncio.sleep(60)
    assert asyncio.get_running_loop().time() >= began_at + seconds
    assert asyncio.current_task().cancelling() == 0


class HandMovedClock:
    """What deadlines ask of an event loop; its one timer fires when the clock is moved there."""

    def __init__(self):
        self.now, self.timer = 0.0, None

    def time(self):
        return self.now

    def call_at(self, when, call):
        self.timer = SimpleNamespace(when=when, call=call, cancel=lambda: None)
        return self.timer

    def move(self, now):
        self.now = now
        while self.timer.when <= now:
            self.timer.call()


async def test_each_wait_ends_at_its_own_time_and_those_with_time_go_on():
    clock, ended = HandMovedClock(), []
    deadlines, event = Deadlines(clock), asyncio.Event()

    async def wait(name, seconds):
        try:
            with deadlines.within(seconds):
                await event.wait()
        except TimeoutError:
            ended.append(name)

    limits = {"patient": 100, "third": 60, "first": 1, "second": 30}
    tasks = [asyncio.ensure_future(wait(*limit)) for limit in limits.items()]
    await asyncio.sleep(0)
    for number, name in enumerate(["first", "second", "third"]):
        clock.move(limits[name] - 0.1)
        clock.move(limits[name])
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        tasks = [task for task in tasks if not task.done()]
        assert ended == ["first", "second", "third"][: number + 1]
    assert deadlines._timer is not None
    event.set()
    await asyncio.gather(*tasks)
    assert len(ended) == 3


async def test_who_is_cancelled_by_others_stays_cancelled(within):
    async def wait():
        async with within(60):
            await asyncio.sleep(60)

    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_cancelled_and_too_late_at_once_is_cancelled(within):
    async def wait():
        async with within(0.001):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asyncio.current_task().cancel()  # as another one could, before the task goes on
                await asyncio.sleep(60)

    task = asyncio.ensure_future(wait())
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("outer", "inner"), [(0.001, 60), (60, 0.001)])
async def test_the_limit_that_is_over_is_the_one_that_raises(within, outer, inner):
    inside = []
    with pytest.raises(TimeoutError):
        async with within(outer):
            try:
                async with within(inner):
                    await asyncio.sleep(60)
            except TimeoutError:
                inside.append(True)
                raise
    assert bool(inside) == (inner < outer)


async def test_an_error_that_comes_with_the_end_of_the_time_is_told(within):
    with pytest.raises(ValueError, match="broken"):
        async with within(0.001):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                raise ValueError("broken") from None
    assert asyncio.current_task().cancelling() == 0


async def test_who_still_waits_keeps_the_limit_when_all_is_closed(deadlines):
    with pytest.raises(TimeoutError), deadlines.within(0.01):
        deadlines.close()
        await asyncio.sleep(60)


async def test_a_timer_is_set_anew_only_for_an_earlier_end(deadlines):
    with deadlines.within(60):
        timer = deadlines._timer
    for seconds in (61, 62):
        with deadlines.within(seconds):
            assert deadlines._timer is timer
    with deadlines.within(5):
        assert deadlines._timer is not timer
        assert timer.cancelled()


def test_a_deadline_is_for_a_task():
    loop, told = asyncio.new_event_loop(), []

    def enter():
        with pytest.raises(RuntimeError, match="task"), Deadlines(loop).within(1):
            pass
        told.append(True)

    loop.call_soon(enter)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    assert told == [True]


async def test_a_timer_that_fires_early_ends_the_wait_all_the_same():
    """Those of uvloop are exact to a millisecond: a second look at the same clock would look again and again."""
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    with pytest.raises(TimeoutError), deadlines.within(60):
        deadlines._expire()
        await asyncio.sleep(5)
    assert deadlines._timer is None


async def test_the_last_who_waits_takes_the_timer_of_closed_ones_along():
    deadlines = Deadlines(asyncio.get_running_loop())
    with deadlines.within(60):
        deadlines.close()
        assert deadlines._timer is not None
    assert deadlines._timer is None
