from __future__ import annotations

import asyncio
import os
import threading
import time

import anyio
import pytest

from asyncsdk.flow import crew as crews
from asyncsdk.flow import threads
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread, in_short_job_thread

RUNS = (in_file_thread, clean_up_in_file_thread, in_short_job_thread)


@pytest.fixture
def fresh_crews(monkeypatch):
    """Threads that have met no slow job yet, and have none under way."""
    monkeypatch.setattr(threads, "_crews", {})


async def test_work_runs_in_a_thread_of_its_own():
    name = await in_file_thread(lambda: threading.current_thread().name)
    assert name.startswith("asyncsdk-files")
    assert await in_file_thread(int, "12", base=3) == 5


async def test_errors_come_back():
    with pytest.raises(ValueError, match="no"):
        await in_file_thread(int, "no")


@pytest.mark.parametrize("run", [in_file_thread, in_short_job_thread])
@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_caller_waits_for_work_that_has_begun(run, fails):
    begun, finish, done = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        finish.wait()
        done.append(True)
        if fails:
            raise OSError("disk")

    async def call():
        try:
            await run(work)
        finally:
            assert done == [True]

    task = asyncio.ensure_future(call())
    await asyncio.to_thread(begun.wait)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    finish.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_caller_drops_work_that_has_not_begun():
    finish, done = threading.Event(), []
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(in_file_thread, finish.wait)
        await asyncio.sleep(0)
        late = asyncio.ensure_future(in_file_thread(done.append, True))
        await asyncio.sleep(0)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        finish.set()
    assert done == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
