"""The one door from the event loop to blocking work on files.

A thread that is woken, and a loop that is woken, for each small file cost more than the file: whoever is woken competes
for the interpreter with whoever woke it. So a thread that has begun goes on until there is no more work, and it wakes the
loop once for all that ends before the loop looks.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import anyio

__all__ = ["in_file_thread"]

P = ParamSpec("P")
R = TypeVar("R")

_THREADS = 4  # small files: two are enough for a disk; two more keep large ones from blocking them


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
        self.outbox.add(self)

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
        self._jobs.append(job)  # before the look at the flag: then `_empty` sees it, or the flag is down
        if not self._loop_is_told:
            self._loop_is_told = True
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                job.loop.call_soon_threadsafe(self._empty)

    def _empty(self) -> None:
        self._loop_is_told = False
        while self._jobs:
            self._jobs.popleft().end()


class _Crew:
    """Threads that share one queue of jobs."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="asyncsdk-files")
        self._lock = threading.Lock()
        self._jobs: deque[_Job[Any]] = deque()
        self._at_work = 0
        self.outboxes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Outbox] = WeakKeyDictionary()

    def add(self, job: _Job[Any]) -> None:
        """Take a job; threads start when the loop has done what is ready, so that they find several."""
        with self._lock:
            self._jobs.append(job)
            is_complete = self._at_work == _THREADS
        if not is_complete and not job.outbox.is_starting:
            job.outbox.is_starting = True
            job.loop.call_soon(self._start, job.outbox)

    def drop(self, job: _Job[Any]) -> bool:
        """Take back a job that has not begun; tells whether it was so."""
        with self._lock, suppress(ValueError):
            self._jobs.remove(job)
            return True
        return False

    def _start(self, outbox: _Outbox) -> None:
        outbox.is_starting = False
        try:
            with self._lock:
                for _ in range(min(len(self._jobs), _THREADS - self._at_work)):
                    self._pool.submit(self._work)
                    self._at_work += 1
        except RuntimeError as error:  # the interpreter ends
            while self._jobs:
                job = self._jobs.popleft()
                job.error = error
                job.outbox.add(job)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()

    def _next(self) -> _Job[Any] | None:
        with self._lock:
            if self._jobs:
                return self._jobs.popleft()
            self._at_work -= 1
            return None


_crews: list[_Crew] = []


def _crew() -> _Crew:
    """Return the threads that read and write files; started at the first use."""
    if not _crews:
        _crews.append(_Crew())
    return _crews[0]


if hasattr(os, "register_at_fork"):  # a forked child has the crew, but not its threads
    os.register_at_fork(after_in_child=_crews.clear)


async def in_file_thread(func: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what `func` returns, run in a thread for files.

    Cancelled, it waits until the function has ended (or drops it, if it has not begun), so that nothing
    goes on behind the caller's back.
    """
    loop, crew = asyncio.get_running_loop(), _crew()
    outbox = crew.outboxes.get(loop) or crew.outboxes.setdefault(loop, _Outbox())
    job = _Job(partial(func, *args, **kwargs), loop, outbox)
    crew.add(job)
    try:
        await job.ended
    except asyncio.CancelledError:
        if not crew.drop(job) and not job.finished:
            job.ended = loop.create_future()
            with anyio.CancelScope(shield=True):
                await asyncio.wait([job.ended])
        raise
    return job.outcome()
