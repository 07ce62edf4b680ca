from __future__ import annotations

import asyncio
import itertools

import anyio
import pytest

from asyncsdk.errors import DeadlineError, InvalidArgumentError
from asyncsdk.transport.limiter import AdaptiveLimiter, HostLimiters


@pytest.fixture
def limiter(time):
    def make(**options):
        return AdaptiveLimiter(**{"ceiling": 64, "start": 8, "timing": time.timing, **options})

    return make


async def rounds(limiter, time, count, latency_s=0.1, *, report=lambda slot: slot.answered()):
    """Use the limit up, as many requests at once as it allows, `count` times."""
    for _ in range(count):
        slots = [limiter.slot() for _ in range(limiter.limit)]
        for slot in slots:
            await slot.__aenter__()
        time.now += latency_s
        for slot in slots:
            report(slot)
        for slot in slots:
            await slot.__aexit__(None, None, None)
    assert limiter.in_flight == 0


async def test_the_limit_grows_fast_until_the_first_decrease(limiter, time):
    limits = limiter()
    await rounds(limits, time, 2)
    assert limits.limit == 32
    await rounds(limits, time, 1, report=lambda slot: slot.overloaded())
    assert limits.limit == 16
    await rounds(limits, time, 3)
    assert limits.limit in (18, 19)


async def test_the_limit_stays_between_floor_and_ceiling(limiter, time):
    limits = limiter(ceiling=10, floor=2)
    await rounds(limits, time, 5)
    assert limits.limit == 10
    await rounds(limits, time, 9, report=lambda slot: slot.overloaded())
    assert limits.limit == 2


async def test_a_limit_that_is_not_used_up_does_not_grow(limiter):
    limits = limiter()
    for _ in range(100):
        async with limits.slot() as slot:
            slot.answered()
    assert limits.limit == 8


async def test_one_round_lowers_the_limit_once(limiter, time):
    limits = limiter()
    await rounds(limits, time, 1, report=lambda slot: slot.overloaded())
    assert limits.limit == 4


async def test_latency_far_above_the_best_lowers_the_limit_but_not_below_its_start(limiter, time):
    limits = limiter()
    await rounds(limits, time, 3, latency_s=0.01)
    grown = limits.limit
    await rounds(limits, time, 50, latency_s=5.0)
    assert 8 <= limits.limit < grown
    assert limits.limit == 8


@pytest.mark.parametrize(("fast", "slow"), [(0.01, 1.5), (1.0, 5.0)])
async def test_ordinary_slowness_is_no_overload(limiter, time, fast, slow):
    limits = limiter()
    await rounds(limits, time, 1, latency_s=fast)
    await rounds(limits, time, 30, latency_s=slow)
    assert limits.limit == 64


async def test_the_time_of_a_transfer_is_no_latency(limiter, time):
    limits = limiter()
    await rounds(limits, time, 1, latency_s=0.001)
    await rounds(limits, time, 30, latency_s=90, report=lambda slot: slot.answered(measured=False))
    assert limits.limit == 64


async def test_slots_are_handed_out_in_the_order_of_asking(limiter):
    limits = limiter(ceiling=2, start=2)
    order = []

    async def use(number):
        async with limits.slot():
            order.append(number)
            assert limits.in_flight <= 2
            await asyncio.sleep(0)

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(use, number)
    assert order == list(range(20))
    assert limits.in_flight == 0


async def test_a_newcomer_does_not_overtake(limiter):
    limits = limiter(ceiling=1, start=1)
    order = []

    async def use(name):
        async with limits.slot():
            order.append(name)

    async with limits.slot():
        waiting = asyncio.ensure_future(use("first"))
        await asyncio.sleep(0)
    await use("second")
    await waiting
    assert order == ["first", "second"]


@pytest.mark.parametrize("granted", [False, True])
async def test_a_cancelled_waiter_loses_nothing(limiter, granted):
    limits = limiter(ceiling=1, start=1)
    held = limits.slot()
    await held.__aenter__()
    waiting = asyncio.ensure_future(limits.slot().__aenter__())
    await asyncio.sleep(0)
    if granted:
        await held.__aexit__(None, None, None)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    if not granted:
        await held.__aexit__(None, None, None)
    assert limits.in_flight == 0
    async with limits.slot(timeout_s=1):
        assert limits.in_flight == 1


async def test_waiting_has_a_deadline(limiter):
    limits = limiter(ceiling=1, start=1)
    async with limits.slot():
        with pytest.raises(DeadlineError):
            async with limits.slot(timeout_s=0.001):
                pass
    async with limits.slot(timeout_s=0.001):
        pass


async def test_retry_after_pauses_new_requests_under_a_cap(limiter, time):
    limits = limiter(pause_cap_s=5)
    async with limits.slot() as slot:
        slot.overloaded(retry_after_s=3)
        slot.overloaded(retry_after_s=1)
    began = time.now
    async with limits.slot():
        assert time.now == began + 3
    async with limits.slot() as slot:
        slot.overloaded(retry_after_s=1000)
    async with limits.slot():
        assert time.now == began + 8


async def test_a_cancelled_pause_gives_its_slot_back(time):
    async def forever(_):
        await asyncio.Event().wait()

    time.sleep = forever
    limits = AdaptiveLimiter(ceiling=1, start=1, timing=time.timing)
    async with limits.slot() as slot:
        slot.overloaded(retry_after_s=3)
    with pytest.raises(DeadlineError):
        async with limits.slot(timeout_s=0.001):
            pass
    assert limits.in_flight == 0


async def test_each_host_has_its_own(time):
    hosts = HostLimiters(ceiling=4, pause_cap_s=1, timing=time.timing)
    assert hosts.of("a:80") is hosts.of("a:80")
    assert hosts.of("a:80") is not hosts.of("b:80")
    assert hosts.of("a:80").limit == 4


@pytest.mark.parametrize("options", [{"ceiling": 0}, {"floor": 0}, {"floor": 9, "ceiling": 8}, {"start": 0}])
def test_impossible_limits_are_refused(limiter, options):
    with pytest.raises(InvalidArgumentError):
        limiter(**options)


async def test_a_limit_that_was_good_for_a_while_goes_down_by_a_tenth(limiter, time):
    limits = limiter(start=40)
    await rounds(limits, time, 1, report=lambda slot: slot.overloaded())
    assert limits.limit == 20
    await rounds(limits, time, 11)
    assert limits.limit in (30, 31)
    before = limits.limit
    await rounds(limits, time, 1, report=lambda slot: slot.overloaded())
    assert before - 4 <= limits.limit < before - 2


async def test_a_limit_that_is_still_too_much_halves_again(limiter, time):
    limits = limiter(start=40)
    await rounds(limits, time, 2, report=lambda slot: slot.overloaded())
    assert limits.limit == 10


@pytest.mark.parametrize("capacity", [5, 12, 40])
async def test_the_limit_stays_near_a_capacity_that_is_not_told(limiter, time, capacity):
    limits, answered = limiter(), []

    def report(slot):
        good = next(numbers) < capacity
        answered.append(good)
        slot.answered() if good else slot.overloaded()

    for _ in range(60):
        numbers = itertools.count()
        await rounds(limits, time, 1, report=report)
    assert answered.count(True) > 0.85 * 60 * capacity
    assert answered.count(False) < 0.06 * len(answered)
