from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import FormatError
from asyncsdk.formats import coco_sections
from asyncsdk.formats.coco_sections import json_sections

_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, data, step):
        self._data = io.BytesIO(data)
        self._step = step

    def read(self, size=-1):
        return self._data.read(self._step)


def sections(data):
    return list(json_sections(io.BytesIO(data), "f.json"))


def fault(data):
    with pytest.raises(FormatError) as caught:
        sections(data)
    assert caught.value.file == "f.json"
    return caught.value


@given(
    value=st.dictionaries(st.text(), _JSON, max_size=5),
    step=st.integers(1, 9),
    indent=st.sampled_from([None, 1]),
    escaped=st.booleans(),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_gives_what_json_says_however_it_arrives(value, step, indent, escaped, mark):
    raw = (mark + json.dumps(value, indent=indent, ensure_ascii=escaped)).encode()
    read = {}
    for key, index, element in json_sections(Trickle(raw, step), "f.json"):
        if index is None:
            read[key] = element
        else:
            read.setdefault(key, []).append(element)
            assert len(read[key]) == index + 1
    assert read == value
    assert list(read) == list(value)


def test_c13_takes_a_byte_order_mark():
    assert sections('\ufeff{"a": ["é"]}'.encode()) == [("a", 0, "é")]


@pytest.mark.parametrize("size", [1, 7, 1 << 10])
def test_elements_larger_than_the_window_are_read_whole(monkeypatch, size):
    monkeypatch.setattr(coco_sections, "_WINDOW", size)
    value = {"a": [{"t": "x" * 5000, "n": [1.5] * 800}, 123456, "y" * 3000], "b": 12345678}
    data = json.dumps(value).encode()
    assert sections(data) == [
        ("a", 0, value["a"][0]),
        ("a", 1, 123456),
        ("a", 2, "y" * 3000),
        ("b", None, 12345678),
    ]


@pytest.mark.parametrize(
    ("data", "place", "rule"),
    [
        (b"", "byte 0", "is empty"),
        (b"  \n ", "byte 4", "is empty"),
        (b"[{}]", "byte 0", "a list"),
        (b"12", "byte 0", "'{' is missing"),
        (b"{", "byte 1", "cut off"),
        (b'{"a"', "byte 4", "cut off"),
        (b'{"a": ', "a (byte 6)", "cut off"),
        (b'{"a": [', "a[0] (byte 7)", "cut off"),
        (b'{"a": [{"b": 1}, {"b": ', "a[1] (byte 17)", "cut off"),
        (b'{"a": [{"b": 1}', "a[0] (byte 15)", "cut off"),
        (b'{"a": [1]', "a[0] (byte 9)", "cut off"),
        (b'{"a": 1,}', "byte 8", "'\"' is missing"),
        (b'{"a": [1,]}', "a[1] (byte 9)", "not JSON"),
        (b'{"a": [1 2]}', "a[0] (byte 9)", "']' is missing"),
        (b'{"a" 1}', "byte 5", "':' is missing"),
        (b"{'a': 1}", "byte 1", "'\"' is missing"),
        (b'{"a": 1} x', "byte 9", "goes on"),
        (b'{"a": 1, "a": 2}', "byte 12", "twice"),
        (b'{"a": [{"b": NaN}]}', "a[0] (byte 7)", "NaN"),
        (b'{"a": [-Infinity]}', "a[0] (byte 7)", "-Infinity"),
        (b'{"a": tru}', "a (byte 6)", "not JSON"),
        (b'{"a": "\x00"}', "a (byte 7)", "not JSON"),
        (b'{"a": "\xff"}', "byte 7", "UTF-8"),
        (b'{"a": "\xc3', "byte 7", "UTF-8"),
        ('{"é": 1 x'.encode(), "é (byte 9)", "'}' is missing"),
        ('{"a": 1}'.encode("utf-16"), "byte 0", "UTF-8"),
        (b'{"a": [' + b"9" * 5000 + b"]}", "a[0] (byte 7)", "digits"),
        (b'{"a": ' + b"[" * 100_000, "a[0] (byte 7)", "too deep"),
        (b'{"a": {"b": ' + b'{"c":' * 100_000, "a (byte 6)", "too deep"),
    ],
)
def test_names_the_fault_and_its_place(data, place, rule):
    error = fault(data)
    assert rule in error.rule
    assert error.place == place


def test_counts_bytes_across_windows(monkeypatch):
    monkeypatch.setattr(coco_sections, "_WINDOW", 50)
    data = '\ufeff{"a": ["é", '.encode() + b'"x", ' * 100 + b"}"
    assert fault(data).place == f"a[101] (byte {len(data) - 1})"


def test_a_fault_early_in_an_element_does_not_read_the_rest(monkeypatch):
    monkeypatch.setattr(coco_sections, "_WINDOW", 100)
    stream = io.BytesIO(b'{"a": [{"b" 1, ' + b'"c": 2, ' * 10_000)
    with pytest.raises(FormatError):
        list(json_sections(stream, "f.json"))
    assert stream.tell() <= 300


def test_an_endless_element_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(coco_sections, "_WINDOW", 100)
    monkeypatch.setattr(coco_sections, "_LARGEST", 1000)
    assert "too large" in fault(b'{"a": ["' + b"x" * 10_000).rule
