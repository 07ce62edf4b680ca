"""What a schema of custom metadata means for data."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import BadRequestError
from asyncsdk.records.custom_metadata import MetadataKey
from asyncsdk.server.services.metadata_values import MetadataRules

NOON, LATER = "2024-05-01T12:00:00+00:00", "2024-05-01T14:30:00+02:00"

DEEP = reduce(lambda inner, _: [inner], range(5_000), [])

CAMERA = MetadataKey(input_type="STRING", choices=["front", "rear"])
CAMERAS = MetadataKey(input_type="STRING", choices=["front", "rear"], allow_multiple=True, required=True)
COUNT = MetadataKey(input_type="INTEGER", min=0, max=9)
SCORE = MetadataKey(input_type="FLOAT", max=1)
GRADE = MetadataKey(input_type="FLOAT", choices=[1.0, 2.5])
TAKEN = MetadataKey(input_type="DATETIME", min=NOON)
SHARP = MetadataKey(input_type="BOOLEAN")
NOTE = MetadataKey(input_type="STRING")
OLD = MetadataKey(input_type="STRING", archived=True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (CAMERA, "front"), (CAMERAS, ["rear"]), (CAMERAS, ["rear", "front"]), (CAMERA, None), (NOTE, ""),
        (COUNT, 0), (COUNT, 9), (COUNT, 9.0), (SCORE, 1), (SCORE, -1e300), (GRADE, 1), (GRADE, 2.5),
        (TAKEN, NOON), (TAKEN, LATER), (TAKEN, "2024-05-01T12:00Z"), (SHARP, True), (SHARP, False), (OLD, None),
    ],
)  # fmt: skip
def test_a_fitting_value_is_accepted(key, value):
    MetadataRules({"a/b": key}, allow_extra=False).check({"a/b": value})


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        (CAMERA, "side", "'side' is none of the choices"),
        (CAMERA, ["front"], "expected a text"),
        (CAMERA, 1, "expected a text"),
        (CAMERA, DEEP, "expected a text.*, got an array"),
        (CAMERAS, {"a": DEEP}, "expected a list of choices, got an object"),
        (CAMERAS, "front", "expected a list of choices, got 'front'"),
        (CAMERAS, ["front", "side"], "'side' is none of the choices"),
        (CAMERAS, ["front", "front"], "a choice is there twice"),
        (CAMERAS, [], "required"),
        (CAMERAS, [None], "expected a text"),
        (CAMERAS, None, "required"),
        (COUNT, 10, "10 is greater than 9"),
        (COUNT, -1, "-1 is less than 0"),
        (COUNT, 1.5, "expected an integer"),
        (COUNT, True, "expected an integer.*got True"),
        (COUNT, "1", "expected an integer"),
        (SCORE, 1.01, "1.01 is greater than 1"),
        (SCORE, True, "expected a number"),
        (GRADE, 2, "2.0 is none of the choices"),
        (TAKEN, "2024-05-01T13:59:59+02:00", "is less than 2024-05-01 12:00:00"),
        (TAKEN, "2024-05-01T12:00:00", "expected a date-time with an offset"),
        (TAKEN, 1_700_000_000, "expected a date-time"),
        (SHARP, 1, "expected true or false, got 1"),
        (SHARP, "true", "expected true or false"),
        (NOTE, {"a": 1}, "expected a text"),
        (OLD, "x", "archived, takes no new values"),
    ],
)
def test_another_is_refused_with_key_and_rule(key, value, fault):
    with pytest.raises(BadRequestError, match=f"custom_metadata: 'a/b': .*{fault}") as raised:
        MetadataRules({"a/b": key}).check({"a/b": value})
    assert raised.value.status == 400


@pytest.mark.parametrize("values", [None, {}, {"other": 1}])
def test_a_required_key_must_be_there(values):
    rules = MetadataRules({"k": MetadataKey(input_type="BOOLEAN", required=True)})
    with pytest.raises(BadRequestError, match="'k': required"):
        rules.check(values)
    rules.check({"k": False})


def test_other_keys_are_refused_only_when_the_schema_is_closed():
    MetadataRules({"k": NOTE}).check({"k": "x", "other": object})
    for keys in ({"k": NOTE}, {}):
        with pytest.raises(BadRequestError, match="'other': not in the schema"):
            MetadataRules(keys, allow_extra=False).check({"other": None})
    MetadataRules({}, allow_extra=False).check(None)


def test_an_archived_key_keeps_the_value_that_is_there():
    rules = MetadataRules({"k": OLD})
    before = {"k": {"b": 1, "a": [True]}}
    rules.check({"k": {"a": [True], "b": 1}}, before)
    rules.check({}, before)
    for value in ({"a": [1], "b": 1}, "x", 2**70, DEEP):
        with pytest.raises(BadRequestError, match="archived"):
            rules.check({"k": value}, before)


def test_several_faults_are_told_at_once_but_not_all_of_a_flood():
    rules = MetadataRules({"a": COUNT, "b": SHARP}, allow_extra=False)
    with pytest.raises(BadRequestError, match=r"'a': .*; 'b': .*; 'c'"):
        rules.check({"a": "", "b": "", "c": ""})
    with pytest.raises(BadRequestError) as raised:
        rules.check({"x" * 1_000 + str(number): 1 for number in range(5_000)})
    assert len(str(raised.value)) < 2_000


KEYS = {"camera": CAMERA, "count": COUNT, "score": SCORE, "taken": TAKEN, "sharp": SHARP, "old": OLD}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FITTING = st.fixed_dictionaries(
    {},
    optional={
        "camera": st.sampled_from(["front", "rear", None]),
        "count": st.integers(0, 9),
        "score": st.floats(max_value=1, allow_infinity=False),
        "taken": st.sampled_from([NOON, LATER]),
        "sharp": st.booleans(),
    },
)


@given(FITTING)
def test_what_fits_is_accepted_by_an_open_and_by_a_closed_schema(values):
    MetadataRules(KEYS, allow_extra=False).check(values)
    MetadataRules(KEYS).check(values | {"other": 1})


@given(st.dictionaries(st.sampled_from([*KEYS, "other"]), ANY), st.booleans())
def test_anything_else_is_refused_clearly_or_unchanged(values, allow_extra):
    rules = MetadataRules(KEYS, allow_extra=allow_extra)
    try:
        rules.check(values)
    except BadRequestError:
        return
    assert allow_extra or "other" not in values
    assert values.get("camera") in {None, "front", "rear"}
    assert values.get("old") is None
    assert type(values.get("sharp")) in {bool, type(None)}
