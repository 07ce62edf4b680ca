"""Texts in queries are only texts: hostile names and keys, compared with what Python says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.wire.query.builder import equals, one_of, quote

FoundAmong: TypeAlias = Callable[..., list[int]]

# Signs of SQL, LIKE, GLOB and JSON; letters whose folding is special; the ends of the code point ranges.
SPECIAL = "aAbB%_*?[]\"'\\.$;\n\t \u00df\u017f\u0130\u0131\u212a\ufb01\ud7ff\ue000\U0010ffff\U0010fffe"
hostile = st.text(
    st.sampled_from(SPECIAL) | st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
)


def fits(stored: str, operator: str, value: str) -> bool:
    match operator:
        case "=":
            return stored == value
        case "<":
            return stored < value
        case ">=":
            return stored >= value
        case "~":
            return value.casefold() in stored.casefold()
        case "startswith":
            return stored.startswith(value)
        case _:
            return stored.endswith(value)


@given(
    names=st.lists(hostile, min_size=1, max_size=4),
    extra=hostile,
    operator=st.sampled_from(["=", "<", ">=", "~", "startswith", "endswith"]),
    pick=st.data(),
)
def test_texts_compare_as_in_python(
    found_among: FoundAmong, names: list[str], extra: str, operator: str, pick: st.DataObject
):
    stored = [*names, names[0] + extra, extra + names[0], names[0].swapcase()]
    value = pick.draw(st.sampled_from(stored) | hostile)
    expected = [seq for seq, name in enumerate(stored) if fits(name, operator, value)]
    assert found_among(stored, f"filename {operator} {quote(value)}") == expected
    below = f"metadata.{quote(value)} {operator} {quote(value)}"
    assert found_among(stored, below, metadata=lambda name: {value: name}) == expected


@pytest.mark.parametrize("prefix", ["\ud7ff", "\U0010ffff", "a\U0010ffff", "\U0010ffff" * 2])
def test_prefixes_at_the_ends_of_the_code_points(found_among: FoundAmong, prefix: str):
    names = [prefix, f"{prefix}\U0010ffff", "a", "b", "\ue000", "\uffff", "\U00010000"]
    assert found_among(names, f"filename startswith {quote(prefix)}") == [0, 1]


@given(key=hostile, others=st.lists(hostile))
def test_a_quoted_key_finds_its_value_only(found_among: FoundAmong, key: str, others: list[str]):
    keys = [key, *(other for other in others if other != key)]
    query = f"custom_metadata.outer.{quote(key)} = 1"
    assert found_among(keys, query, custom_metadata=lambda name: {"outer": {name: 1}}) == [0]


@given(names=st.lists(hostile, min_size=1, max_size=4, unique=True))
def test_a_quoted_name_finds_its_object_only(found_among: FoundAmong, names: list[str]):
    for seq, name in enumerate(names):
        assert found_among(names, equals("filename", name)) == [seq]
    assert found_among(names, one_of("filename", names[1:])) == list(range(1, len(names)))
