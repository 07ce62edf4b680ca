from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.formats.numerals import number, numeral, shown, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3.0), ("+3.", 3.0), (".5", 0.5), ("-1.5e-3", -0.0015), ("1E2", 100.0), ("007", 7.0)],
)
def test_numbers(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "-Infinity", "1_0", "1e999", "0x10", "٣", "1,5", "1 2", " 1", "1e", ".", "--1"]
)
def test_what_is_no_number(text):
    assert number(text) is None
    assert whole(text) is None


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("3.0", 3), ("-2", -2), ("3.5", None)])
def test_whole_numbers(text, value):
    assert whole(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_numeral_reads_back(value):
    assert number(numeral(value)) == value
    assert ("." in numeral(value) or "e" in numeral(value)) == (not value.is_integer())


def test_whole_values_have_no_point():
    assert (numeral(3.0), numeral(3), numeral(3.25)) == ("3", "3", "3.25")
    assert not math.isnan(float(numeral(1e22)))


def test_excerpts_are_short_and_printable():
    assert shown("a\x00\n") == r"'a\x00\n'"
    assert len(shown("a" * 10_000)) < 50
