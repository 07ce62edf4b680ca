"""Retry decisions: functions of values, with the random draw as an argument."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime
from enum import Enum

from asyncsdk.config import Retry
from asyncsdk.wire.requests import Repeat

__all__ = ["Outcome", "outcome_of_status", "retry_after_s", "wait_before_retry"]

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""409 joins them only with `Retry-After`: the same key is still at work."""


class Outcome(Enum):
    """What is known of a request that did not succeed."""

    NOT_SENT = "not sent"
    """Nothing reached the platform: repeating is always safe."""

    UNKNOWN = "unknown"
    """It was sent, but the answer is missing."""

    TRANSIENT = "transient"
    """The platform refused or failed for now."""

    PERMANENT = "permanent"
    """Repeating it changes nothing."""


def outcome_of_status(status: int, *, has_retry_after: bool = False) -> Outcome:
    """Return what an unsuccessful status says about repeating."""
    if status in (429, 503) or (status == 409 and has_retry_after):
        return Outcome.TRANSIENT
    if status in RETRIED_STATUSES:
        return Outcome.UNKNOWN
    return Outcome.PERMANENT


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for; `None` when it says nothing usable.

    Source: RFC 9110, section 10.2.3 (seconds or an HTTP date).
    """
    if not value:
        return None
    text = value.strip()
    if text.isdecimal():
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def wait_before_retry(
    outcome: Outcome,
    repeat: Repeat,
    *,
    attempt: int,
    draw: float,
    policy: Retry,
    keyed: bool = False,
    retry_after: float | None = None,
) -> float | None:
    """Return how long to wait before sending again, in seconds; `None` means give up.

    Args:
        outcome: what is known of the failed try.
        repeat: whether doing the request twice is harmless.
        attempt: tries so far, from 1.
        draw: a random number in [0, 1).
        policy: attempts and waits.
        keyed: the request carries an idempotency key that the platform honours.
        retry_after: what the platform asked for, in seconds.
    """
    if outcome is Outcome.PERMANENT or attempt >= policy.attempts:
        return None
    if outcome is Outcome.UNKNOWN and repeat is Repeat.CREATION and not keyed:
        return None
    jittered = draw * min(policy.cap_s, policy.base_s * 2.0 ** min(attempt - 1, 64))
    if retry_after is None:
        return jittered
    return min(policy.cap_s, retry_after) + jittered * 0.1
