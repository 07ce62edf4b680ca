from __future__ import annotations

import asyncio
import os
import threading

import anyio
import pytest

from asyncsdk.flow import threads
from asyncsdk.flow.threads import in_file_thread, in_short_job_thread


async def test_work_runs_in_a_thread_of_its_own():
    name = await in_file_thread(lambda: threading.current_thread().name)
    assert name.startswith("asyncsdk-files")
    assert await in_file_thread(int, "12", base=3) == 5


async def test_errors_come_back():
    with pytest.raises(ValueError, match="no"):
        await in_file_thread(int, "no")


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_caller_waits_for_work_that_has_begun(fails):
    begun, finish, done = threading.Event(), threading.Event(), []

    def work():
        begun.set()
        finish.wait()
        done.append(True)
        if fails:
            raise OSError("disk")

    async def call():
        try:
            await in_file_thread(work)
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


async def test_many_jobs_each_come_back_with_their_own_result():
    async def one(number):
        if number % 7 == 0:
            with pytest.raises(ValueError, match=str(number)):
                await in_file_thread(fail, number)
            return number
        return await in_file_thread(int, str(number))

    def fail(number):
        raise ValueError(number)

    assert await asyncio.gather(*map(one, range(500))) == list(range(500))


async def test_loops_in_two_threads_share_the_threads_for_files():
    async def numbers():
        return await asyncio.gather(*(in_file_thread(int, number) for number in range(100)))

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


async def test_work_whose_loop_is_gone_stops_nobody_else():
    begun, finish, done = threading.Event(), threading.Event(), threading.Event()

    def work():
        begun.set()
        finish.wait()
        done.set()

    loop = asyncio.new_event_loop()
    waiting = loop.create_task(in_file_thread(work))
    await asyncio.to_thread(lambda: loop.run_until_complete(asyncio.to_thread(begun.wait)))
    loop.close()
    finish.set()
    assert await asyncio.to_thread(done.wait, 10)
    assert await in_file_thread(int, "3") == 3
    assert not waiting.done()
    waiting._log_destroy_pending = False


async def test_a_job_that_no_thread_can_take_fails(monkeypatch):
    monkeypatch.setattr(threads, "_crews", {})
    await in_file_thread(int)
    await in_short_job_thread(int)
    for crew in threads._crews.values():
        crew._pool.shutdown()
    for run in (in_file_thread, in_short_job_thread):
        with pytest.raises(RuntimeError, match="shutdown"):
            await run(int)
