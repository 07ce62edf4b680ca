"""The one door from the event loop to blocking work on files.

A thread that is woken, and a loop that is woken, for each small file cost more than the file: whoever is woken competes
for the interpreter with whoever woke it. So a thread that has begun goes on until there is no more work, and it wakes the
loop once for all that ends before the loop looks. Short jobs go further: one thread does them, in batches, and tells
their loop after each batch. Where the disk is slow, each job that waits gets a thread instead.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import anyio

__all__ = ["in_file_thread", "in_short_job_thread"]

P = ParamSpec("P")
R = TypeVar("R")

_THREADS = 4  # hashing, large files, folders: one that waits for a slow disk must not block the others
_SHORT_JOB_THREADS = 4
_SHORT_JOBS_TOGETHER = 8
_SLOW_S = 0.005
"""A job that takes longer meets a slow disk ..."""
_FEW_JOBS = 4
"""... or has waited for the interpreter, so that one job alone does not tell."""


class _Job(Generic[R]):
    """A function to call in a thread, and what became of it."""

    __slots__ = ("call", "ended", "error", "finished", "loop", "outbox", "result")

    def __init__(self, call: Callable[[], R], loop: asyncio.AbstractEventLoop, outbox: _Outbox) -> None:
        self.call = call
        self.loop = loop
        self.outbox = outbox
        self.ended: asyncio.Future[None] = loop.create_future()
        self.finished = False
        self.result: R | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self.call()
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self.error = error

    def end(self) -> None:
        """Tell who waits; in the loop's thread."""
        self.finished = True
        if not self.ended.done():  # it is cancelled together with who waits for it
            self.ended.set_result(None)

    def outcome(self) -> R:
        if self.error is None:
            return cast("R", self.result)
        try:
            raise self.error
        finally:
            self.error = None  # its traceback holds this frame: no cycle between them


class _Outbox:
    """Jobs that have ended, on their way back to one event loop."""

    def __init__(self) -> None:
        self.is_starting = False
        self._jobs: deque[_Job[Any]] = deque()
        self._loop_is_told = False

    def add(self, job: _Job[Any]) -> None:
        self._jobs.append(job)

    def tell(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake the loop, if something was added that it will not see by itself."""
        if self._jobs and not self._loop_is_told:  # `_empty` looks at both in the other order
            self._loop_is_told = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._empty)

    def _empty(self) -> None:
        self._loop_is_told = False
        while self._jobs:
            self._jobs.popleft().end()


def _hand_over(ended: list[_Job[Any]]) -> None:
    """Give jobs back to their loops, each of which is woken once."""
    for job in ended:
        job.outbox.add(job)
    for job in ended:
        job.outbox.tell(job.loop)
    ended.clear()


class _Crew:
    """Threads that share one queue of jobs.

    Args:
        name: how the threads are called.
        threads: most threads.
        together: most jobs that a thread does before it tells their loops.
    """

    def __init__(self, name: str, threads: int, together: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._threads = threads
        self._together = together
        self._batch = together
        self._lock = threading.Lock()
        self._jobs: deque[_Job[Any]] = deque()
        self._at_work = 0
        self._outboxes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Outbox] = WeakKeyDictionary()

    async def run(self, call: Callable[[], R]) -> R:
        """Return what a call returns."""
        loop = asyncio.get_running_loop()
        outbox = self._outboxes.get(loop) or self._outboxes.setdefault(loop, _Outbox())
        job = _Job(call, loop, outbox)
        self._add(job)
        try:
            await job.ended
        except asyncio.CancelledError:
            if not self._drop(job) and not job.finished:
                job.ended = loop.create_future()
                with anyio.CancelScope(shield=True):
                    await asyncio.wait([job.ended])
            raise
        return job.outcome()

    def _add(self, job: _Job[Any]) -> None:
        """Take a job; threads start when the loop has done what is ready, so that they find several."""
        with self._lock:
            self._jobs.append(job)
            is_complete = self._at_work == self._threads
        if not is_complete and not job.outbox.is_starting:
            job.outbox.is_starting = True
            job.loop.call_soon(self._start, job.outbox)

    def _drop(self, job: _Job[Any]) -> bool:
        """Take back a job that has not begun; tells whether it was so."""
        with self._lock, suppress(ValueError):
            self._jobs.remove(job)
            return True
        return False

    def _start(self, outbox: _Outbox) -> None:
        outbox.is_starting = False
        try:
            self._enlist()
        except RuntimeError as error:  # the interpreter ends
            while self._jobs:
                job = self._jobs.popleft()
                job.error = error
                _hand_over([job])

    def _enlist(self) -> None:
        """Start one thread, if none is at work; one for each job, if jobs are done one by one."""
        with self._lock:
            is_idle = bool(self._jobs) and not self._at_work
            wanted = len(self._jobs) if self._batch == 1 else int(is_idle)
            for _ in range(min(wanted, self._threads - self._at_work)):
                self._pool.submit(self._work)
                self._at_work += 1

    def _work(self) -> None:
        ended: list[_Job[Any]] = []
        begun = time.monotonic()
        while (job := self._next()) is not None:
            job.run()
            ended.append(job)
            self._watch_pace(time.monotonic() - begun, len(ended))
            if len(ended) >= self._batch:
                _hand_over(ended)
                begun = time.monotonic()
        _hand_over(ended)

    def _watch_pace(self, seconds: float, jobs: int) -> None:
        """Make batches of one job while the disk is slow: then each thread counts, and waking is cheap."""
        was_slow = self._batch == 1
        is_slow = seconds > _SLOW_S * (jobs if was_slow else max(jobs, _FEW_JOBS))
        self._batch = 1 if is_slow else self._together
        if is_slow and not was_slow:
            with suppress(RuntimeError):  # the interpreter ends: this thread does what is left
                self._enlist()

    def _next(self) -> _Job[Any] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._at_work -= 1
            return None


_crews: dict[str, _Crew] = {}


def _crew(name: str, threads: int, together: int) -> _Crew:
    """Return the threads of a name; made at the first use."""
    crew = _crews.get(name)
    return crew or _crews.setdefault(name, _Crew(name, threads, together))


if hasattr(os, "register_at_fork"):  # a forked child has the crews, but not their threads
    os.register_at_fork(after_in_child=_crews.clear)


async def in_file_thread(func: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what `func` returns, run in a thread for files.

    Cancelled, it waits until the function has ended (or drops it, if it has not begun), so that nothing
    goes on behind the caller's back.
    """
    return await _crew("asyncsdk-files", _THREADS, 1).run(partial(func, *args, **kwargs))


async def in_short_job_thread(func: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what `func` returns, run in a thread together with other short jobs.

    It is for work of less than a millisecond or so that many callers have at once, as a small file to write:
    nobody is told about a job before those that were done together with it have ended. Cancelled, it
    behaves as `in_file_thread` does.
    """
    crew = _crew("asyncsdk-short-jobs", _SHORT_JOB_THREADS, _SHORT_JOBS_TOGETHER)
    return await crew.run(partial(func, *args, **kwargs))
