"""Time limits of very many short waits, for the price of one timer."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

__all__ = ["Deadlines"]


class Deadlines:
    """Time limits that work as `asyncio.timeout` does, with one timer for all of one event loop.

    Nearly all waits end long before their time: a timer that is set and cancelled for each costs more than all else
    that a limit does. The one timer is set for the earliest end at hand, and looks at those that still wait when it
    fires; it is set anew only for a wait that ends earlier.

    Example:
        >>> async def main() -> None:
        ...     deadlines = Deadlines(asyncio.get_running_loop())
        ...     try:
        ...         with deadlines.within(0.001):
        ...             await asyncio.sleep(60)
        ...     except TimeoutError:
        ...         print("too late")
        >>> asyncio.run(main())
        too late
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: set[_Deadline] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._fires_at = float("inf")
        self._closed = False

    def within(self, timeout_s: float) -> _Deadline:
        """Return a context manager; what it holds is cancelled when the time is up, and raises `TimeoutError`.

        Args:
            timeout_s: from now on, in seconds.
        """
        return _Deadline(self, self._loop.time() + timeout_s)

    def add(self, deadline: _Deadline) -> None:
        """Watch a wait from now on."""
        self._waiting.add(deadline)
        if deadline.ends_at < self._fires_at:
            self._set_timer(deadline.ends_at)

    def remove(self, deadline: _Deadline) -> None:
        """Watch it no longer."""
        self._waiting.discard(deadline)
        if self._closed:
            self.close()

    def close(self) -> None:
        """Let go of the timer, once nobody waits any more."""
        self._closed = True
        if not self._waiting:
            self._set_timer(float("inf"))

    def _set_timer(self, fires_at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._fires_at = fires_at
        self._timer = None if fires_at == float("inf") else self._loop.call_at(fires_at, self._expire)

    def _expire(self) -> None:
        now = max(self._loop.time(), self._fires_at)  # clocks of timers may be coarser
        for late in [one for one in self._waiting if one.ends_at <= now]:
            self._waiting.remove(late)
            late.expire()
        self._set_timer(min((one.ends_at for one in self._waiting), default=float("inf")))


class _Deadline:
    """One wait with its end; the rules of `asyncio.timeout` tell its own cancellation from that of others."""

    __slots__ = ("_cancelling", "_deadlines", "_expired", "_task", "ends_at")

    def __init__(self, deadlines: Deadlines, ends_at: float) -> None:
        self._deadlines = deadlines
        self._task: asyncio.Task[Any] | None = None
        self._cancelling = 0
        self._expired = False
        self.ends_at: float = ends_at

    def expire(self) -> None:
        """Cancel what waits."""
        assert self._task is not None
        self._expired = True
        self._task.cancel()

    def __enter__(self) -> None:
        task = self._task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline is for a task")
        self._cancelling = task.cancelling()
        self._deadlines.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.remove(self)
        task, self._task = self._task, None
        if not self._expired or task is None:
            return
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
