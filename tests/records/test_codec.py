from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import attrs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.enums import DataType
from asyncsdk.records import codec
from asyncsdk.records.absent import absent
from asyncsdk.records.paging import Page


@attrs.frozen
class Size:
    width: int
    height: int


@attrs.frozen
class Thing:
    id: str
    type: DataType
    size: Size | None = None
    sizes: list[Size] = attrs.field(factory=list)
    share: float = 0.0
    on: bool = False
    made_at: datetime | None = None
    day: date | None = None
    meta: dict[str, Any] | None = None
    note: str | None = absent()
    marks: tuple[str, ...] = absent(())


WHOLE = {"id": "a", "type": "IMAGE"}


def decode(value):
    return codec.decode(orjson.dumps(value), Thing)


@pytest.mark.parametrize(
    ("extra", "attribute", "value"),
    [
        ({}, "size", None),
        ({"size": {"width": 1.0, "height": 2}}, "size", Size(1, 2)),
        ({"sizes": [{"width": 1, "height": 2}]}, "sizes", [Size(1, 2)]),
        ({"share": 1}, "share", 1.0),
        ({"made_at": "2031-05-06T07:08:09"}, "made_at", datetime(2031, 5, 6, 7, 8, 9)),  # noqa: DTZ001
        ({"made_at": "2031-05-06T07:08:09Z"}, "made_at", datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ({"day": "2031-05-06"}, "day", date(2031, 5, 6)),
        ({"meta": {"a": [1, None, {"b": 2.5}]}}, "meta", {"a": [1, None, {"b": 2.5}]}),
        ({"marks": ["a"]}, "marks", ("a",)),
        ({"unknown": 1}, "id", "a"),
    ],
)
def test_what_is_accepted(extra, attribute, value):
    found = getattr(decode(WHOLE | extra), attribute)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ([], ["expected an object, got list"]),
        ("x", ["expected an object, got str"]),
        (None, ["expected an object, got NoneType"]),
        ({"id": "a"}, ["required field missing: 'type'"]),
        (WHOLE | {"id": 7}, ["expected a string, got int 7", "id"]),
        (WHOLE | {"id": None}, ["expected a string", "id"]),
        (WHOLE | {"type": "image"}, ["expected one of IMAGE, VIDEO", "type"]),
        (WHOLE | {"type": 5}, ["expected one of IMAGE, VIDEO"]),
        (WHOLE | {"size": {"width": 1.5, "height": 2}}, ["expected an integer, got float 1.5", "size.width"]),
        (WHOLE | {"size": {"width": True, "height": 2}}, ["expected an integer", "size.width"]),
        (WHOLE | {"size": {"width": "1", "height": 2}}, ["expected an integer", "size.width"]),
        (WHOLE | {"sizes": [{"width": 1, "height": 2}, {"width": 1}]}, ["'height'", "sizes[1]"]),
        (WHOLE | {"share": "1"}, ["expected a number", "share"]),
        (WHOLE | {"share": True}, ["expected a number", "share"]),
        (WHOLE | {"on": 1}, ["expected true or false", "on"]),
        (WHOLE | {"made_at": 5}, ["expected a date-time string", "made_at"]),
        (WHOLE | {"made_at": "yesterday"}, ["yesterday", "made_at"]),
        (WHOLE | {"meta": []}, ["expected an object", "meta"]),
        (WHOLE | {"meta": "x" * 500}, ["..."]),
    ],
)
def test_what_is_refused_is_named_with_its_place(value, texts):
    with pytest.raises(codec.CodecError) as caught:
        decode(value)
    assert all(text in str(caught.value) for text in texts), str(caught.value)


@attrs.frozen
class Shelves:
    shelves: dict[str, tuple[Size, ...]]


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ([], ["got list [] at shelves"]),
        ({"a": 5}, ["expected an array, got int 5 at shelves['a']"]),
        ({"a": [5] * 30}, [f"got int 5 at shelves['a'][{number}]" for number in range(10)]),
        ({f"{number}": 5 for number in range(30)}, [f"shelves['{number}']" for number in range(10)]),
        ({"a": [{"width": 1, "height": 2}] * 20 + [7]}, ["got int 7 at shelves['a'][20]"]),
    ],
)
def test_the_first_faults_are_named_and_no_more_looked_for(value, places):
    with pytest.raises(codec.CodecError) as caught:
        codec.load({"shelves": value}, Shelves)
    assert [text for text in places if text not in str(caught.value)] == []
    assert len(list(single_faults(caught.value.__cause__))) == len(places)


