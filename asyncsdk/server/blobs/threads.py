"""The one door from the event loop to blocking file work.

A hop to a thread and back costs about a tenth of a millisecond, several times the work on a small file that
is in memory. Short calls that come up at the same time therefore share hops.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import attrs

from asyncsdk.errors import ServerError

__all__ = ["FileThreads"]

T = TypeVar("T")

_WORKERS = 16  # more than cores: most of the time they wait for the disk
_SHARED_HOPS = 2  # at once; more of them only fight for the interpreter lock
_CALLS_PER_HOP = 16  # all of them are answered when the last one is through
_FULL = (errno.ENOSPC, errno.EDQUOT)


@attrs.define(eq=False)
class _Job:
    """A short call that waits for a hop, and what became of it."""

    call: Callable[[], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self.call()
        except BaseException as error:  # noqa: BLE001 - travels to the caller
            self.error = error

    def deliver(self) -> None:
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class FileThreads:
    """Runs blocking calls on a few threads of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="blobs")
        self._waiting: deque[_Job] = deque()
        self._open: set[asyncio.Future[Any]] = set()
        self._hops = 0
        self._is_scheduled = False

    async def run(self, call: Callable[..., T], *args: object) -> T:
        """Run `call` on a thread of its own and return what it returns.

        A cancelled caller waits until the call is through, so that cleaning up after it meets no thread
        that is still at work.

        Raises:
            ServerError: the file system failed; status 507 when it is full.
        """
        return await _outcome(asyncio.get_running_loop().run_in_executor(self._pool, call, *args))

    async def run_short(self, call: Callable[[], T]) -> T:
        """Run a short call on a thread, together with others, and return what it returns.

        A cancelled caller waits as in `run`.

        Raises:
            ServerError: the file system failed; status 507 when it is full.
        """
        loop = asyncio.get_running_loop()
        job = _Job(call, loop.create_future())
        self._waiting.append(job)
        self._open.add(job.future)
        if not self._is_scheduled:  # whatever else comes up in this turn of the loop joins in
            self._is_scheduled = True
            loop.call_soon(self._send, loop)
        result: T = await _outcome(job.future)
        return result

    async def close(self) -> None:
        """Wait for the calls under way and end the threads."""
        if self._open:
            await asyncio.wait(self._open)
        await asyncio.to_thread(self._pool.shutdown)

    def _send(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_scheduled = False
        while self._waiting and self._hops < _SHARED_HOPS:
            jobs = [self._waiting.popleft() for _ in range(min(_CALLS_PER_HOP, len(self._waiting)))]
            self._hops += 1
            self._pool.submit(self._hop, jobs, loop)

    def _hop(self, jobs: list[_Job], loop: asyncio.AbstractEventLoop) -> None:
        for job in jobs:
            job.run()
        loop.call_soon_threadsafe(self._land, jobs, loop)

    def _land(self, jobs: list[_Job], loop: asyncio.AbstractEventLoop) -> None:
        self._hops -= 1
        for job in jobs:
            job.deliver()
            self._open.discard(job.future)
        self._send(loop)


async def _outcome(future: asyncio.Future[T]) -> T:
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await _settle(future)
        raise
    except OSError as error:
        status = 507 if error.errno in _FULL else 500
        raise ServerError(f"the object storage failed: {error.strerror or error}", status=status) from error


async def _settle(future: asyncio.Future[T]) -> None:
    while not future.done():
        with contextlib.suppress(asyncio.CancelledError):  # the caller raises it in the end
            await asyncio.wait([future])
    future.exception()  # marks it as seen: the cancellation is what the caller gets
