from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import aclosing
from functools import partial

import anyio
import pytest

from asyncsdk.errors import AsyncSDKError, InvalidArgumentError
from asyncsdk.flow.bounded import Settled, both, map_bounded, settled, stream_bounded


class Gauge:
    """Work that notes how much of it goes on at once."""

    def __init__(self):
        self.now = self.most = self.begun = self.cancelled = 0

    async def double(self, number):
        self.now += 1
        self.begun += 1
        self.most = max(self.most, self.now)
        try:
            await anyio.lowlevel.checkpoint()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.now -= 1
        return number * 2


async def settle_down():
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("size", [0, 1, 3, 50])
@pytest.mark.parametrize("limit", [1, 4, 100])
async def test_map_keeps_order_and_limit(size, limit):
    gauge = Gauge()
    assert await map_bounded(gauge.double, range(size), limit=limit) == [2 * n for n in range(size)]
    assert gauge.most == min(size, limit)


async def test_map_takes_items_only_as_workers_become_free():
    taken = []

    def items():
        for number in range(100):
            taken.append(number)
            yield number

    async def stop_at_three(number):
        assert len(taken) <= number + 2
        await asyncio.sleep(0)

    await map_bounded(stop_at_three, items(), limit=2)
    assert len(taken) == 100


async def test_map_raises_the_first_error_bare_and_cancels_the_rest():
    cancelled = []

    async def work(number):
        if number == 1:
            raise ValueError("one")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    with pytest.raises(ValueError, match="one") as caught:
        await map_bounded(work, range(10), limit=3)
    assert sorted(cancelled) == [0, 2]
    assert caught.value.__context__ is None


async def test_both_go_on_at_the_same_time():
    met = asyncio.Barrier(2)

    async def meet(name):
        async with asyncio.timeout(20):
            await met.wait()
        return name

    assert await both(lambda: meet("one"), lambda: meet("other")) == ("one", "other")


async def test_both_raises_the_first_error_bare_and_cancels_the_other(other_tasks):
    async def fail():
        raise ValueError("one")

    with pytest.raises(ValueError, match="one"):
        await both(asyncio.Event().wait, fail)
    assert other_tasks() == []


async def test_map_leaves_a_group_of_the_function_alone():
    async def work(_):
        raise ExceptionGroup("mine", [ValueError("a")])

    with pytest.raises(ExceptionGroup, match="mine"):
        await map_bounded(work, [1], limit=1)


async def test_map_is_cancelled_from_outside(other_tasks):
    gauge = Gauge()

    async def wait(number):
        await gauge.double(number)
        await asyncio.Event().wait()

    with anyio.move_on_after(0.01) as scope:
        await map_bounded(wait, range(5), limit=2)
    assert scope.cancelled_caught
    assert not other_tasks()


@pytest.mark.parametrize("limit", [0, -1])
async def test_limit_must_be_positive(limit):
    with pytest.raises(InvalidArgumentError):
        await map_bounded(Gauge().double, [1], limit=limit)
    with pytest.raises(InvalidArgumentError):
        stream_bounded(Gauge().double, [1], limit=limit)


async def test_every_item_can_be_tried():
    async def half(number):
        if number % 2:
            raise ValueError(number)
        return number // 2

    outcomes = await map_bounded(partial(settled, half), range(5), limit=2)
    assert [one.value for one in outcomes] == [0, None, 1, None, 2]
    assert [str(one.error) for one in outcomes if one.error] == ["1", "3"]
    assert outcomes[0] == Settled(0)


async def test_a_cancelled_item_is_not_settled():
    with anyio.move_on_after(0.01) as scope:
        await settled(lambda _: asyncio.Event().wait(), 1)
    assert scope.cancelled_caught


async def test_stream_keeps_order_and_bounds(other_tasks):
    gauge = Gauge()
    stream = stream_bounded(gauge.double, range(50), limit=4)
    seen = []
    async for number in stream:
        seen.append(number)
        await settle_down()
        assert gauge.begun <= len(seen) + 8
    assert seen == [2 * n for n in range(50)]
    assert gauge.most == 4
    await settle_down()
    assert not other_tasks()


async def test_stream_begins_while_its_source_still_runs():
    more = asyncio.Event()

    async def listing():
        yield 1
        await more.wait()
        yield 2

    stream = stream_bounded(Gauge().double, listing(), limit=3)
    assert await anext(stream) == 2
    more.set()
    assert [number async for number in stream] == [4]


async def test_stream_raises_in_order_and_again(other_tasks):
    async def work(number):
        if number == 2:
            raise ValueError("two")
        return number

    stream = stream_bounded(work, range(100), limit=4)
    seen = []
    with pytest.raises(ValueError, match="two"):
        async for number in stream:
            seen.append(number)  # noqa: PERF401 - what came before the error counts
    assert seen == [0, 1]
    with pytest.raises(ValueError, match="two"):
        await anext(stream)
    await settle_down()
    assert not other_tasks()


async def test_stream_raises_what_its_source_raises_after_the_items_before():
    def items():
        yield 1
        raise KeyError("broken source")

    seen = []
    with pytest.raises(KeyError, match="broken source"):
        async for number in stream_bounded(Gauge().double, items(), limit=4):
            seen.append(number)  # noqa: PERF401 - what came before the error counts
    assert seen == [2]


async def test_stream_closes_its_source(other_tasks):
    closed = []

    async def listing():
        try:
            for number in range(100):
                yield number
        finally:
            closed.append(True)

    async with stream_bounded(Gauge().double, listing(), limit=2) as stream:
        assert await anext(stream) == 0
    assert closed == [True]
    assert not other_tasks()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_stream_closes_its_source_however_often_it_is_cancelled(other_tasks):
    waiting, may_end, closed = asyncio.Event(), asyncio.Event(), []

    async def listing():
        try:
            yield 0
            waiting.set()
            await asyncio.Event().wait()
        finally:
            await may_end.wait()
            closed.append(True)

    async def walk():
        async with (
            aclosing(listing()) as numbers,
            stream_bounded(Gauge().double, numbers, limit=1) as stream,
        ):
            async for _ in stream:
                pass

    walking = asyncio.create_task(walk())
    await waiting.wait()
    for _ in range(3):
        walking.cancel()
        await settle_down()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await walking
    assert closed == [True]
    assert not other_tasks()


async def test_a_dropped_stream_stops(other_tasks):
    started = []

    async def work(number):
        started.append(number)
        if number:
            await asyncio.Event().wait()

    stream = stream_bounded(work, range(100), limit=3)
    async for _ in stream:
        break
    await settle_down()
    assert len(other_tasks()) == 3
    gone = weakref.ref(stream)
    del stream
    gc.collect()
    assert gone() is None
    await settle_down()
    assert not other_tasks()
    assert len(started) < 10


async def test_a_cancelled_stream_does_not_look_complete(other_tasks):
    stream = stream_bounded(lambda _: asyncio.Event().wait(), range(3), limit=2)
    with anyio.move_on_after(0.01):
        await anext(stream)
    await settle_down()
    assert not other_tasks()
    with pytest.raises(AsyncSDKError, match="interrupted"):
        await anext(stream)


async def test_stream_passes_on_a_cancellation_inside_the_function():
    async def work(_):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await anext(stream_bounded(work, [1], limit=1))
