from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.formats import geometry

numbers = st.floats(-1000, 1000) | st.integers(-1000, 1000) | st.integers(-2000, 2000).map(lambda n: n / 2)
polygons = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12)
whole_polygons = st.lists(st.tuples(*[st.integers(-50, 50)] * 2), min_size=3, max_size=9)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0, 0), (0.5, 1), (1.5, 2), (2.5, 3), (-0.5, -1), (-2.5, -3), (0.49999999999999994, 0),
        (-0.2, 0), (7, 7), (2**53 - 1.0, 2**53 - 1), (1.9, 2), (639.4999, 639),
    ],
)  # fmt: skip
def test_c5_pixels_are_rounded_half_away_from_zero(value, wanted):
    assert geometry.pixel(value) == wanted
    assert isinstance(geometry.pixel(value), int)


@given(numbers)
def test_rounding_moves_a_number_by_half_a_pixel_at_most(value):
    assert abs(geometry.pixel(value) - value) <= 0.5
    assert geometry.pixel(-value) == -geometry.pixel(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, 10**400, -(2**28) - 1])
def test_numbers_that_no_image_has_are_not_usable(value):
    assert not geometry.usable([1, value, 2])
    assert geometry.usable([1, -(2**28), 2.5])


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ([], 0), ([(3, 4)], 0), ([(0, 0), (5, 5)], 0),
        ([(0, 0), (90, 0), (90, 40)], 1800), ([(90, 40), (90, 0), (0, 0)], 1800),
        ([(-5, -5), (-3, -5), (-3, -3)], 2), ([(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)], 4),
    ],
)  # fmt: skip
def test_area_of_a_polygon(points, wanted):
    assert geometry.area(points) == wanted


@given(whole_polygons, st.integers(-50, 50), st.integers(0, 8))
def test_area_stays_when_a_polygon_is_moved_turned_or_reversed(points, offset, turn):
    wanted = geometry.area(points)
    assert wanted >= 0
    assert geometry.area([(x + offset, y - offset) for x, y in points]) == wanted
    assert geometry.area(points[turn:] + points[:turn]) == wanted
    assert geometry.area(points[::-1]) == wanted


def test_k6_bounding_boxes_are_right_for_negative_coordinates():
    assert geometry.bounding_box([(-5, -5), (-3, -5), (-3, -3)]) == (-5, -5, 2, 2)
    assert geometry.bounding_box([(7, 8)]) == (7, 8, 0, 0)


@given(whole_polygons)
def test_a_bounding_box_holds_all_points_and_no_smaller_one_does(points):
    x, y, w, h = geometry.bounding_box(points)
    assert {min(px for px, _ in points), max(px for px, _ in points)} == {x, x + w}
    assert {min(py for _, py in points), max(py for _, py in points)} == {y, y + h}
    assert geometry.bounding_box(geometry.corners((x, y, w, h))) == (x, y, w, h)


@given(polygons)
def test_flat_numbers_become_points(points):
    assert geometry.pairs([number for point in points for number in point]) == tuple(points)


def test_an_odd_list_of_numbers_is_refused():
    with pytest.raises(ValueError, match="3 numbers are not pairs"):
        geometry.pairs([1, 2, 3])


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        ((), ()), (((1, 1),), ((1, 1),)), (((1, 1), (1, 1)), ((1, 1),)),
        (((0, 0), (1, 0), (1, 1), (0, 0)), ((0, 0), (1, 0), (1, 1))),
        (((0, 0), (1, 0), (1, 1), (0, 0.0), (0, 0)), ((0, 0), (1, 0), (1, 1))),
        (((0, 0), (1, 0), (0, 0), (1, 1)), ((0, 0), (1, 0), (0, 0), (1, 1))),
    ],
)  # fmt: skip
def test_a_closing_point_is_left_out(points, wanted):
    assert geometry.without_closing_point(points) == wanted


@pytest.mark.parametrize(
    ("value", "largest", "wanted"), [(-1, 5, 0), (3.5, 5, 3.5), (9, 5, 5), (9, None, 9), (-9, None, 0)]
)
def test_clamp(value, largest, wanted):
    assert geometry.clamp(value, largest) == wanted


@pytest.mark.parametrize(
    ("box", "wanted"),
    [
        ((1, 2, 3, 4), (1, 2, 3, 4)),
        ((-2, -3, 5, 5), (0, 0, 3, 2)),
        ((95, 45, 10, 10), (95, 45, 5, 5)),
        ((-5, -5, 500, 500), (0, 0, 100, 50)),
        ((100, 0, 1, 1), None), ((-1, 0, 1, 1), None), ((0, 50, 9, 9), None), ((3, -9, 9, 9), None),
        ((0.1, 0, 2.5, 1e-20), (0.1, 0, 2.5, 1e-20)),
    ],
)  # fmt: skip
def test_boxes_are_cut_to_an_image(box, wanted):
    assert geometry.cut_box(box, 100, 50) == wanted


def test_without_a_size_only_what_is_negative_is_cut():
    assert geometry.cut_box((-2, 900, 5, 5), None, None) == (0, 900, 3, 5)
    assert geometry.cut_box((-2, 900, 2, 5), None, None) is None


@given(st.tuples(numbers, numbers, st.floats(0.01, 500), st.floats(0.01, 500)))
def test_a_cut_box_lies_within_the_box_and_the_image(box):
    cut = geometry.cut_box(box, 300, 200)
    if cut is None:
        return
    x, y, w, h = cut
    assert w > 0 < h
    assert max(0, box[0]) == x
    assert max(0, box[1]) == y
    assert x + w == pytest.approx(min(300, box[0] + box[2]))
    assert y + h == pytest.approx(min(200, box[1] + box[3]))
