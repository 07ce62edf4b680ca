"""Configurations of the keys of custom metadata."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.enums import MetadataType
from asyncsdk.errors import BadRequestError
from asyncsdk.records import codec
from asyncsdk.records.custom_metadata import MetadataKey
from asyncsdk.server.services.configuration_rules import (
    check_configured_name,
    read_configuration,
)
from asyncsdk.wire.attributes import read_value

NOON, LATER = "2024-05-01T12:00:00+00:00", "2024-05-01T14:30:00+02:00"
MOST = [str(number) for number in range(64)]


def read_key(name, configuration):
    return read_configuration(name, configuration, MetadataKey, "key")


def check_key_name(name):
    check_configured_name(name, "key")
    return name


@pytest.mark.parametrize(
    ("configuration", "stored"),
    [
        ({"input_type": "STRING"}, {}),
        ({"input_type": "BOOLEAN", "required": True}, {"required": True}),
        ({"input_type": "STRING", "archived": True, "display_name": "x" * 256}, None),
        ({"input_type": "STRING", "choices": ["", "b"], "allow_multiple": True}, None),
        ({"input_type": "STRING", "choices": MOST, "allow_multiple": False}, None),
        ({"input_type": "STRING", "choices": None, "allow_multiple": None, "display_name": None}, {}),
        ({"input_type": "INTEGER", "choices": [3.0]}, {"choices": [3]}),
        ({"input_type": "INTEGER", "min": -(2**63), "max": 2**63 - 1}, None),
        ({"input_type": "FLOAT", "min": 1}, {"min": 1.0}),
        ({"input_type": "FLOAT", "choices": [1, 2.5]}, {"choices": [1.0, 2.5]}),
        ({"input_type": "DATETIME", "min": NOON, "max": LATER}, None),
        ({"input_type": "DATETIME", "choices": ["2024-05-01T12:00Z"]}, {"choices": [NOON]}),
    ],
)
def test_what_is_stored_has_the_documented_fields_only(configuration, stored):
    given_fields = {name: value for name, value in configuration.items() if value is not None}
    if stored is None:
        stored = given_fields
    expected = {"required": False, "archived": False} | {"input_type": given_fields["input_type"]} | stored
    key = read_key("k", configuration)
    assert orjson.loads(codec.encode(key)) == expected
    assert codec.decode(codec.encode(key), MetadataKey) == key
    assert read_key("k", orjson.loads(codec.encode(key))) == key


@pytest.mark.parametrize(
    ("configuration", "fault"),
    [
        ({}, "required field missing: 'input_type'"),
        ({"input_type": "string"}, "expected one of STRING, INTEGER, FLOAT, DATETIME, BOOLEAN.*input_type"),
        ({"input_type": "STRING", "required": 1}, "expected true or false.*required"),
        ({"input_type": "STRING", "unit": "m"}, "'unit': STRING has no such field"),
        ({"input_type": "STRING", "unit": None}, "'unit': STRING has no such field"),
        ({"input_type": "STRING", "min": 1}, "'min': STRING has no such field"),
        ({"input_type": "BOOLEAN", "choices": [True]}, "'choices': BOOLEAN has no such field"),
        ({"input_type": "BOOLEAN", "allow_multiple": False}, "'allow_multiple': BOOLEAN has no such field"),
        ({"input_type": "BOOLEAN", "max": 1}, "'max': BOOLEAN has no such field"),
        ({"input_type": "STRING", "display_name": ""}, "display_name: 1 to 256 characters, got 0"),
        ({"input_type": "STRING", "display_name": "x" * 257}, "display_name: 1 to 256 characters, got 257"),
        ({"input_type": "STRING", "display_name": "\0"}, "display_name: character"),
        ({"input_type": "STRING", "archived": True, "required": True}, "required: what is archived"),
        ({"input_type": "STRING", "allow_multiple": True}, "allow_multiple: needs choices"),
        ({"input_type": "STRING", "choices": ["a"]}, "choices: 2 to 64 of STRING, got 1"),
        ({"input_type": "STRING", "choices": [*MOST, "x"]}, "choices: 2 to 64 of STRING, got 65"),
        ({"input_type": "INTEGER", "choices": []}, "choices: 1 to 64 of INTEGER, got 0"),
        ({"input_type": "STRING", "choices": ["a", "a"]}, "choices: one is there twice"),
        ({"input_type": "FLOAT", "choices": [1, 1.0]}, "choices: one is there twice"),
        (
            {"input_type": "DATETIME", "choices": [NOON, "2024-05-01T14:00+02:00"]},
            "choices: one is there twice",
        ),
        ({"input_type": "STRING", "choices": ["a", 1]}, r"choices\[\d\]: expected a text.*got 1"),
        ({"input_type": "STRING", "choices": ["a", "\0"]}, r"choices\[\d\]: expected a text"),
        ({"input_type": "STRING", "choices": "ab"}, "expected an array"),
        ({"input_type": "INTEGER", "choices": [True]}, r"choices\[\d\]: expected an integer.*got True"),
        ({"input_type": "INTEGER", "choices": [None]}, r"choices\[\d\]: expected an integer.*got None"),
        ({"input_type": "INTEGER", "min": 1.5}, "min: expected an integer"),
        ({"input_type": "INTEGER", "max": 2**63}, "max: expected an integer"),
        ({"input_type": "FLOAT", "max": 10**400}, "max: expected a number"),
        ({"input_type": "FLOAT", "max": "1"}, "max: expected a number, got '1'"),
        ({"input_type": "FLOAT", "choices": [1], "max": 2}, "choices: not together with min or max"),
        ({"input_type": "INTEGER", "min": 2, "max": 2}, "min: must be less than max, got 2 and 2"),
        ({"input_type": "DATETIME", "min": LATER, "max": NOON}, "min: must be less than max"),
        (
            {"input_type": "DATETIME", "min": "2024-05-01T12:00:00"},
            "min: expected a date-time with an offset",
        ),
        ({"input_type": "DATETIME", "min": "1900-01-01T00:00:00+00:16:08"}, "min: expected a date-time"),
        ({"input_type": "DATETIME", "max": "tomorrow"}, "max: expected a date-time.*got 'tomorrow'"),
        ({"input_type": "DATETIME", "max": 5}, "max: expected a date-time.*got 5"),
    ],
)
def test_a_broken_rule_is_named_with_key_and_field(configuration, fault):
    with pytest.raises(BadRequestError, match=f"key 'a/b': .*{fault}") as raised:
        read_key("a/b", configuration)
    assert raised.value.status == 400


@pytest.mark.parametrize("name", ["a/b", "%2F", " ", ".", "..", "é🐦", "a\nb", "{k}", "x" * 255])
def test_a_key_is_any_text(name):
    assert check_key_name(name) is name


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0b", "\ud800"])
def test_a_key_must_be_fit_to_be_stored(name):
    with pytest.raises(BadRequestError, match="the key"):
        check_key_name(name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
DAY = timedelta(hours=23, minutes=59)
ZONES = st.timedeltas(-DAY, DAY).map(lambda delta: timezone(timedelta(seconds=delta // timedelta(seconds=1))))
MOMENTS = st.datetimes(timezones=ZONES | st.just(UTC)).map(datetime.isoformat)
VALUES = st.integers() | st.floats() | st.text(max_size=5) | MOMENTS | JSON
CONFIGURATIONS = st.fixed_dictionaries(
    {"input_type": st.sampled_from([*MetadataType, "OTHER"])},
    optional={
        "required": st.booleans() | JSON,
        "archived": st.booleans(),
        "display_name": st.text() | JSON,
        "choices": st.lists(VALUES, max_size=66) | JSON,
        "allow_multiple": st.booleans(),
        "min": VALUES,
        "max": VALUES,
        "more": JSON,
    },
)


@given(CONFIGURATIONS)
def test_a_configuration_is_refused_clearly_or_keeps_every_rule(configuration):
    try:
        key = read_key("k", configuration)
    except BadRequestError:
        return
    assert codec.decode(codec.encode(key), MetadataKey) == key
    assert "more" not in configuration
    assert not (key.archived and key.required)
    assert key.display_name is None or 1 <= len(key.display_name) <= 256
    assert key.min is None or key.max is None or key.min < key.max
    if key.choices is None:
        assert not key.allow_multiple
    else:
        assert (2 if key.input_type is MetadataType.STRING else 1) <= len(key.choices) <= 64
        assert len(set(key.choices)) == len(key.choices)
        assert key.min is key.max is None
    for value in (*(key.choices or ()), key.min, key.max):
        assert value is None or read_value(key.input_type, value) == value


SPECIAL = st.sampled_from([float("nan"), float("inf"), -float("inf"), 2**70, 10**400, True, "", "\0", NOON])


@given(st.sampled_from(list(MetadataType)), SPECIAL | VALUES)
def test_a_value_is_of_one_type_only(kind, value):
    kinds = {
        MetadataType.STRING: str,
        MetadataType.INTEGER: int,
        MetadataType.FLOAT: float,
        MetadataType.DATETIME: datetime,
        MetadataType.BOOLEAN: bool,
    }
    try:
        found = read_value(kind, value)
    except ValueError:
        return
    assert type(found) is kinds[kind]
    assert orjson.loads(orjson.dumps(found)) is not None
