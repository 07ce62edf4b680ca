"""Whose turn it is."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.server.services.campaign_turns import LARGEST_WEIGHT, LEAST_WEIGHT, Turns, cycle_of

weights = st.floats(min_value=LEAST_WEIGHT, max_value=LARGEST_WEIGHT)


@pytest.mark.parametrize(
    ("shares", "cycle"),
    [
        ([], []),
        ([7.0], [0]),
        ([1.0, 1.0], [0, 1]),
        ([1.0, 2.0], [1, 0, 1]),
        ([0.3, 0.7], [1, 0, 1, 1, 0, 1, 1, 1, 0, 1]),
        ([3.0, 1.0], [0, 0, 1, 0]),
        ([1 / 3, 1 / 3, 1 / 3], [0, 1, 2]),
        ([0.0005, 0.001], [1, 0, 1]),
    ],
)
def test_cycles(shares, cycle):
    assert cycle_of(shares) == cycle


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.floats(0.01, 100))
def test_whole_weights_are_kept_exactly_whatever_their_scale(shares, scale):
    cycle = cycle_of([share * scale for share in shares])
    counts = Counter(cycle)
    assert all(counts[index] * sum(shares) == share * len(cycle) for index, share in enumerate(shares))


@given(st.lists(weights, min_size=1, max_size=8))
def test_any_weights_are_kept_nearly_and_nobody_is_left_out(shares):
    cycle = cycle_of(shares)
    counts, whole = Counter(cycle), sum(shares)
    assert len(cycle) <= 10_000 + 2 * len(shares)
    for index, share in enumerate(shares):
        assert counts[index] >= 1
        assert counts[index] / len(cycle) == pytest.approx(share / whole, abs=0.002)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=2))
def test_two_are_never_further_from_their_share_than_one_turn(shares):
    given_so_far = Counter()
    for turn, index in enumerate(cycle_of(shares), start=1):
        given_so_far[index] += 1
        for one, share in enumerate(shares):
            assert abs(given_so_far[one] - turn * share / sum(shares)) < 1


def test_turns_go_on_where_they_stopped():
    whole = Turns(1, [5, 6, 6], 0)
    taken = [whole.take() for _ in range(8)]
    assert taken == [5, 6, 6, 5, 6, 6, 5, 6]
    assert [Turns(1, [5, 6, 6], 4).take(), whole.dealt] == [taken[4], 8]
    assert [Turns(1, [], 0).take() for _ in range(2)] == [None, None]
