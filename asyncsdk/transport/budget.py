"""How many retries a client may spend, so that an outage fails fast."""

from __future__ import annotations

from collections.abc import Callable

from asyncsdk.config import Retry

__all__ = ["RetryBudget"]

_RECENT_REQUESTS = 500
_FLOOR_PERIOD_S = 60.0


class RetryBudget:
    """A token bucket: a retry takes one token, and each request adds the share of one.

    Beside it the bucket fills by `budget_floor` tokens a minute, and it starts with as many. It holds at
    most that and what 500 requests add, so only recent requests count.
    Source: the retry budgets of Finagle, described in the Google SRE book, chapter 22.

    Args:
        policy: the share and the floor.
        clock: tells the seconds since some fixed moment.
    """

    def __init__(self, policy: Retry, clock: Callable[[], float]) -> None:
        self._share = policy.budget
        self._floor = policy.budget_floor
        self._capacity = policy.budget_floor + policy.budget * _RECENT_REQUESTS
        self._clock = clock
        self._tokens = float(policy.budget_floor)
        self._filled_at = clock()

    def earn(self) -> None:
        """Count a request that is sent for the first time."""
        self._add(self._share)

    def spend(self) -> bool:
        """Take one token for a retry; tells whether there was one."""
        now = self._clock()
        self._add((now - self._filled_at) * self._floor / _FLOOR_PERIOD_S)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _add(self, tokens: float) -> None:
        self._tokens = min(self._capacity, self._tokens + tokens)
