from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.config import Retry
from asyncsdk.wire.requests import Repeat
from asyncsdk.wire.retry import Outcome, outcome_of_status, retry_after_s, wait_before_retry

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
POLICY = Retry(attempts=4, base_s=1, cap_s=10)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Outcome.PERMANENT),
        (401, Outcome.PERMANENT),
        (404, Outcome.PERMANENT),
        (408, Outcome.UNKNOWN),
        (409, Outcome.PERMANENT),
        (425, Outcome.UNKNOWN),
        (429, Outcome.TRANSIENT),
        (500, Outcome.UNKNOWN),
        (501, Outcome.PERMANENT),
        (502, Outcome.UNKNOWN),
        (503, Outcome.TRANSIENT),
        (504, Outcome.UNKNOWN),
        (302, Outcome.PERMANENT),
    ],
)
def test_outcome_of_a_status(status, outcome):
    assert outcome_of_status(status) is outcome


def test_a_conflict_that_asks_to_wait_is_transient():
    assert outcome_of_status(409, has_retry_after=True) is Outcome.TRANSIENT
    assert outcome_of_status(404, has_retry_after=True) is Outcome.PERMANENT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        (" 7 ", 7),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("Mon, 06 May 2024 07:08:19 GMT", 10),
        ("Mon, 06 May 2024 07:08:19 -0000", 10),
        ("Monday, 06-May-24 07:08:19 GMT", 10),
        ("Mon May  6 07:08:19 2024", 10),
        ("Mon, 06 May 2024 07:08:00 GMT", 0),
        ("Mon, 06 May 2024 09:08:19 +0200", 10),
        ("Mon, 06 May 20240000000000000000 07:08:19 GMT", None),
        ("Mon, 06 May 2024 07:08:19 +20000000000000000", None),
    ],
)
def test_table_of_retry_after(value, seconds):
    assert retry_after_s(value, NOW) == seconds


@given(
    st.text()
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} (May|Jun) \d{1,30} \d\d:\d\d:\d\d (GMT|[+-]\d{1,30})")
    | st.integers().map(str)
)
def test_any_retry_after_is_survived(value):
    seconds = retry_after_s(value, NOW)
    assert seconds is None or seconds >= 0


def test_the_clock_is_only_a_default():
    assert retry_after_s("Fri, 31 Dec 9999 23:59:59 GMT") > 1e9


TABLE = [
    # outcome, repeat, keyed -> repeated?
    (Outcome.NOT_SENT, Repeat.SAFE, False, True),
    (Outcome.NOT_SENT, Repeat.CREATION, False, True),
    (Outcome.UNKNOWN, Repeat.SAFE, False, True),
    (Outcome.UNKNOWN, Repeat.CREATION, False, False),
    (Outcome.UNKNOWN, Repeat.CREATION, True, True),
    (Outcome.TRANSIENT, Repeat.SAFE, False, True),
    (Outcome.TRANSIENT, Repeat.CREATION, False, True),
    (Outcome.PERMANENT, Repeat.SAFE, False, False),
    (Outcome.PERMANENT, Repeat.CREATION, True, False),
]


@pytest.mark.parametrize(("outcome", "repeat", "keyed", "repeated"), TABLE)
def test_only_what_is_safe_is_repeated(outcome, repeat, keyed, repeated):
    for attempt in range(1, 8):
        wait = wait_before_retry(outcome, repeat, attempt=attempt, draw=0.5, policy=POLICY, keyed=keyed)
        assert (wait is not None) is (repeated and attempt < 4)


@pytest.mark.parametrize(
    ("attempt", "draw", "retry_after", "wait"),
    [
        (1, 0.0, None, 0),
        (1, 0.5, None, 0.5),
        (2, 0.5, None, 1.0),
        (3, 0.5, None, 2.0),
        (1, 0.5, 3.0, 3.05),
        (1, 0.5, 0.0, 0.05),
        (1, 0.0, 3600.0, 10.0),
        (1, 0.0, float("inf"), 10.0),
    ],
)
def test_how_long_to_wait(attempt, draw, retry_after, wait):
    got = wait_before_retry(
        Outcome.TRANSIENT, Repeat.SAFE, attempt=attempt, draw=draw, policy=POLICY, retry_after=retry_after
    )
    assert got == pytest.approx(wait)


@given(
    st.integers(1, 5000),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.floats(0, allow_nan=False),
    st.floats(0, 100),
    st.floats(0, 100),
)
def test_waits_are_bounded(attempt, draw, retry_after, base_s, cap_s):
    policy = Retry(attempts=10_000, base_s=base_s, cap_s=cap_s)
    wait = wait_before_retry(
        Outcome.TRANSIENT, Repeat.SAFE, attempt=attempt, draw=draw, policy=policy, retry_after=retry_after
    )
    assert 0 <= wait <= cap_s * 1.1
