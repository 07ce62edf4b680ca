from __future__ import annotations

import json

import pytest

from asyncsdk import enums
from asyncsdk.enums import DataType, InferenceType, StorageKind, TagTarget, Target, choose
from asyncsdk.errors import InvalidArgumentError

KINDS = [kind for name in enums.__all__ if isinstance(kind := getattr(enums, name), type)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_is_found_in_any_case(kind):
    for member in kind:
        assert choose(kind, member) is member
        assert choose(kind, member.value.lower()) is member
        assert choose(kind, member.value.upper()) is member
        assert choose(kind, member.value.title()) is member


@pytest.mark.parametrize("value", ["", "CAT", "IMAGE ", "DataType.IMAGE", None, 3, b"IMAGE", ["IMAGE"]])
def test_others_are_refused_with_the_choices(value):
    with pytest.raises(InvalidArgumentError, match="is not a DataType; choose one of IMAGE, VIDEO"):
        choose(DataType, value)


def test_a_member_of_another_kind_counts_by_its_name():
    assert choose(TagTarget, "data") is TagTarget.DATA
    with pytest.raises(InvalidArgumentError):
        choose(DataType, InferenceType.POINT)


def test_members_travel_as_their_value():
    assert json.dumps([DataType.IMAGE]) == '["IMAGE"]'
    assert str(InferenceType.OBJECT_DETECTION) == "OBJECT_DETECTION"
    assert Target is TagTarget
    assert [kind.value for kind in StorageKind] == ["aws", "minio", "google", "azure"]
