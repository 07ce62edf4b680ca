"""Times as they travel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["iso", "moment"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(microseconds: int) -> datetime:
    """Return a stored time (microseconds since 1970, UTC); JSON answers write it as ISO-8601 text."""
    return _EPOCH + timedelta(microseconds=microseconds)


def iso(microseconds: int) -> str:
    """Return a stored time (microseconds since 1970, UTC) as ISO-8601 text."""
    return moment(microseconds).isoformat()
