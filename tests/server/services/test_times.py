"""Times as they travel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from asyncsdk.server.services.times import iso

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@settings(deadline=None)
@given(st.datetimes(datetime(1600, 1, 1), datetime(9000, 1, 1)))  # noqa: DTZ001 - in UTC below
@example(datetime(1970, 1, 1))  # noqa: DTZ001
@example(datetime(2024, 2, 29, 23, 59, 59, 999_999))  # noqa: DTZ001
@example(datetime(1969, 12, 31, 23, 59, 59, 1))  # noqa: DTZ001
def test_a_time_is_written_as_the_calendar_writes_it(moment):
    there = moment.replace(tzinfo=UTC)
    assert iso((there - EPOCH) // timedelta(microseconds=1)) == there.isoformat()
