from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.records.packed_texts import PackedPaths, PackedTexts
from asyncsdk.records.reports import TransferReport

TEXTS = st.text(max_size=8) | st.text(st.sampled_from("a\ud800é漢\0\n/"), max_size=8)
PARTS = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=6)
PATHS = st.builds(Path, st.lists(PARTS, max_size=4).map("/".join))


def packed(kind, items):
    sequence = kind()
    for item in items:
        sequence.append(item)
    return sequence


@given(st.lists(TEXTS), st.slices(6))
def test_texts_are_as_their_tuple(texts, part):
    assert_like_tuple(packed(PackedTexts, texts), tuple(texts), part)


@given(st.lists(PATHS), st.slices(6))
def test_paths_are_as_their_tuple(paths, part):
    assert_like_tuple(packed(PackedPaths, paths), tuple(paths), part)


def assert_like_tuple(sequence, items, part):
    assert len(sequence) == len(items)
    assert bool(sequence) == bool(items)
    assert tuple(sequence) == items
    assert tuple(reversed(sequence)) == items[::-1]
    assert [sequence[index] for index in range(-len(items), len(items))] == [*items, *items]
    assert sequence[part] == items[part]
    assert sequence == items
    assert items == sequence
    assert sequence == packed(type(sequence), items)
    assert sequence != (*items, None)
    assert sequence != list(items)
    assert hash(sequence) == hash(items)
    assert repr(sequence) == repr(items)
    assert sequence + items == items + sequence == sequence + sequence == (*items, *items)
    assert pickle.loads(pickle.dumps(sequence)) == copy.deepcopy(sequence) == items
    assert all(item in sequence for item in items)
    assert None not in sequence


def test_places_outside_are_refused():
    paths = packed(PackedPaths, [Path("a")])
    for index in (1, -2):
        with pytest.raises(IndexError):
            paths[index]


def test_paths_differ_by_folder_and_by_name():
    paths = packed(PackedPaths, [Path("/a/x"), Path("b/x"), Path("x"), Path("/x"), Path("/a/y"), Path("/")])
    assert paths == (Path("/a/x"), Path("b/x"), Path("x"), Path("/x"), Path("/a/y"), Path("/"))
    assert paths != tuple(Path("x") for _ in paths)


def test_a_report_of_packed_paths_is_as_one_of_tuples():
    paths = [Path("out", f"{number}.jpg") for number in range(3)]
    one, other = (
        TransferReport(downloaded=made(paths), skipped=made(()), failed=(), bytes=3)
        for made in (lambda found: packed(PackedPaths, found), tuple)
    )
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)
    assert str(one) == "3 done, 0 skipped, 0 failed, 3 bytes"