async def test_a_forked_child_gets_threads_of_its_own():
    await in_file_thread(int)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            asyncio.events._set_running_loop(None)
            status = loop.run_until_complete(asyncio.wait_for(in_file_thread(int), 10))
        finally:
            os._exit(status)
    _, status = await asyncio.to_thread(os.waitpid, child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("run", [in_file_thread, in_short_job_thread])
async def test_many_jobs_each_come_back_with_their_own_result(run):
    async def one(number):
        if number % 7 == 0:
            with pytest.raises(ValueError, match=str(number)):
                await run(fail, number)
            return number
        return await run(int, str(number))

    def fail(number):
        raise ValueError(number)

    assert await asyncio.gather(*map(one, range(500))) == list(range(500))


@pytest.mark.parametrize("run", [in_file_thread, in_short_job_thread])
async def test_loops_in_two_threads_share_the_threads_for_files(run):
    async def numbers():
        return await asyncio.gather(*(run(int, number) for number in range(100)))

    there = asyncio.to_thread(asyncio.run, numbers())
    assert await asyncio.gather(there, numbers()) == [list(range(100))] * 2


async def test_a_long_job_does_not_hold_up_those_after_it():
    finish = threading.Event()
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(in_file_thread, finish.wait)
        await asyncio.sleep(0)
        assert [await in_file_thread(int, number) for number in range(20)] == list(range(20))
        finish.set()


@pytest.mark.parametrize("run", [in_file_thread, in_short_job_thread])
async def test_work_whose_loop_is_gone_stops_nobody_else(run):
    begun, finish, done = threading.Event(), threading.Event(), threading.Event()

    def work():
        begun.set()
        finish.wait()
        done.set()

    loop = asyncio.new_event_loop()
    waiting = loop.create_task(run(work))
    await asyncio.to_thread(lambda: loop.run_until_complete(asyncio.to_thread(begun.wait)))
    loop.close()
    finish.set()
    assert await asyncio.to_thread(done.wait, 10)
    assert await run(int, "3") == 3
    assert not waiting.done()
    waiting._log_destroy_pending = False


async def test_what_no_thread_can_take_is_done_all_the_same(fresh_crews):
    await in_file_thread(int)
    await in_short_job_thread(int)
    for crew in threads._crews.values():
        crew._pool.shutdown()
    for run in RUNS:
        done = []
        await run(done.append, 1)
        assert done == [1]
        with pytest.raises(ValueError, match="x"):
            await run(int, "x")


async def test_a_thread_that_cannot_be_had_leaves_the_work_to_the_others(fresh_crews, monkeypatch):
    begun, finish = threading.Event(), threading.Event()

    def work():
        begun.set()
        finish.wait()
        return 1

    waiting = asyncio.create_task(in_file_thread(work))
    await asyncio.to_thread(begun.wait)
    (crew,) = threads._crews.values()
    monkeypatch.setattr(crew._pool, "submit", refuse)
    more = [asyncio.create_task(in_file_thread(int, "3")) for _ in range(5)]
    await asyncio.sleep(0.02)
    assert not any(one.done() for one in more)
    finish.set()
    assert await asyncio.gather(waiting, *more) == [1, 3, 3, 3, 3, 3]
    assert crew._at_work == 0


async def test_a_thread_that_has_no_successor_leaves_the_rest_of_the_work_to_the_loop(monkeypatch):
    """As at the end of the interpreter, which waits for the thread although a loop goes on giving it work."""
    monkeypatch.setattr(threads, "_crews", {})
    monkeypatch.setattr(crews, "TURN_BATCHES", 2)
    begun, finish = threading.Event(), threading.Event()

    def work():
        begun.set()
        finish.wait()

    waiting = asyncio.create_task(in_short_job_thread(work))
    await asyncio.to_thread(begun.wait)
    (crew,) = threads._crews.values()
    monkeypatch.setattr(crew._pool, "submit", refuse)
    more = [asyncio.create_task(in_short_job_thread(threading.get_ident)) for _ in range(100)]
    await asyncio.sleep(0)
    finish.set()
    await waiting
    done_by = await asyncio.gather(*more)
    assert done_by[-1] == threading.get_ident()
    assert crew._at_work == 0


async def test_a_thread_goes_on_with_its_successor(monkeypatch):
    monkeypatch.setattr(crews, "TURN_BATCHES", 1)
    results = await asyncio.gather(*(in_short_job_thread(int, str(number)) for number in range(100)))
    assert results == list(range(100))


def refuse(*_):
    raise RuntimeError("can't start new thread")


@pytest.mark.parametrize("run", RUNS)
async def test_a_job_is_waited_for_however_often_the_caller_is_cancelled(run):
    begun, finish, done = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        finish.wait()
        done.append(True)

    waiting = asyncio.create_task(run(work))
    await asyncio.to_thread(begun.wait)
    for _ in range(3):
        waiting.cancel()
        await asyncio.sleep(0.005)
    assert not waiting.done()
    finish.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert done == [True]


async def test_what_cleans_up_is_done_though_it_had_not_begun():
    finish, done = threading.Event(), []
    busy = [asyncio.create_task(in_file_thread(finish.wait)) for _ in range(threads._THREADS)]
    await asyncio.sleep(0.02)
    cleaning = asyncio.create_task(clean_up_in_file_thread(done.append, 1))
    dropped = asyncio.create_task(in_file_thread(done.append, 2))
    for _ in range(3):
        await asyncio.sleep(0)
        cleaning.cancel()
        dropped.cancel()
    finish.set()
    with pytest.raises(asyncio.CancelledError):
        await cleaning
    await asyncio.gather(*busy)
    assert done == [1]


async def test_short_jobs_of_one_turn_come_back_together(fresh_crews, monkeypatch):
    """None is told about before the last has ended, and the first to look finds all of them done."""
    monkeypatch.setattr(crews, "SLOW_S", 1000)
    done, seen = [], []

    async def one(number):
        assert await in_short_job_thread(done.append, number) is None
        seen.append(len(done))

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(one, number)
    assert done == list(range(8))
    assert seen == [8] * 8


async def test_short_jobs_that_wait_for_a_slow_one_get_another_thread(fresh_crews):
    finish, done = threading.Event(), []

    def slow():
        time.sleep(2 * crews.FEW_JOBS * crews.SLOW_S)

    async def after():
        await in_short_job_thread(done.append, True)
        finish.set()

    async with anyio.create_task_group() as group:
        group.start_soon(in_short_job_thread, slow)
        group.start_soon(in_short_job_thread, finish.wait)
        group.start_soon(after)
    assert done == [True]


async def test_cancelled_short_jobs_are_dropped_out_of_the_middle_of_a_batch(fresh_crews):
    begun, finish, done = threading.Event(), threading.Event(), []

    def first():
        begun.set()
        finish.wait()

    calls = [first, *(lambda number=number: done.append(number) for number in range(5))]
    tasks = [asyncio.ensure_future(in_short_job_thread(call)) for call in calls]
    await asyncio.to_thread(begun.wait)
    for task in (tasks[0], tasks[2], tasks[3]):
        task.cancel()
    await asyncio.wait(tasks[2:4])
    assert not tasks[0].done()
    finish.set()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, asyncio.CancelledError) for one in ended] == [
        True,
        False,
        True,
        True,
        False,
        False,
    ]
    assert sorted(done) == [0, 3, 4]
