"""How many requests a host gets at once: as many as it answers well."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Self

from asyncsdk.errors import DeadlineError, InvalidArgumentError
from asyncsdk.transport.timing import Timing

__all__ = ["AdaptiveLimiter", "HostLimiters", "Slot"]

_DECREASE = 0.5
_GENTLE_DECREASE = 0.9
_CAUTION = 1 / 8
_SLOW_DECREASE = 0.9
_SMOOTHING = 1 / 8
_SLOW_FACTOR = 10.0
_SLOW_S = 2.0


class AdaptiveLimiter:
    """Limits the requests in flight to one host, and finds the limit by itself.

    Additive increase, multiplicative decrease (D.-M. Chiu and R. Jain, "Analysis of the Increase and
    Decrease Algorithms for Congestion Avoidance in Computer Networks", 1989), as in TCP. While more than
    half of the limit is used and the answers are good it grows, by one per answer until the first
    decrease, after that by about one per round of answers. A 429 or 503 lowers it, once per round: it halves
    the first time, and each time when the limit before it was too much as well; a limit that has been good for
    a while goes down by a tenth, so that it stays near the host's capacity (Y. R. Yang and S. S. Lam, "General
    AIMD Congestion Control", 2000: the smaller the decrease, the smaller the swing). Where it was too much last
    it grows eight times as slowly (the plateau of CUBIC, RFC 9438), and beyond that as before. When
    the smoothed latency (the average of V. Jacobson, "Congestion Avoidance and Control", 1988) is both
    above ten times the lowest one and above 2 s, it shrinks by a tenth, but not below its start: slow
    work is not overload.

    Slots are handed out in the order of asking. `Retry-After` keeps new requests back until then.

    Args:
        ceiling: most requests in flight, ever.
        start: limit at the start.
        floor: the limit never falls below it.
        pause_cap_s: longest pause that a `Retry-After` gets.
        timing: time.
    """

    def __init__(
        self,
        *,
        ceiling: int,
        start: int = 16,
        floor: int = 1,
        pause_cap_s: float = 20.0,
        timing: Timing | None = None,
    ) -> None:
        if not 1 <= floor <= ceiling or start < 1:
            raise InvalidArgumentError("limiter: need 1 <= floor <= ceiling and start >= 1")
        self.timing: Timing = timing or Timing()
        self._ceiling = ceiling
        self._floor = floor
        self._start = max(floor, min(start, ceiling))
        self._pause_cap_s = pause_cap_s
        self._limit = float(self._start)
        self._growing_fast = True
        self._reduced_at = float("-inf")
        self._reduced_to = 0.0
        self._refused_at = float("inf")
        self._paused_until = float("-inf")
        self._fastest_s = float("inf")
        self._smoothed_s = 0.0
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def limit(self) -> int:
        """Requests that may be in flight now."""
        return int(self._limit)

    @property
    def in_flight(self) -> int:
        """Requests that are in flight now."""
        return self._in_flight

    def slot(self, *, timeout_s: float | None = None) -> Slot:
        """Return a slot to enter with `async with`; leaving it frees it.

        Args:
            timeout_s: how long to wait for it at most.
        """
        return Slot(self, timeout_s)

    def raise_limit(self, latency_s: float | None) -> None:
        """Learn from a good answer, and from how long it took if that tells anything."""
        now = self.timing.clock()
        if latency_s is not None:
            self._fastest_s = min(self._fastest_s, latency_s)
            self._smoothed_s += (latency_s - self._smoothed_s) * _SMOOTHING
        if self._smoothed_s > max(_SLOW_S, _SLOW_FACTOR * self._fastest_s):
            if self._limit > self._start and now - self._reduced_at >= self._smoothed_s:
                self._reduce(max(self._start, self._limit * _SLOW_DECREASE), now)
        elif 2 * self._in_flight > self.limit:
            self._limit = min(float(self._ceiling), self._limit + self._step())
            self._hand_out()

    def _step(self) -> float:
        """Return what a good answer adds to the limit."""
        if self._growing_fast:
            return 1.0
        return (_CAUTION if abs(self._limit - self._refused_at) <= 1 else 1.0) / self._limit

    def lower_limit(self, began_at: float, retry_after_s: float | None) -> None:
        """Learn from an answer that says the host is overloaded."""
        now = self.timing.clock()
        if retry_after_s is not None:
            self._paused_until = max(self._paused_until, now + min(retry_after_s, self._pause_cap_s))
        if began_at >= self._reduced_at:  # requests of an earlier round tell nothing new
            recovered = not self._growing_fast and self._limit >= self._reduced_to + 1
            factor = _GENTLE_DECREASE if recovered else _DECREASE
            self._refused_at = self._limit
            self._reduce(max(self._floor, self._limit * factor), now)

    def _reduce(self, limit: float, now: float) -> None:
        self._limit = self._reduced_to = limit
        self._growing_fast = False
        self._reduced_at = now

    async def acquire(self, timeout_s: float | None) -> None:
        """Wait for a slot and take it.

        Raises:
            DeadlineError: none became free in time.
        """
        if not self._waiting and self._in_flight < self.limit and self._paused_until <= self.timing.clock():
            self._in_flight += 1
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._queue()
                await self._sit_out_pause()
        except TimeoutError:
            raise DeadlineError(f"no free slot within {timeout_s:g} s: too much is in flight") from None

    async def _queue(self) -> None:
        if not self._waiting and self._in_flight < self.limit:
            self._in_flight += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.release()
            else:
                with suppress(ValueError):  # it may have been passed over already
                    self._waiting.remove(turn)
            raise

    async def _sit_out_pause(self) -> None:
        try:
            while (wait_s := self._paused_until - self.timing.clock()) > 0:
                await self.timing.sleep(wait_s)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Give a slot back."""
        self._in_flight -= 1
        self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting and self._in_flight < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self._in_flight += 1
                turn.set_result(None)


class Slot:
    """The right to have one request in flight; an async context manager."""

    __slots__ = ("_began_at", "_limiter", "_timeout_s")

    def __init__(self, limiter: AdaptiveLimiter, timeout_s: float | None) -> None:
        self._limiter = limiter
        self._timeout_s = timeout_s
        self._began_at = 0.0

    async def __aenter__(self) -> Self:
        await self._limiter.acquire(self._timeout_s)
        self._began_at = self._limiter.timing.clock()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._limiter.release()

    def answered(self, *, measured: bool = True) -> None:
        """Report that the host has answered well, just now.

        Args:
            measured: the time since the slot was entered is the host's latency, not that of a transfer.
        """
        latency_s = self._limiter.timing.clock() - self._began_at
        self._limiter.raise_limit(latency_s if measured else None)

    def overloaded(self, retry_after_s: float | None = None) -> None:
        """Report that the host is overloaded: 429, 503, or no answer in time."""
        self._limiter.lower_limit(self._began_at, retry_after_s)


class HostLimiters:
    """One limiter for each host.

    Args:
        ceiling: most requests in flight per host.
        pause_cap_s: longest pause that a `Retry-After` gets.
        timing: time.
    """

    def __init__(self, *, ceiling: int, pause_cap_s: float, timing: Timing | None = None) -> None:
        self._ceiling = ceiling
        self._pause_cap_s = pause_cap_s
        self._timing = timing
        self._by_host: dict[str, AdaptiveLimiter] = {}

    def of(self, host: str) -> AdaptiveLimiter:
        """Return the limiter of a host, under any text that stands for it."""
        limiter = self._by_host.get(host)
        if limiter is None:
            limiter = AdaptiveLimiter(
                ceiling=self._ceiling,
                pause_cap_s=self._pause_cap_s,
                timing=self._timing,
            )
            self._by_host[host] = limiter
        return limiter
