"""Cursors: what goes in comes out, and nobody else's is taken."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.cursors import Cursor, Cursors, fingerprint

OURS = Cursors(b"k" * 32)
VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(), st.booleans())


@given(
    after=st.lists(VALUES, max_size=5).map(tuple),
    count=st.integers(0, 2**53),
    until=st.none() | st.integers(0, 2**53),
)
def test_a_cursor_survives_its_text(after, count, until):
    cursor = Cursor("filter", count, after, until)
    text = OURS.write(cursor)
    assert OURS.read(text, "filter") == cursor
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_cursor_of_another_filter_is_refused():
    text = OURS.write(Cursor("one", 1, (1,)))
    with pytest.raises(BadRequestError, match="another filter"):
        OURS.read(text, "two")


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_other_text_is_refused(text):
    with pytest.raises(BadRequestError, match="not a cursor"):
        OURS.read(text, "filter")


@given(st.data())
def test_a_changed_byte_is_noticed(data):
    text = OURS.write(Cursor("filter", 5, (1, "a")))
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadRequestError):
        OURS.read(base64.urlsafe_b64encode(raw).decode(), "filter")


def test_another_key_signs_other_cursors():
    text = Cursors(b"x" * 32).write(Cursor("filter", 1, (1,)))
    with pytest.raises(BadRequestError):
        OURS.read(text, "filter")
    assert "kkk" not in repr(OURS)


def test_a_fingerprint_tells_its_parts_apart():
    parts = [("a", "b"), ("ab",), ("a", ["b"]), ("b", "a"), ("a", None), ("a", "b", None), ("a", ""), ()]
    assert len({fingerprint(*one) for one in parts}) == len(parts)
