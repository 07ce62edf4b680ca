"""The short form of annotations of boxes says the same as the long one, or is not taken."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.records import codec
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.boxes import read_boxed

KINDS = ("classifications", "rectangles", "polygons", "lines", "points", "keypoints", "masks")

numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.none() | st.text(st.characters(codec="utf-8"), max_size=5)
attributes = st.none() | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), st.integers(0, 9))
rectangles = st.fixed_dictionaries(
    {"label": st.sampled_from(["car", "bus"]), **dict.fromkeys("xywh", numbers)},
    optional={"id": st.just("7"), "text": texts, "attributes": attributes, "area": st.just(2.0)},
)
annotations = st.fixed_dictionaries(
    {
        "id": st.text("abc", max_size=3),
        "asset_id": st.text("abc", max_size=3),
        "duration": st.floats(0, 9) | st.integers(0, 9),
        "status": st.sampled_from(["PENDING", "ACCEPTED"]),
    },
    optional={
        "worker_id": texts,
        "attributes": attributes,
        "created_at": st.just("2026-01-31T08:00:00+00:00"),
        "rectangles": st.lists(rectangles, max_size=4),
        **{name: st.just([]) for name in KINDS if name != "rectangles"},
    },
)
ONE = {"id": "1", "asset_id": "a", "duration": 0.0, "status": "PENDING"}
BOX = {"label": "car", "x": 1, "y": 2, "w": 3, "h": 4}


def encoded(value):
    return json.dumps(value).encode()  # orjson refuses numbers of more than 64 bits


@given(st.lists(annotations, max_size=4))
def test_it_holds_what_the_long_form_holds(said):
    data = encoded(said)
    short = read_boxed(data)
    assert short is not None
    long = codec.decode(data, list[LoadedAnnotation])
    bare = [
        attrs.evolve(
            one,
            created_at=None,
            rectangles=tuple(attrs.evolve(box, id=None, area=None) for box in one.rectangles),
        )
        for one in long
    ]
    assert [one.loaded() for one in short] == bare
    mine = [[type(n) for box in one.rectangles for n in (box.x, box.y, box.w, box.h)] for one in short]
    its = [[type(n) for box in one.rectangles for n in (box.x, box.y, box.w, box.h)] for one in long]
    assert mine == its


@pytest.mark.parametrize("kind", sorted({*KINDS, "tracks"} - {"rectangles"}))
def test_it_is_not_taken_where_there_is_another_shape(kind):
    assert read_boxed(encoded([ONE, ONE | {kind: [{}]}])) is None
    assert len(read_boxed(encoded([ONE, ONE | {kind: []}])) or ()) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": 1},
        {"status": "UNHEARD"},
        {"duration": "1"},
        {"asset_id": None},
        {"rectangles": [BOX | {"x": "1"}]},
        {"rectangles": [BOX | {"label": None}]},
        {"rectangles": [{"label": "car"}]},
        {"rectangles": {}},
        {"attributes": []},
    ],
)
def test_what_does_not_fit_is_left_to_the_long_form_which_names_it(wrong):
    data = encoded([ONE | wrong])
    assert read_boxed(data) is None
    with pytest.raises(codec.CodecError, match=next(iter(wrong))):
        codec.decode(data, list[LoadedAnnotation])


@pytest.mark.parametrize("data", [b"", b"{}", b"[", b"<html>", b'[{"id":"\xff"}]', b"[" * 5000])
def test_what_is_no_array_of_annotations_is_not_taken(data):
    assert read_boxed(data) is None
