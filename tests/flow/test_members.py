"""Names for the files of a folder that has one file for each asset."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.flow.members import member_stems
from asyncsdk.flow.names import safe_name


def stems(*names):
    found = member_stems({str(number): name for number, name in enumerate(names)})
    return [found[str(number)] for number in range(len(names))]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["a.png", "b.jpeg", "c.tar.gz"], ["a", "b", "c.tar"]),
        (["a.png", "a.jpg", "b.png"], ["a.png", "a.jpg", "b"]),
        (["A.png", "a.jpg"], ["A.png", "a.jpg"]),
        (["x/a.png", "y/a.png", "y/b.png"], ["x_a.png", "y_a.png", "b"]),
        (["x\\a.png", "y/a.png"], ["x_a.png", "y_a.png"]),
        (["a.png", "a.png", "a.png"], ["0_a.png", "1_a.png", "2_a.png"]),
        (["a.png.png", "a.png", "a.jpg"], ["a.png", "1_a.png", "a.jpg"]),
        (["../../etc/passwd", "con.txt", "..", "", "a|b.png", "a\nb.png"], None),
        (["e\u0301.png", "\u00e9.png"], ["0_e\u0301.png", "1_\u00e9.png"]),
    ],
)
def test_each_asset_has_a_name_of_its_own(names, wanted):
    found = stems(*names)
    assert wanted is None or found == wanted
    assert len({one.casefold() for one in found}) == len(names)


@given(st.lists(st.text(max_size=8) | st.sampled_from(["a.png", "a.jpg", "A.PNG", "x/a.png", "x_a.png"])))
def test_names_are_legal_distinct_and_independent_of_the_order(names):
    given_names = {f"id-{number}": name for number, name in enumerate(names)}
    found = member_stems(given_names)
    assert set(found) == set(given_names)
    folded = {unicodedata.normalize("NFC", one.casefold()) for one in found.values()}
    assert len(folded) == len(names)
    assert all(safe_name(f"{one}.txt", windows=True) == f"{one}.txt" for one in found.values())
    assert member_stems(dict(reversed(given_names.items()))) == found


def test_long_names_keep_room_for_an_extension():
    [one, two] = stems("é" * 300 + ".png", "é" * 301 + ".png")
    assert one != two
    assert all(len(f".{stem}.json.part".encode()) <= 255 for stem in (one, two))
