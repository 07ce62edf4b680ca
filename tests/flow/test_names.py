from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asyncsdk.flow.names import NameBook, safe_name

HOSTILE = st.text(st.sampled_from("./\\: ab~\x00\x1fé漢\ud800conCON1.jpg\u2028")) | st.text(max_size=400)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("cat.jpg", "cat.jpg"),
        ("my cat (2).tar.gz", "my cat (2).tar.gz"),
        ("chât 漢字.png", "chât 漢字.png"),
        ("../../x", "_.._x"),
        ("/etc/passwd", "_etc_passwd"),
        ("a/b\\c", "a_b_c"),
        ("C:\\x.jpg", "C__x.jpg"),
        ("c:x.jpg", "c_x.jpg"),
        ("a\x00b\nc\x7f", "a_b_c_"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.jpg", "_com1.jpg"),
        ("LPT² .x", "_LPT² .x"),
        ("console.log", "console.log"),
        (" ..hidden. ", "hidden"),
        ("", "unnamed"),
        ("...", "unnamed"),
        (".", "unnamed"),
        ("\ud800", "_"),
    ],
)
def test_table_of_names(name, safe):
    assert safe_name(name, windows=False) == safe


def test_windows_forbids_more():
    assert safe_name('2024-01-01T10:00 "a"?.jpg', windows=True) == "2024-01-01T10_00 _a__.jpg"
    assert safe_name("2024-01-01T10:00.jpg", windows=False) == "2024-01-01T10:00.jpg"


@given(HOSTILE)
@example("a" * 250 + ".jpg" + "b" * 60)
@example("漢" * 200 + ".jpeg")
@example("x" + " " * 300 + "y")
def test_a_safe_name_stays_in_its_folder(name):
    safe = safe_name(name)
    folder = Path("folder")
    path = folder / safe
    assert os.path.normpath(path) == str(path)
    assert path.parent == folder
    assert 0 < len(safe.encode()) <= 255
    assert not any(unicodedata.category(char) == "Cc" for char in safe)
    assert safe.strip(" .") == safe
    assert safe_name(safe) == safe


def test_long_names_keep_their_extension_and_differ():
    one, two = safe_name("a" * 300 + "1.jpeg"), safe_name("a" * 300 + "2.jpeg")
    assert one != two
    assert one.endswith(".jpeg")
    assert safe_name("a" * 300 + "1.jpeg") == one


@given(
    st.lists(
        st.tuples(
            st.uuids().map(str),
            st.sampled_from(["a.jpg", "A.JPG", "á.jpg", "a\u0301.jpg", "x/y", "x_y"]) | HOSTILE,
        ),
        unique_by=lambda pair: pair[0],
    )
)
def test_all_items_get_names_of_their_own(items):
    first, again = NameBook(), NameBook()
    names = [first.claim(*item) for item in items]
    folded = {unicodedata.normalize("NFC", name.casefold()) for name in names}
    assert len(folded) == len(items)
    assert all(len(name.encode()) <= 255 for name in names)
    assert [again.claim(*item) for item in items] == names

    saved = NameBook.loads(first.dumps())
    assert [saved.claim(*item) for item in reversed(items)] == names[::-1]
    assert len(json.loads(first.dumps())) >= len(items)


def test_an_item_keeps_its_name_within_and_across_runs():
    old, new = str(uuid4()), str(uuid4())
    book = NameBook()
    assert book.claim(old, "cat.jpg") == "cat.jpg"
    assert book.claim(old, "cat.jpg") == "cat.jpg"

    later = NameBook.loads(book.dumps())
    assert later.claim(new, "cat.jpg") == f"cat-{new[-12:]}.jpg"
    assert later.claim(old, "cat.jpg") == "cat.jpg"


def test_a_name_that_looks_like_a_marked_one_is_kept_apart():
    one, two, three = "x" * 12 + "1", "x" * 12 + "2", "y-" + "x" * 10 + "2"
    book = NameBook()
    names = [
        book.claim(three, f"cat-{two[-12:]}.jpg"),
        book.claim(one, "cat.jpg"),
        book.claim(two, "cat.jpg"),
    ]
    assert len(set(names)) == 3


def test_even_a_crowded_folder_has_room():
    taken = dict.fromkeys(["cat.jpg", "cat-1.jpg"], "other")
    name = NameBook(taken).claim("1", "cat.jpg")
    assert name not in taken
    assert name.endswith(".jpg")
    assert NameBook(taken).claim("1", "cat.jpg") == name


@pytest.mark.parametrize("data", [b"", b"[]", b'{"a": 1}', b"\xff"])
def test_a_damaged_book_is_empty(data):
    assert NameBook.loads(data).claim("1", "a") == "a"
