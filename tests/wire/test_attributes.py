"""Values of attributes against their configurations, in both halves; `check_value` is tested with its rules."""

from __future__ import annotations

import pytest

from asyncsdk.records.attributes import AttributeConfiguration
from asyncsdk.wire.attributes import fault_of

CONFIGURED = {
    "dirty": AttributeConfiguration(input_type="boolean", required=True),
    "age": AttributeConfiguration(input_type="integer", min=0),
}


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"dirty": True}, None),
        ({"dirty": False, "age": 3, "free": {"a": 1}}, None),
        ({"dirty": True, "age": None}, None),
        ({}, "'dirty': required"),
        ({"dirty": None}, "'dirty': required"),
        ({"dirty": 1}, "'dirty': expected true or false, got 1"),
        ({"dirty": True, "age": -1}, "'age': -1 is less than 0"),
    ],
)
def test_the_first_fault_is_told(values, fault):
    assert fault_of(values, CONFIGURED) == fault
    assert fault_of(values, {}) is None
