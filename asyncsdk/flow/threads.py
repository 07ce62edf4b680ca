"""The one door from the event loop to blocking work on files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

import anyio

__all__ = ["in_file_thread"]

P = ParamSpec("P")
R = TypeVar("R")

_THREADS = 4  # small files: two are enough for a disk; two more keep large ones from blocking them

_pools: list[ThreadPoolExecutor] = []


def _pool() -> ThreadPoolExecutor:
    """Return the threads that read and write files; started at the first use."""
    if not _pools:
        _pools.append(ThreadPoolExecutor(_THREADS, thread_name_prefix="asyncsdk-files"))
    return _pools[0]


if hasattr(os, "register_at_fork"):  # a forked child has the pool, but not its threads
    os.register_at_fork(after_in_child=_pools.clear)


async def in_file_thread(func: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what `func` returns, run in a thread for files.

    Cancelled, it waits until the function has ended (or drops it, if it has not begun), so that nothing
    goes on behind the caller's back.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def tell(_: Future[R]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_set, ended)

    job = _pool().submit(func, *args, **kwargs)
    job.add_done_callback(tell)
    try:
        await ended
    except asyncio.CancelledError:
        if not job.cancel():
            with anyio.CancelScope(shield=True):
                result = asyncio.wrap_future(job)
                await asyncio.wait([result])
                result.exception()  # the cancellation is what the caller hears of
        raise
    return job.result()


def _set(ended: asyncio.Future[None]) -> None:
    if not ended.done():  # it is cancelled together with who waits for it
        ended.set_result(None)
