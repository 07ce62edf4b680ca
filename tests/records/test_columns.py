"""A column holds what a list would hold, in less room while it can."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.records.columns import grown

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
