"""Which shapes are equal, and how many of a label were added, removed or changed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.formats.shape_equality import label_differences, shape_key
from asyncsdk.records.differences import LabelDifference

BOX = {"x": 1, "y": 2, "w": 3, "h": 4}


@pytest.mark.parametrize(
    "other",
    [
        ("rectangle", BOX | {"id": "7", "label": "car", "area": 12.0}, None, None),
        ("rectangle", BOX | {"x": 1.0}, None, None),
        ("rectangle", dict(reversed(BOX.items())), "", {}),
        ("rectangle", BOX | {"text": "inside", "attributes": {"a": 1}}, None, None),
    ],
)
def test_what_makes_no_difference(other):
    assert shape_key(*other) == shape_key("rectangle", BOX, None, None)


@pytest.mark.parametrize(
    "other",
    [
        ("polygon", BOX, "t", {"a": 1}),
        ("rectangle", BOX | {"x": 2}, "t", {"a": 1}),
        ("rectangle", BOX | {"order": 0}, "t", {"a": 1}),
        ("rectangle", BOX, None, {"a": 1}),
        ("rectangle", BOX, "t", {"a": True}),
        ("rectangle", BOX, "t", {"a": "1"}),
        ("rectangle", BOX, "t", {"a": 1.5}),
        ("rectangle", BOX, "t", {"a": [1]}),
        ("rectangle", BOX, "t", {"a": 1, "b": None}),
    ],
)
def test_what_makes_a_difference(other):
    assert shape_key(*other) != shape_key("rectangle", BOX, "t", {"a": 1})


def test_numbers_and_keys_are_compared_at_any_depth():
    one = {"a": [{"b": 2.0, "c": 1e300}], "d": {"e": -0.0}}
    other = {"d": {"e": 0}, "a": [{"c": 1e300, "b": 2}]}
    assert shape_key("k", {}, None, one) == shape_key("k", {}, None, other)


SHAPES = st.lists(st.tuples(st.sampled_from(["car", "bus"]), st.sampled_from(["a", "b", "c"])))


@given(SHAPES, SHAPES)
def test_counts_take_one_version_to_the_other(this, other):
    balance = Counter(other)
    balance.subtract(Counter(this))
    found = {one.label: one for one in label_differences(balance)}
    for label in ("car", "bus"):
        mine = Counter(key for name, key in this if name == label)
        theirs = Counter(key for name, key in other if name == label)
        alike = (mine & theirs).total()
        one = found.get(label, LabelDifference(label=label))
        assert one.removed + one.changed == mine.total() - alike
        assert one.added + one.changed == theirs.total() - alike
        assert one.added == 0 or one.removed == 0
        assert (label in found) == (mine != theirs)
