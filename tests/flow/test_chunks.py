from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.chunks import chunked


@given(st.lists(st.integers()), st.integers(1, 20))
def test_chunks_hold_everything_in_order(items, size):
    chunks = list(chunked(iter(items), size))
    assert [item for chunk in chunks for item in chunk] == items
    assert all(len(chunk) == size for chunk in chunks[:-1])
    assert all(0 < len(chunk) <= size for chunk in chunks)


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_must_be_positive(size):
    with pytest.raises(InvalidArgumentError):
        list(chunked([1], size))
