from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.wire.ranges import (
    ByteRange,
    ContentRange,
    UnsatisfiableRange,
    parse_content_range,
    parse_range,
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=0-", ByteRange(0, 9)),
        ("bytes=3-5", ByteRange(3, 5)),
        (" bytes=9-9 ", ByteRange(9, 9)),
        ("bytes=3-99", ByteRange(3, 9)),
        ("bytes=-3", ByteRange(7, 9)),
        ("bytes=-99", ByteRange(0, 9)),
        ("bytes=-", None),
        ("bytes=5-3", None),
        ("bytes=1-2,4-5", None),
        ("items=1-2", None),
        ("bytes 1-2", None),
    ],
)
def test_table_of_ranges(header, expected):
    assert parse_range(header, 10) == expected


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-5", 0)]
)
def test_ranges_outside_the_object(header, size):
    with pytest.raises(UnsatisfiableRange):
        parse_range(header, size)


@given(st.binary(max_size=50), st.integers(0, 60), st.none() | st.integers(0, 60))
def test_a_range_is_a_slice(data, start, end):
    header = f"bytes={start}-{'' if end is None else end}"
    try:
        part = parse_range(header, len(data))
    except UnsatisfiableRange:
        assert start >= len(data)
        return
    if part is None:
        assert end is not None
        assert end < start
        return
    expected = data[start:] if end is None else data[start : end + 1]
    assert data[part.start : part.end + 1] == expected
    assert part.length == len(expected)


@given(st.text())
def test_any_header_is_survived(header):
    parse_content_range(header)
    parse_range(header, 10)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes 0-4/5", ContentRange(0, 4, 5)),
        (" bytes 2-4/* ", ContentRange(2, 4, None)),
        ("bytes */5", None),
        ("bytes 0-4", None),
        ("bytes=0-4/5", None),
    ],
)
def test_table_of_content_ranges(header, expected):
    assert parse_content_range(header) == expected
