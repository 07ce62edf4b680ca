"""Kills a platform when a random share of some work is done, and starts it again."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from child_platform import ChildPlatform

__all__ = ["Progress", "killed"]

LONGEST_DELAY_S = 0.2


class Progress:
    """How much of some work is done, and when to kill in the middle of it.

    Args:
        total: steps of the work.
        chance: decides after how many of them, and how long after.
    """

    def __init__(self, total: int, chance: random.Random) -> None:
        self.total = total
        self._done = 0
        self._kill_after = chance.randrange(total)
        self._delay_s = chance.uniform(0, LONGEST_DELAY_S)
        self._is_due = anyio.Event()
        self.advance(0)

    def __str__(self) -> str:
        return f"{self._delay_s * 1000:.0f} ms after {self._kill_after} of {self.total}"

    def advance(self, steps: int = 1) -> None:
        """Tell that more is done."""
        self._done += steps
        if self._done >= self._kill_after:
            self._is_due.set()

    async def until_due(self) -> None:
        """Wait for the moment."""
        await self._is_due.wait()
        await anyio.sleep(self._delay_s)


@asynccontextmanager
async def killed(platform: ChildPlatform, progress: Progress) -> AsyncIterator[None]:
    """Kill the platform once while the block runs, at the latest at its end; it listens again afterwards."""

    async def kill() -> None:
        await progress.until_due()
        await anyio.to_thread.run_sync(platform.kill)
        await anyio.to_thread.run_sync(platform.start)

    async with anyio.create_task_group() as group:
        group.start_soon(kill)
        yield
        progress.advance(progress.total)
