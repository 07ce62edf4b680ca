from __future__ import annotations

import asyncio
import errno
import threading

import pytest

from asyncsdk.errors import NotFoundError, ServerError
from asyncsdk.server.blobs.threads import FileThreads


@pytest.fixture
async def threads():
    threads = FileThreads()
    yield threads
    await threads.close()


@pytest.fixture(params=["run", "run_short"])
def run(request, threads):
    return getattr(threads, request.param)


async def test_a_result_comes_back(run):
    assert await run(lambda: threading.current_thread().name) != threading.current_thread().name
    assert await asyncio.gather(*(run(lambda n=n: n) for n in range(100))) == list(range(100))


async def test_errors_come_back(run):
    def missing():
        raise NotFoundError("gone", status=404)

    with pytest.raises(NotFoundError):
        await run(missing)


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EIO, 500)])
async def test_a_failing_disk_is_a_server_error(run, number, status):
    def fail():
        raise OSError(number, "the disk says no")

    with pytest.raises(ServerError, match="the disk says no") as caught:
        await run(fail)
    assert caught.value.status == status


@pytest.mark.parametrize("times", [1, 3])
async def test_a_cancelled_caller_waits_for_its_call(run, times):
    loop, started, go = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    ended = []

    def call():
        loop.call_soon_threadsafe(started.set)
        go.wait()
        ended.append(True)
        raise ValueError("nobody hears this")

    task = asyncio.create_task(run(call))
    await started.wait()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0.001)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


async def test_short_calls_of_one_moment_share_a_thread(threads):
    names = await asyncio.gather(*(threads.run_short(threading.get_ident) for _ in range(8)))
    assert len(set(names)) == 1


async def test_one_failing_call_leaves_its_neighbours_alone(threads):
    def fail():
        raise ValueError("mine")

    results = await asyncio.gather(
        threads.run_short(lambda: 1),
        threads.run_short(fail),
        threads.run_short(lambda: 3),
        return_exceptions=True,
    )
    assert results[::2] == [1, 3]
    assert isinstance(results[1], ValueError)


async def test_closing_waits_for_what_is_under_way():
    threads = FileThreads()
    go = threading.Event()
    tasks = [asyncio.create_task(threads.run_short(go.wait)) for _ in range(100)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(threads.close())
    await asyncio.sleep(0.01)
    go.set()
    await closing
    assert await asyncio.gather(*tasks) == [True] * 100
