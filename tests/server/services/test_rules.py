"""Checks that several services share."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import BadRequestError, NotFoundError
from asyncsdk.server.services.rules import check_ids, check_name, check_text, json_list, json_text, one


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=255))
def test_a_name_of_plain_characters_is_fit(text):
    if text.strip():
        assert check_name(text, "name") is text


@pytest.mark.parametrize("char", ["\0", "\n", "\x1f", "\x7f", "\x80", "\x9f", "\ud800"])
def test_a_name_has_no_control_characters(char):
    with pytest.raises(BadRequestError, match="at 1"):
        check_name(f"a{char}b", "name")


@pytest.mark.parametrize("char", ["\0", "\ud800"])
def test_a_text_can_be_stored(char):
    assert check_text("a\n\x7f\tb", "text") == "a\n\x7f\tb"
    with pytest.raises(BadRequestError):
        check_text(f"a{char}b", "text")


def test_texts_have_a_length():
    assert check_text("x" * 65_536, "text")
    with pytest.raises(BadRequestError, match="longer than 65536"):
        check_text("x" * 65_537, "text")
    assert check_name("é" * 255, "name")
    with pytest.raises(BadRequestError, match="longer than 255"):
        check_name("é" * 256, "name")


def test_ids_are_canonical_and_each_once():
    first, second = str(uuid4()), str(uuid4())
    assert check_ids([first.upper(), second, first], "ids") == [first, second]
    assert check_ids([], "ids") == []
    with pytest.raises(BadRequestError, match="ids: 'x' is not an id"):
        check_ids([first, "x"], "ids")


def test_json_has_a_size():
    assert json_text({"a": [1, None]}, "metadata") == '{"a":[1,null]}'
    assert json_list(("a", 1)) == '["a",1]'
    with pytest.raises(BadRequestError, match="larger than 10 bytes"):
        json_text("é" * 5, "metadata", most_bytes=10)
    with pytest.raises(BadRequestError, match="cannot be stored"):
        json_text({"a": 2**64}, "metadata")


def test_one_row_or_none():
    assert one([{"a": 1}], "dataset") == {"a": 1}
    with pytest.raises(NotFoundError, match="no such dataset"):
        one([], "dataset")
