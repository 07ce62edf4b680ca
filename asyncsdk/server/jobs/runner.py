"""The loop that claims jobs and takes their steps."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, Protocol

__all__ = ["JobRunner", "JobSource"]

_log = logging.getLogger(__name__)


class JobSource(Protocol):
    """Where jobs come from; every call is one transaction."""

    async def claim(self) -> Any | None:
        """Take a job that waits, or whose worker is gone; `None` when there is none."""
        ...

    async def step(self, job: Any) -> Any | None:
        """Take the next step of a claimed job; return it for the one after, `None` when it ended or gave way."""
        ...


class JobRunner:
    """Runs jobs in the background, a few at a time.

    Args:
        source: where jobs come from.
        workers: jobs that run at once.
        poll_s: how often to look for jobs that nobody announced, such as those of a lost worker.
    """

    def __init__(self, source: JobSource, *, workers: int = 2, poll_s: float = 2.0) -> None:
        self._source = source
        self._workers = workers
        self._poll_s = poll_s
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to work."""
        self._tasks = [asyncio.create_task(self._work(), name=f"jobs-{n}") for n in range(self._workers)]

    def wake(self) -> None:
        """Tell that a job was made."""
        self._wake.set()

    async def stop(self) -> None:
        """Stop between two steps; what is unfinished goes on at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                job = await self._source.claim()
                while job is not None:
                    job = await self._source.step(job)
                    if job is None:
                        job = await self._source.claim()
            except Exception:  # noqa: BLE001 - the database refused for now: the job keeps its lease and is claimed again
                _log.exception("a job's step could not be stored; it will be tried again")
                await asyncio.sleep(self._poll_s)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll_s):  # `wait_for` may lose a cancellation
                    await self._wake.wait()
