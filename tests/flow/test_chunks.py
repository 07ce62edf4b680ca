from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.chunks import chunked, split_ids


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


def test_ids_are_canonical_and_come_once():
    one, two, three = (uuid4() for _ in range(3))
    assert split_ids([one, str(two).upper(), str(one), three], 2) == [(str(one), str(two)), (str(three),)]
    assert split_ids([], 2) == []
    with pytest.raises(InvalidArgumentError):
        split_ids(["no id"], 2)
    assert split_ids([UUID(int=0)], 1) == [("00000000-0000-0000-0000-000000000000",)]
