"""Times as they travel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["iso"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_S = 3600
_IN_HOUR = tuple(f"{second // 60:02}:{second % 60:02}" for second in range(_HOUR_S))


def iso(microseconds: int) -> str:
    """Return a stored time (microseconds since 1970, UTC) as ISO-8601 text.

    Listings write two for each row, so only the hour is worked out with a calendar, once.

    Example:
        >>> iso(1_000_000_000_000_001)
        '2001-09-09T01:46:40.000001+00:00'
    """
    seconds, rest = divmod(microseconds, 1_000_000)
    hour, second = divmod(seconds, _HOUR_S)
    fraction = f".{rest:06}" if rest else ""
    return f"{_hour(hour)}{_IN_HOUR[second]}{fraction}+00:00"


@lru_cache(maxsize=4096)
def _hour(hours: int) -> str:
    return f"{_EPOCH + timedelta(hours=hours):%Y-%m-%dT%H:}"
