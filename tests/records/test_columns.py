"""A column holds what a list would hold, in less room while it can."""

from __future__ import annotations

from array import array

import pytest
from held import Content
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.records import columns
from asyncsdk.records.columns import drained, grown

_WHOLE = st.integers(-(2**31), 2**31 - 1)
_PART = st.one_of(
    st.lists(_WHOLE, min_size=1, max_size=4),
    st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=4),
    st.lists(st.floats(allow_nan=False), min_size=1, max_size=4),
    st.lists(
        _WHOLE | st.floats(allow_nan=False) | st.text(max_size=3) | st.none() | st.booleans(), max_size=4
    ),
    st.builds(range, st.integers(0, 5), st.integers(5, 9)),
)


@given(st.lists(_PART, max_size=6))
def test_it_holds_what_a_list_would(parts):
    column, expected = [], []
    for part in parts:
        column = grown(column, part)
        expected += part
    assert list(column) == expected
    assert list(map(type, column)) == list(map(type, expected))


@given(st.lists(st.lists(_WHOLE, min_size=1), min_size=1, max_size=4))
def test_small_numbers_take_four_bytes(parts):
    column = []
    for part in parts:
        column = grown(column, part)
    assert isinstance(column, array)
    assert column.itemsize == 4


@given(st.lists(_PART, max_size=6), st.randoms(use_true_random=False), st.integers(1, 5))
def test_a_drained_column_gives_what_it_held_in_any_order(parts, random, in_a_part):
    column = []
    for part in parts:
        column = grown(column, part)
    held = list(column)
    order = random.sample(range(len(held)), random.randint(0, len(held)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_IN_A_PART", in_a_part)
        assert list(drained(column)) == held
        given = list(drained(column, order))
    assert given == [held[index] for index in order]
    assert list(map(type, given)) == [type(held[index]) for index in order]


def test_a_drained_column_lets_go_of_what_it_has_given(monkeypatch):
    monkeypatch.setattr(columns, "_IN_A_PART", 10)
    content = [Content(b"x") for _ in range(100)]
    held = [one.held for one in content]
    values = drained(content)
    del content
    for _ in range(51):
        next(values)
    assert [still() is None for still in held] == [True] * 50 + [False] * 50
