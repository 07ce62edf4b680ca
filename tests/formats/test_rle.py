from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from asyncsdk.formats import rle
from asyncsdk.formats.objects import RunLengths
from asyncsdk.formats.rle import RunLengthsError

sizes = st.integers(1, 12)


@st.composite
def bitmaps(draw, height=None, width=None):
    height, width = height or draw(sizes), width or draw(sizes)
    bits = draw(st.lists(st.booleans() | st.just(False), min_size=height * width, max_size=height * width))
    return np.array(bits, dtype=np.uint8).reshape(height, width)


@st.composite
def same_sized(draw):
    height, width = draw(sizes), draw(sizes)
    return draw(st.lists(bitmaps(height, width), min_size=1, max_size=4))


def theirs(bitmap):
    """Encode a bitmap with the COCO API."""
    return coco.encode(np.asfortranarray(bitmap))


def ours(found):
    """Return a mask of the COCO API as ours."""
    return RunLengths(*found["size"], found["counts"].decode())


def bits_of(mask):
    """Return the pixels of plain counts as a bitmap."""
    column_by_column = [index % 2 for index, count in enumerate(rle.plain(mask).counts) for _ in range(count)]
    return np.array(column_by_column, dtype=np.uint8).reshape(mask.width, mask.height).T


@given(bitmaps())
def test_text_and_numbers_are_those_of_the_coco_api(bitmap):
    text = ours(theirs(bitmap))
    numbers = rle.plain(text)
    assert (bits_of(numbers) == bitmap).all()
    assert rle.compressed(numbers) == text
    assert rle.compressed(text) == text
    assert rle.plain(numbers) == numbers


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=40))
def test_long_runs_are_written_as_the_coco_api_writes_them(counts):
    width = sum(counts) or 1
    mask = RunLengths(1, width, (*counts, width - sum(counts)))
    clean = rle.plain(mask)
    wanted = coco.frPyObjects({"size": [1, width], "counts": list(clean.counts)}, 1, width)["counts"].decode()
    assert rle.compressed(mask).counts == wanted
    assert rle.plain(RunLengths(1, width, wanted)) == clean


@given(bitmaps())
def test_area_and_box_are_those_of_the_coco_api(bitmap):
    found = theirs(bitmap)
    assert rle.area(ours(found)) == coco.area(found) == bitmap.sum()
    assert rle.bounding_box(ours(found)) == tuple(coco.toBbox(found))


@given(same_sized())
def test_a_union_is_that_of_the_coco_api(maps):
    wanted = ours(coco.merge([theirs(bitmap) for bitmap in maps]))
    assert rle.compressed(rle.union([ours(theirs(bitmap)) for bitmap in maps])) == wanted


def test_an_example_of_the_format():
    mask = RunLengths(2, 3, (1, 3, 2))
    assert rle.compressed(mask).counts == "132"
    assert rle.area(mask) == 3
    assert rle.bounding_box(mask) == (0, 0, 2, 2)


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ((3, 0, 3), (6,)), ((0, 0, 6), (6,)), ((0, 6), (0, 6)), ((2, 1, 0, 3), (2, 4)), ((6, 0), (6,)),
        ((0, 0, 0, 4, 2, 0, 0), (0, 4, 2)),
    ],
)  # fmt: skip
def test_runs_that_no_pixel_parts_are_one(counts, wanted):
    assert rle.plain(RunLengths(2, 3, counts)).counts == wanted


def test_the_box_of_a_run_over_several_columns_is_as_high_as_the_image():
    assert rle.bounding_box(RunLengths(4, 3, (3, 2, 7))) == (0, 0, 2, 4)
    assert rle.bounding_box(RunLengths(4, 3, (12,))) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("height", "width", "counts", "rule"),
    [
        (0, 3, (0,), "size 0 x 3"),
        (3, -1, (0,), "size 3 x -1"),
        (2**16, 2**16, (2**32,), "is not between 1 and 4294967295"),
        (10**30, 10**30, "0", "is not between"),
        (2, 3, (), "leave out 6 of 6"),
        (2, 3, "", "leave out 6 of 6"),
        (2, 3, (1, 3), "leave out 2 of 6"),
        (2, 3, (1, 6), "count 1 is 6, but 5 pixels are left"),
        (2, 3, (1, -3, 8), "count 1 is -3"),
        (2, 3, "1 2", "character 1 of the counts is ' '"),
        (2, 3, "1p", "character 1 of the counts is 'p'"),
        (2, 3, "1é2", "none of the format"),
        (2, 3, "13R", "end within a number"),
        (2, 3, "o" * 1_000_000, "ends at character 7 of the counts is too large"),
        (2, 3, "O", "count 0 is -1"),
        (2, 3, "0" * 50_000, "leave out 6 of 6"),
    ],
)
def test_broken_run_lengths_are_refused(height, width, counts, rule):
    mask = RunLengths(height, width, counts)
    for use in (rle.plain, rle.compressed, rle.area, rle.bounding_box, lambda mask: rle.union([mask])):
        with pytest.raises(RunLengthsError, match=rule):
            use(mask)


def test_a_union_wants_masks_of_one_size():
    with pytest.raises(RunLengthsError, match="one size"):
        rle.union([RunLengths(2, 3, (6,)), RunLengths(3, 2, (6,))])
    with pytest.raises(RunLengthsError, match="one size"):
        rle.union([])


@given(st.text(alphabet=[chr(code) for code in range(46, 114)], max_size=12), sizes, sizes)
def test_any_text_is_a_mask_or_is_refused(text, height, width):
    try:
        counts = rle.plain(RunLengths(height, width, text)).counts
    except RunLengthsError:
        return
    assert sum(counts) == height * width
    assert all(counts[1:])
