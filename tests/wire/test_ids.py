"""Ids in their one form."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.wire.ids import canonical_id


@settings(deadline=None)
@given(st.uuids())
def test_every_way_to_write_an_id_gives_the_same_text(value):
    text = str(value)
    for written in (value, text, text.upper(), value.hex, f"{{{text}}}", value.urn, text.replace("-", "", 1)):
        assert canonical_id(written) == text


@pytest.mark.parametrize(
    "text", ["", "x", "0" * 31, "0" * 33, "00000000-0000-0000-0000-00000000000g", f"{'0' * 32}\n"]
)
def test_what_is_no_id_is_refused(text):
    with pytest.raises(InvalidArgumentError, match="expected a UUID"):
        canonical_id(text)
