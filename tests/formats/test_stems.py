from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.formats.stems import clashing_stems, distinct_stems, stem_of

NAMES = st.lists(st.text(alphabet="ab./\\_", max_size=6), unique=True, max_size=12)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a.jpg", "a"),
        ("a.jpeg", "a"),
        ("a.tiff", "a"),
        ("a.webp", "a"),
        ("a.v2.JPEG", "a.v2"),
        ("photo", "photo"),
        (".hidden", ".hidden"),
        ("a.", "a"),
        ("x/y/a.png", "a"),
        ("x\\y\\a.png", "a"),
        ("x.d/a", "a"),
        ("../../etc/passwd.txt", "passwd"),
        ("", ""),
    ],
)
def test_y1_stems_of_any_extension(name, stem):
    assert stem_of(name) == stem


def test_y5_k8_clashing_names_are_found():
    names = ["a.png", "b.png", "x/a.jpg", "y/b", "c.png", "c.png"]
    assert clashing_stems(names) == {"a": ("a.png", "x/a.jpg"), "b": ("b.png", "y/b")}


def test_k8_names_that_share_a_stem_keep_their_extension():
    assert distinct_stems(["a.png", "a.jpg", "b.png"]) == {"a.png": "a.png", "a.jpg": "a.jpg", "b.png": "b"}


def test_k8_names_that_only_folders_tell_apart_keep_their_folders():
    assert distinct_stems(["x/a.png", "y/a.png"]) == {"x/a.png": "x_a.png", "y/a.png": "y_a.png"}


@given(NAMES)
def test_distinct_stems_are_distinct_flat_and_the_same_in_any_order(names):
    stems = distinct_stems(names)
    assert list(stems) == names
    assert len(set(stems.values())) == len(names)
    assert not any(mark in stem for stem in stems.values() for mark in "/\\")
    shuffled = random.Random(0).sample(names, len(names))
    assert distinct_stems(shuffled) == stems
