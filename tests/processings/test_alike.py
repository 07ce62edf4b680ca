"""Groups of images that look alike, against comparing every two."""

from __future__ import annotations

from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.processings.alike import MOST_THRESHOLD, LookIndex
from asyncsdk.processings.looks import BITS, Look, distance

GREY = (128, 128, 128)


@st.composite
def crowds(draw):
    """Looks that lie near a few centres."""
    centres = draw(st.lists(st.integers(0, 2**BITS - 1), min_size=1, max_size=4))
    flips = st.lists(st.integers(0, BITS - 1), max_size=12)
    one = st.tuples(st.sampled_from(centres), flips)
    made = []
    for centre, bits in draw(st.lists(one, max_size=30)):
        made.append(Look(reduce(lambda hashed, bit: hashed ^ 1 << bit, bits, centre), GREY, 1))
    return made


@settings(deadline=None)
@given(crowds(), st.integers(0, MOST_THRESHOLD))
def test_each_look_joins_the_nearest_first_one_within_the_threshold(looks, threshold):
    index, firsts = LookIndex(threshold), []
    for look in looks:
        number = index.place(look)
        near = [(distance(look, first), place) for place, first in enumerate(firsts)]
        if near and min(near)[0] <= threshold:
            assert number == min(near)[1]
        else:
            assert number == len(firsts)
            firsts.append(look)


def test_colours_keep_surfaces_apart():
    index = LookIndex(6)
    assert [index.place(Look(0, colour, 1)) for colour in (GREY, (9, 9, 9), GREY)] == [0, 1, 0]
