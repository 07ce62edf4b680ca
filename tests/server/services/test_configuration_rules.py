"""The rules of attribute configurations and of values, as pure functions."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.enums import AttributeType
from asyncsdk.errors import BadRequestError
from asyncsdk.records import codec
from asyncsdk.records.attributes import AttributeConfiguration
from asyncsdk.server.services.attributes import check_attributes
from asyncsdk.server.services.configuration_rules import read_configuration
from asyncsdk.wire.attributes import check_value

TEXT = {"input_type": "STRING", "required": False}
WHOLE = {"input_type": "INTEGER", "required": False}
REAL = {"input_type": "FLOAT", "required": False}
YES_NO = {"input_type": "BOOLEAN", "required": False}


def read(configuration):
    return read_configuration("colour", configuration, AttributeConfiguration)


@pytest.mark.parametrize(
    ("configuration", "kept"),
    [
        (TEXT, {}),
        ({"input_type": "STRING"}, {}),
        (TEXT | {"display_name": "C", "required": True}, {"display_name": "C", "required": True}),
        (TEXT | {"display_name": "x" * 256}, {"display_name": "x" * 256}),
        (TEXT | {"archived": True}, {"archived": True}),
        (TEXT | {"choices": ["a", "b"]}, {"choices": ["a", "b"]}),
        (TEXT | {"choices": [str(n) for n in range(64)]}, {"choices": [str(n) for n in range(64)]}),
        (WHOLE | {"choices": [1.0], "allow_multiple": True}, {"choices": [1], "allow_multiple": True}),
        (WHOLE | {"choices": [1, 2], "allow_multiple": False}, {"choices": [1, 2], "allow_multiple": False}),
        (TEXT | {"allow_multiple": False}, {"allow_multiple": False}),
        (WHOLE | {"min": -(2**63), "max": 2**63 - 1}, {"min": -(2**63), "max": 2**63 - 1}),
        (REAL | {"min": 0, "max": 0.5}, {"min": 0.0, "max": 0.5}),
        (REAL | {"max": -1e300}, {"max": -1e300}),
        (YES_NO | dict.fromkeys(["choices", "allow_multiple", "min", "max", "display_name"]), {}),
    ],
)
def test_a_configuration_is_kept_without_nulls(configuration, kept):
    plain = {"input_type": configuration["input_type"], "required": False, "archived": False}
    assert codec.dump(read(configuration)) == plain | kept


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        (None, "expected an object"),
        ([], "expected an object"),
        ({}, "required field missing: 'input_type'"),
        ({"input_type": "DATETIME"}, "expected one of STRING, INTEGER, FLOAT, BOOLEAN, got str 'DATETIME'"),
        ({"input_type": "string"}, "at input_type"),
        (TEXT | {"required": 1}, "expected true or false, got int 1 at required"),
        (TEXT | {"display_name": 5}, "at display_name"),
        (TEXT | {"display_name": ""}, "display_name: 1 to 256 characters, got 0"),
        (TEXT | {"display_name": "x" * 257}, "display_name: 1 to 256 characters, got 257"),
        (TEXT | {"display_name": "a\0"}, "display_name: character"),
        (TEXT | {"archived": True, "required": True}, "required: what is archived cannot be required"),
        (TEXT | {"color": None}, "'color': STRING has no such field"),
        (TEXT | {"min": 1}, "'min': STRING has no such field"),
        (YES_NO | {"choices": [True]}, "'choices': BOOLEAN has no such field"),
        (YES_NO | {"allow_multiple": True}, "'allow_multiple': BOOLEAN has no such field"),
        (TEXT | {"choices": "ab"}, "expected an array, got str 'ab' at choices"),
        (TEXT | {"choices": ["a"]}, "choices: 2 to 64 of STRING, got 1"),
        (TEXT | {"choices": [str(n) for n in range(65)]}, "choices: 2 to 64 of STRING, got 65"),
        (WHOLE | {"choices": []}, "choices: 1 to 64 of INTEGER, got 0"),
        (TEXT | {"choices": ["a", "b", "a"]}, "choices: one is there twice"),
        (REAL | {"choices": [1, 1.0]}, "choices: one is there twice"),
        (TEXT | {"choices": ["a", 1]}, "choices[1]: expected a text without NUL, got 1"),
        (WHOLE | {"choices": [1, True]}, "choices[1]: expected an integer of 64 bits, got True"),
        (WHOLE | {"choices": [2**63]}, "choices[0]: expected an integer of 64 bits"),
        (REAL | {"choices": [float("inf")]}, "choices[0]: expected a number, got inf"),
        (WHOLE | {"choices": [1], "min": 0}, "choices: not together with min or max"),
        (TEXT | {"allow_multiple": True}, "allow_multiple: needs choices"),
        (WHOLE | {"min": 1.5}, "min: expected an integer of 64 bits, got 1.5"),
        (REAL | {"max": "1"}, "max: expected a number, got '1'"),
        (REAL | {"min": float("nan")}, "min: expected a number, got nan"),
        (WHOLE | {"min": 2, "max": 2}, "min: must be less than max, got 2 and 2"),
        (REAL | {"min": 2, "max": 1}, "min: must be less than max, got 2.0 and 1.0"),
    ],
)
def test_a_broken_rule_names_attribute_field_and_rule(configuration, said):
    with pytest.raises(BadRequestError) as caught:
        read(configuration)
    assert caught.value.message.startswith("attribute 'colour': ")
    assert said in caught.value.message
    assert caught.value.status == 400


def test_every_broken_rule_is_named():
    with pytest.raises(BadRequestError, match=r"display_name: .*; required: .*; choices: .*; min: "):
        read(
            WHOLE
            | {"display_name": "", "archived": True, "required": True, "choices": [], "min": 2, "max": 1}
        )


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0"])
def test_a_name_that_cannot_be_stored(name):
    with pytest.raises(BadRequestError, match="the name of the attribute"):
        read_configuration(name, TEXT, AttributeConfiguration)


class Kind(StrEnum):
    DATETIME = "DATETIME"


@attrs.frozen
class Other:
    """Any record of the fields will do."""

    input_type: Kind
    required: bool = False
    archived: bool = False
    display_name: str | None = None
    choices: list[Any] | None = None
    allow_multiple: bool | None = None
    min: Any = None
    max: Any = None


def test_date_times_have_an_offset_and_an_order():
    limits = {"min": "2026-01-01T01:00:00+02:00", "max": "2026-01-01T00:00:00Z"}
    found = read_configuration("when", {"input_type": "DATETIME", **limits}, Other, "key")
    check_value(found, "2026-01-01T00:30:00+01:00")
    for odd in ("2025-12-31T22:59:59Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:00", "soon", 5, None):
        with pytest.raises(ValueError, match=r"less than|greater than|expected a date-time with an offset"):
            check_value(found, odd)
    turned = {"min": limits["max"], "max": limits["min"]}
    with pytest.raises(BadRequestError, match="key 'when': min: must be less than max"):
        read_configuration("when", {"input_type": "DATETIME", **turned}, Other, "key")


@pytest.mark.parametrize(
    ("configuration", "allowed", "refused"),
    [
        (TEXT, ["", "x"], [1, None, ["x"], {}, "\0"]),
        (WHOLE, [0, -5, 2.0], [1.5, "1", True, None, [1], 1e300]),
        (WHOLE | {"min": 2, "max": 4}, [2, 3, 4], [1, 5]),
        (REAL, [0, 1.5, -1e300], ["1", False, None]),
        (REAL | {"min": 0.5}, [0.5, 7], [0.4]),
        (YES_NO, [True, False], [0, 1, "true", None]),
        (TEXT | {"choices": ["a", "b"]}, ["a"], ["c", ["a"], "A"]),
        (
            TEXT | {"choices": ["a", "b"], "allow_multiple": True},
            [[], ["b"], ["b", "a"]],
            ["a", ["a", "a"], ["c"]],
        ),
        (WHOLE | {"choices": [1, 2]}, [1, 2.0], [3, True]),
    ],
)
def test_values(configuration, allowed, refused):
    found = read(configuration)
    for value in allowed:
        check_value(found, value)
    for value in refused:
        with pytest.raises(ValueError):
            check_value(found, value)


SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["", "a", "b", "\0"])
FIELDS = {
    "required": st.booleans(),
    "archived": st.booleans(),
    "display_name": SCALARS,
    "choices": st.lists(SCALARS, max_size=3) | SCALARS,
    "allow_multiple": SCALARS,
    "min": SCALARS,
    "max": SCALARS,
}


@given(st.fixed_dictionaries({"input_type": st.sampled_from(AttributeType)}, optional=FIELDS))
def test_a_configuration_is_refused_or_can_be_read_again(configuration):
    found = None
    with suppress(BadRequestError):
        found = read(configuration)
    if found is not None:
        assert read(codec.dump(found)) == found
        for choice in found.choices or ():
            check_value(found, [choice] if found.allow_multiple else choice)


CONFIGURED = (
    '{"colour":{"input_type":"STRING","required":true,"choices":["red","green"]},'
    '"count":{"input_type":"INTEGER","required":false,"min":0}}'
)


@pytest.mark.parametrize(
    "values",
    [None, {"colour": "red"}, {"colour": "red", "count": None}, {"colour": "green", "free": [1, {}]}],
)
def test_attributes_that_fit(values):
    check_attributes(values, CONFIGURED, "rectangles[0].attributes")
    check_attributes(values, None, "rectangles[0].attributes")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "'colour': required"),
        ({"colour": None}, "'colour': required"),
        ({"colour": "blue"}, "'colour': 'blue' is none of the choices"),
        ({"colour": "red", "count": -1}, "'count': -1 is less than 0"),
    ],
)
def test_attributes_that_do_not_fit(values, said):
    with pytest.raises(BadRequestError) as caught:
        check_attributes(values, CONFIGURED, "rectangles[0].attributes")
    assert caught.value.message == f"rectangles[0].attributes: {said}"
    check_attributes(values, None, "rectangles[0].attributes")
