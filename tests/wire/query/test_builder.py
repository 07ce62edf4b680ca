from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.wire.query.builder import all_of, equals, one_of, quote


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("", '""'),
        ("cat", '"cat"'),
        ('x" or "', r'"x\" or \""'),
        ("\\", r'"\\"'),
        ('\\"', r'"\\\""'),
        ("a\nb\tc\r", r'"a\nb\tc\r"'),
        ("\x00\x1f", r'"\u0000\u001f"'),
        ("é漢", '"é漢"'),
    ],
)
def test_table_of_literals(text, literal):
    assert quote(text) == literal


@given(st.text())
def test_a_literal_means_its_text(text):
    assert json.loads(quote(text)) == text


def test_comparisons():
    assert equals("filename", 'a"b') == r'filename = "a\"b"'
    assert one_of("tags.name", ["a", "b,c"]) == 'tags.name in ("a","b,c")'
    assert one_of("tags.name", iter([])) == "tags.name in ()"


@pytest.mark.parametrize(
    ("parts", "query"),
    [
        ((), None),
        ((None, ""), None),
        (("a = 1",), "a = 1"),
        ((None, "a = 1", ""), "a = 1"),
        (("a = 1 or b = 2", "c = 3"), "(a = 1 or b = 2) and (c = 3)"),
    ],
)
def test_parts_keep_their_meaning(parts, query):
    assert all_of(*parts) == query
