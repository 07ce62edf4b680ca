"""Threads that share one queue of jobs, and tell event loops of several jobs at once.

A thread that is woken, and a loop that is woken, for each small file cost more than the file: whoever is woken competes
for the interpreter with whoever woke it. So a thread that has begun goes on until there is no more work, and it wakes the
loop once for all that ends before the loop looks.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

import anyio

__all__ = ["Crew"]

R = TypeVar("R")

SLOW_S = 0.005
"""A job that takes longer meets a slow disk ..."""

FEW_JOBS = 4
"""... or has waited for the interpreter, so that one job alone does not tell."""

TURN_BATCHES = 64
"""After so many batches a thread gives its place to the next."""


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

    async def until_finished(self) -> None:
        """Wait for the end of a job that goes on, however often the one who waits is cancelled."""
        while not self.finished:
            self.ended = self.loop.create_future()
            with suppress(asyncio.CancelledError), anyio.CancelScope(shield=True):
                await self.ended

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
            try:
                loop.call_soon_threadsafe(self._empty)
            except RuntimeError:  # the loop is closed: nobody waits any more
                self._jobs.clear()

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


class Crew:
    """Threads that share one queue of jobs; the loops of several event loops may use it.

    While the disk is fast, one thread does the jobs in batches, and tells their loop after each. Where it is slow,
    each job that waits gets a thread.

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

    async def run(self, call: Callable[[], R], *, must_run: bool = False) -> R:
        """Return what a call returns.

        Cancelled, it waits until the call has ended, however often it is cancelled; a call that has not begun
        is dropped.

        Args:
            call: it is called in a thread.
            must_run: it is not dropped either.
        """
        loop = asyncio.get_running_loop()
        outbox = self._outboxes.get(loop) or self._outboxes.setdefault(loop, _Outbox())
        job = _Job(call, loop, outbox)
        self._add(job)
        try:
            await job.ended
        except asyncio.CancelledError:
            if must_run or not self._drop(job):
                await job.until_finished()
            job.error = None
            raise
        except BaseException:  # the loop is closed under it
            self._drop(job)
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
        if not self._enlist():
            # No thread can be had, as the interpreter ends or the system has none: what is to be cleaned up still is.
            with self._lock:
                self._at_work += 1
            self._work()

    def _enlist(self) -> bool:
        """Start one thread, if none is at work; one for each job, if jobs are done one by one.

        Returns:
            False where there is nobody for the jobs that wait.
        """
        with self._lock:
            is_idle = bool(self._jobs) and not self._at_work
            wanted = len(self._jobs) if self._batch == 1 else int(is_idle)
            for _ in range(min(wanted, self._threads - self._at_work)):
                if not self._enlist_one():
                    return self._at_work > 0
            return True

    def _enlist_one(self) -> bool:
        has_place: list[bool] = []
        try:
            self._pool.submit(self._begin, has_place)
        except RuntimeError:
            return False  # the pool may begin later all the same: it finds that it has no place
        has_place.append(True)
        self._at_work += 1
        return True

    def _begin(self, has_place: list[bool]) -> None:
        with self._lock:  # held by who gives the place
            if not has_place:
                return
        if self._work(TURN_BATCHES):
            self._take_turns()

    def _take_turns(self) -> None:
        """Ask for the place anew, which nobody gets when the interpreter ends: it waits for these threads."""
        with self._lock:
            self._at_work -= 1
            if self._enlist_one():
                return
            waiting = {job.outbox: job.loop for job in self._jobs}
        for outbox, loop in waiting.items():  # which finds that no thread can be had
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._start, outbox)

    def _work(self, batches: float = math.inf) -> bool:
        """Do jobs until there are none, or some batches are done; tells whether it kept its place for more."""
        ended: list[_Job[Any]] = []
        begun = time.monotonic()
        while (job := self._next()) is not None:
            job.run()
            ended.append(job)
            self._watch_pace(time.monotonic() - begun, len(ended))
            if len(ended) >= self._batch:
                _hand_over(ended)
                begun = time.monotonic()
                batches -= 1
                if batches <= 0:
                    return True
        _hand_over(ended)
        return False

    def _watch_pace(self, seconds: float, jobs: int) -> None:
        """Make batches of one job while the disk is slow: then each thread counts, and waking is cheap."""
        was_slow = self._batch == 1
        is_slow = seconds > SLOW_S * (jobs if was_slow else max(jobs, FEW_JOBS))
        self._batch = 1 if is_slow else self._together
        if is_slow and not was_slow:
            self._enlist()

    def _next(self) -> _Job[Any] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._at_work -= 1
            return None
