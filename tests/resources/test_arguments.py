from __future__ import annotations

from uuid import UUID

import pytest

import asyncsdk
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.tags import TagRecord
from asyncsdk.resources.arguments import as_ids, as_list, as_names, as_tag_names, check_count

ID = "0198c0de-0000-7000-8000-00000000000a"


def test_one_thing_or_several():
    assert as_list("text") == ["text"]
    assert as_list(b"bytes") == [b"bytes"]
    assert as_list(5) == [5]
    assert as_list(None) == [None]
    assert as_list(()) == []
    assert as_list(iter("ab")) == ["a", "b"]


def test_ids_are_canonical_and_each_once():
    assert as_ids(None) is None
    assert as_ids([]) == ()
    assert as_ids([ID, UUID(ID), ID.upper(), f"{{{ID}}}"]) == (ID,)
    assert as_ids(ID) == as_ids(UUID(ID)) == (ID,)
    for wrong in (["x"], [None], [5], "x", 5):
        with pytest.raises(InvalidArgumentError, match="not an id"):
            as_ids(wrong)


def test_names_are_texts_and_each_once():
    assert as_names(None, "filenames") is None
    assert as_names(["b", "a", "b"], "filenames") == ("b", "a")
    assert as_names("a", "filenames") == ("a",)
    with pytest.raises(InvalidArgumentError, match=r"filenames: None is not a text"):
        as_names([None], "filenames")


def test_tags_stand_for_their_names():
    tag = asyncsdk.Tag(None, TagRecord(ID, "night", asyncsdk.TagTarget.DATA))
    assert as_tag_names(None) is None
    assert as_tag_names([]) == []
    assert as_tag_names(tag) == ["night"]
    assert as_tag_names([tag, "day", "night"]) == ["night", "day"]
    for wrong in (5, [None], [tag, 5]):
        with pytest.raises(InvalidArgumentError, match="neither a tag nor the name of one"):
            as_tag_names(wrong)


def test_counts():
    assert check_count(None, "limit") is None
    assert check_count(0, "limit") == 0
    for wrong in (-1, True, 1.0, "1"):
        with pytest.raises(InvalidArgumentError, match="limit must be an integer of at least 0"):
            check_count(wrong, "limit")
    with pytest.raises(InvalidArgumentError, match="at least 1"):
        check_count(0, "page_size", least=1)
