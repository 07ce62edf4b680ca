from __future__ import annotations

import math

import pytest

from asyncsdk.formats.bounds import Thing, box_around, box_is_told, box_of, things
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.formats.rle import RunLengthsError

PARTS = (((1, 1), (5, 1), (5, 4)), ((8, 2), (9, 2), (9, 7)))
MASK = RunLengths(4, 5, (5, 2, 13))
HIDDEN = ((0, 0, 0), (0, 0, 0))


def thing(**facts):
    return FileObject(label="cat", **facts)


def test_what_an_object_says():
    assert things(thing()) == []
    assert things(thing(parts=(), keypoints=())) == []
    everything = thing(box=(0, 0, 1, 1), parts=PARTS, mask=MASK, keypoints=HIDDEN)
    assert things(everything) == list(Thing)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, None),
        ({"box": (1, 2, 3, 4), "parts": PARTS}, (1, 2, 3, 4)),
        ({"parts": PARTS, "mask": MASK}, (1, 1, 8, 6)),
        ({"mask": MASK, "keypoints": ((1, 2, 2),)}, (1, 1, 1, 2)),
        ({"mask": RunLengths(4, 5, (20,))}, None),
        ({"keypoints": ((9, 9, 0), (3, 4, 1), (1.5, 8, 2))}, (1.5, 4, 1.5, 4)),
    ],
)
def test_the_box_of_an_object(facts, wanted):
    assert box_of(thing(**facts)) == wanted


def test_k4_keypoints_with_no_visible_point_have_no_box():
    assert box_of(thing(keypoints=HIDDEN)) is None
    assert box_around(thing(keypoints=HIDDEN), Thing.KEYPOINTS) is None


def test_a_broken_mask_has_no_box():
    broken = thing(mask=RunLengths(4, 5, "?"), box=(0, 0, 1, 1))
    assert not box_is_told(broken)
    with pytest.raises(RunLengthsError):
        box_around(broken, Thing.MASK)


@pytest.mark.parametrize(
    ("box", "told"),
    [
        ((1, 1, 8, 6), True),
        ((0.2, 0.5, 9.3, 7.4), True),
        ((1, 1, 9, 7), True),
        ((1, 1, 9.1, 6), False),
        ((-0.1, 1, 9, 6), False),
        ((math.nan, 1, 8, 6), False),
    ],
)
def test_a_box_is_told_by_polygons_up_to_a_pixel(box, told):
    assert box_is_told(thing(box=box, parts=PARTS)) is told
    assert box_is_told(thing(box=box, parts=PARTS, keypoints=HIDDEN)) is told


def test_a_box_alone_is_not_told_by_anything():
    assert not box_is_told(thing(box=(0, 0, 0, 0)))
    assert not box_is_told(thing(parts=PARTS))
    assert not box_is_told(thing(box=(0, 0, 5, 5), keypoints=HIDDEN))
    assert box_is_told(thing(box=(1, 1, 1, 2), mask=MASK))
    assert box_is_told(thing(box=(3, 4, 5, 6), keypoints=((3, 4, 1), (8, 10, 2), (99, 99, 0))))


def test_a_box_around_hidden_keypoints_is_told_by_them():
    assert box_is_told(thing(box=(0, 0, 0, 0), keypoints=HIDDEN))
    assert box_is_told(thing(box=(3, 4, 5, 6), keypoints=((3, 4, 0), (8, 10, 0))))