def single_faults(error):
    for inner in getattr(error, "exceptions", ()):
        yield from single_faults(inner)
    if not hasattr(error, "exceptions"):
        yield error


@pytest.mark.parametrize("data", [b"", b"<html>", b"{", b"\xff", b"NaN", b'{"a": 1} x'])
def test_what_is_not_json(data):
    with pytest.raises(codec.CodecError, match="not JSON"):
        codec.parse(data)
    with pytest.raises(codec.CodecError, match="not JSON"):
        codec.decode(data, Thing)


def test_fields_at_their_default_may_stay_at_home():
    assert codec.dump(Thing("a", DataType.IMAGE)) == {
        "id": "a",
        "type": "IMAGE",
        "size": None,
        "sizes": [],
        "share": 0.0,
        "on": False,
        "made_at": None,
        "day": None,
        "meta": None,
    }
    assert codec.dump(Thing("a", DataType.IMAGE, note="n", marks=("m",)))["marks"] == ["m"]


def test_generic_records():
    page = codec.decode(b'{"items": [{"width": 1, "height": 2}], "count": 1, "next_cursor": "c"}', Page[Size])
    assert page == Page(items=[Size(1, 2)], count=1, next_cursor="c")
    assert codec.encode(page) == b'{"items":[{"width":1,"height":2}],"count":1,"next_cursor":"c"}'
    with pytest.raises(codec.CodecError, match=r"items\[0\]\.width"):
        codec.decode(b'{"items": [{"width": "1", "height": 2}], "count": 1}', Page[Size])


def test_other_values_that_travel():
    assert codec.encode({"id": UUID(int=1)}) == b'{"id":"00000000-0000-0000-0000-000000000001"}'
    with pytest.raises(TypeError, match="object"):
        codec.encode([object()])


@attrs.frozen
class Pairs:
    pairs: tuple[tuple[int, str], ...]


def test_a_tuple_of_several_types_is_an_array_of_that_length():
    assert codec.decode('{"pairs": [[1, "a"], [2, "b"]]}', Pairs) == Pairs(((1, "a"), (2, "b")))
    assert codec.encode(Pairs(((1, "a"),))) == b'{"pairs":[[1,"a"]]}'


@pytest.mark.parametrize("odd", ["[1]", '[1, "a", 2]', "1.5", '"1a"', '{"0": 1, "1": "a"}', "null"])
def test_a_tuple_of_another_length_is_refused_with_its_place(odd):
    with pytest.raises(codec.CodecError, match=r"expected an array of 2, got .* at pairs\[1\]"):
        codec.decode(f'{{"pairs": [[1, "a"], {odd}]}}', Pairs)


sizes = st.builds(Size, st.integers(-(2**53), 2**53), st.integers(0, 10))
texts = st.text(st.characters(exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
)
things = st.builds(
    Thing,
    texts,
    st.sampled_from(DataType),
    st.none() | sizes,
    st.lists(sizes, max_size=3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none() | st.datetimes(timezones=st.just(UTC)) | st.datetimes(),
    st.none() | st.dates(),
    st.none() | st.dictionaries(texts, json_values, max_size=3),
    st.none() | texts,
    st.lists(texts, max_size=3).map(tuple),
)


@given(things)
def test_what_is_written_is_read(thing):
    assert codec.decode(codec.encode(thing), Thing) == thing
    assert codec.load(codec.parse(codec.encode(thing)), Thing) == thing


@given(json_values)
def test_no_value_breaks_the_reader(value):
    with suppress(codec.CodecError):
        assert isinstance(decode(value), Thing)


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_texts_travel_as_they_are(texts):
    assert codec.encode(texts) == orjson.dumps(codec.dump(texts)) == codec.encode(tuple(texts))


@pytest.mark.parametrize("kind", [list, tuple])
def test_half_a_character_does_not_travel(kind):
    with pytest.raises(TypeError):
        codec.encode(kind(["\ud800"]))
