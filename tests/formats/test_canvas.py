from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.formats import rle
from asyncsdk.formats.canvas import Canvas, UnfitError
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import RunLengths

numbers = st.floats(-150, 250) | st.integers(-150, 250) | st.integers(-300, 500).map(lambda n: n / 2)
boxes = st.tuples(numbers, numbers, numbers, numbers)
polygons = st.lists(st.tuples(numbers, numbers), max_size=8)


def canvas(width=100, height=50, **facts):
    return Canvas(file="f.json", loss=LossReport(), width=width, height=height, **facts)


def told(board):
    return list(board.loss.counts)


# Boxes


@pytest.mark.parametrize(
    ("box", "fitted", "rules"),
    [
        ((1, 2, 3, 4), (1, 2, 3, 4), []),
        ((1.9, 2.9, 3.9, 4.9), (2, 3, 4, 5), []),
        ((0.5, 0.5, 0.6, 0.5), (1, 1, 1, 1), []),
        ((10, 10, 0.3, 5), (10, 10, 1, 5), ["box-too-small"]),
        ((99.9, 10, 0.1, 5), (99, 10, 1, 5), ["box-too-small"]),
        ((99.5, 49.5, 0.5, 0.5), (99, 49, 1, 1), []),
        ((0.5, 0, 99.5, 50), (1, 0, 99, 50), []),
        ((0, 0, 100.4, 50.3), (0, 0, 100, 50), []),
        ((-0.4, 0, 10, 50), (0, 0, 10, 50), []),
        ((-3, -4, 10, 20), (0, 0, 7, 16), ["box-cut"]),
        ((90, 40, 700, 700), (90, 40, 10, 10), ["box-cut"]),
        ((10, 20, -4, 5), (6, 20, 4, 5), ["box-inverted"]),
        ((10, 20, 4, -50), (10, 0, 4, 20), ["box-inverted", "box-cut"]),
    ],
)
def test_boxes(box, fitted, rules):
    board = canvas()
    assert board.rectangle(box, "here") == fitted
    assert told(board) == rules
    assert all(loss.place == "here" for loss in board.loss)


@pytest.mark.parametrize(
    ("box", "rule"),
    [
        ((math.nan, 0, 1, 1), "box-unusable"),
        ((0, 0, math.inf, 1), "box-unusable"),
        ((0, 0, 1e300, 1), "box-unusable"),
        ((0, 10**400, 1, 1), "box-unusable"),
        ((5, 5, 0, 9), "box-empty"),
        ((5, 5, 9, 0), "box-empty"),
        ((100, 0, 5, 5), "box-outside"),
        ((0, -5, 5, 5), "box-outside"),
    ],
)
def test_boxes_that_do_not_fit(box, rule):
    board = canvas()
    with pytest.raises(UnfitError) as caught:
        board.rectangle(box, "here")
    assert caught.value.rule == rule
    assert not board.loss


@given(boxes, st.sampled_from([(100, 50), (None, None), (0, 0), (200, None)]))
def test_boxes_stay_where_they_are_once_they_fit(box, size):
    board, again = canvas(*size), canvas(*size)
    try:
        fitted = board.rectangle(box, "")
    except UnfitError:
        return
    x, y, w, h = fitted
    assert min(x, y) >= 0 < min(w, h)
    assert x + w <= (board.width or math.inf)
    assert y + h <= (board.height or math.inf)
    assert again.rectangle(fitted, "") == fitted
    assert not again.loss
    if not board.loss:
        assert all(abs(old - new) <= 0.5 + 1e-6 for old, new in zip(box, fitted, strict=True))


def test_a_box_of_an_image_of_unknown_size_is_cut_at_its_left_and_top_only():
    board = canvas(None, None)
    assert board.rectangle((-5, 1000, 10, 9999), "") == (0, 1000, 5, 9999)
    assert told(board) == ["box-cut"]


# Polygons


@pytest.mark.parametrize(
    ("points", "fitted", "rules"),
    [
        ([(0.4, 0.5), (9, 0), (9, 9.5)], ((0, 1), (9, 0), (9, 10)), []),
        ([(0, 0), (9, 0), (9, 9), (0, 0)], ((0, 0), (9, 0), (9, 9)), []),
        ([(0, 0), (9, 0), (9, 9), (0.3, 0.2)], ((0, 0), (9, 0), (9, 9)), []),
        ([(0, 0), (100.3, 0), (50, 50.4)], ((0, 0), (100, 0), (50, 50)), []),
        ([(0, 0), (120, -7), (50, 50)], ((0, 0), (100, 0), (50, 50)), ["polygon-cut"]),
        ([(3, 3), (3.2, 3), (3.2, 3.4)], ((3, 3), (4, 3), (4, 4), (3, 4)), ["polygon-too-small"]),
        ([(99.8, 3), (100, 3), (100, 3.4)], ((99, 3), (100, 3), (100, 4), (99, 4)), ["polygon-too-small"]),
        ([(3, 3), (7, 3), (3, 3), (7, 3.4)], ((3, 3), (7, 3), (7, 4), (3, 4)), ["polygon-too-small"]),
        ([(100, 3), (100, 5), (100, 9)], ((100, 3), (100, 5), (100, 9)), []),
    ],
)
def test_polygons(points, fitted, rules):
    board = canvas()
    assert board.polygon(points, "here") == fitted
    assert told(board) == rules


@pytest.mark.parametrize(
    ("points", "rule"),
    [
        ([], "polygon-too-short"),
        ([(1, 1), (5, 5)], "polygon-too-short"),
        ([(1, 1), (5, 5), (1, 1)], "polygon-too-short"),
        ([(1, 1), (1, 1), (1, 1), (1, 1)], "polygon-too-short"),
        ([(1, 1), (math.nan, 5), (7, 7)], "polygon-unusable"),
        ([(1, 1), (5, -math.inf), (7, 7)], "polygon-unusable"),
        ([(100, 0), (110, 0), (110, 9)], "polygon-outside"),
        ([(5, -9), (9, -9), (9, -3)], "polygon-outside"),
        ([(-9, 5), (0, 5), (0, 9)], "polygon-outside"),
    ],
)
def test_polygons_that_do_not_fit(points, rule):
    for use in (lambda board: board.polygon(points, ""), lambda board: board.outline(points)):
        board = canvas()
        with pytest.raises(UnfitError) as caught:
            use(board)
        assert caught.value.rule == rule
        assert not board.loss


@given(polygons, st.sampled_from([(100, 50), (None, None), (3, 2), (200, None)]))
def test_polygons_stay_where_they_are_once_they_fit(points, size):
    board, again = canvas(*size), canvas(*size)
    try:
        fitted = board.polygon(points, "")
    except UnfitError:
        return
    assert len(set(fitted)) >= 3
    assert all(
        0 <= x <= (board.width or math.inf) and 0 <= y <= (board.height or math.inf) for x, y in fitted
    )
    assert all(isinstance(number, int) for point in fitted for number in point)
    assert again.polygon(fitted, "") == fitted
    assert not again.loss
    if not board.loss:
        assert len(fitted) <= len(points)
        moves = zip(points, fitted, strict=False)
        assert all(abs(a - b) <= 0.5 + 1e-6 for old, new in moves for a, b in zip(old, new, strict=True))


def test_outlines_keep_their_numbers():
    assert canvas().outline([(0.25, 0.5), (999.125, 0), (9, 9), (0.25, 0.5)]) == (
        (0.25, 0.5),
        (999.125, 0),
        (9, 9),
    )


# Keypoints


def test_keypoints_keep_their_numbers():
    board = canvas(vertices={"person": 3})
    points = ((5, 6, 2), (7.5, 9.25, 1), (0, 0, 0))
    assert board.keypoints(points, "person", "here") == points
    assert not board.loss


@pytest.mark.parametrize(
    ("points", "fitted", "rule"),
    [
        ([(-0.1, 6, 2)], ((0, 6, 2),), "keypoints-cut"),
        ([(5, 51, 2)], ((5, 50, 2),), "keypoints-cut"),
        ([(5, 6, 7)], ((5, 6, 2),), "keypoints-visibility"),
        ([(5, 6, -1)], ((5, 6, 0),), "keypoints-visibility"),
    ],
)
def test_keypoints_that_are_changed(points, fitted, rule):
    board = canvas()
    assert board.keypoints(points, "person", "here") == fitted
    assert told(board) == [rule]
    assert board.keypoints(fitted, "person", "here") == fitted
    assert len(board.loss) == 1


@pytest.mark.parametrize(
    ("points", "rule"),
    [([(1, 2, 2)], "keypoints-count"), ([(1, 2, 2), (math.nan, 0, 0)], "keypoints-unusable")],
)
def test_keypoints_that_do_not_fit(points, rule):
    with pytest.raises(UnfitError) as caught:
        canvas(vertices={"person": 2}).keypoints(points, "person", "")
    assert caught.value.rule == rule


# Masks


def test_masks_are_compressed():
    board = canvas(3, 2)
    assert board.mask(RunLengths(2, 3, (1, 3, 2))) == RunLengths(2, 3, "132")
    assert board.mask(RunLengths(2, 3, "132")) == RunLengths(2, 3, "132")
    assert canvas(None, None).mask(RunLengths(2, 3, "132")) == RunLengths(2, 3, "132")


@pytest.mark.parametrize(
    ("mask", "rule"),
    [
        (RunLengths(3, 2, "132"), "mask-size"),
        (RunLengths(2, 4, "134"), "mask-size"),
        (RunLengths(2, 3, "13"), "mask-unusable"),
        (RunLengths(2, 3, "?!"), "mask-unusable"),
        (RunLengths(2, 3, (6,)), "mask-empty"),
    ],
)
def test_masks_that_do_not_fit(mask, rule):
    with pytest.raises(UnfitError) as caught:
        canvas(3, 2).mask(mask)
    assert caught.value.rule == rule


def test_polygons_become_a_mask():
    parts = [[(0, 0), (1, 0), (1, 2), (0, 2)], [(2, 0), (3, 0), (3, 1), (2, 1)]]
    assert canvas(3, 2).mask_of_polygons(parts) == rle.compressed(RunLengths(2, 3, (0, 2, 2, 1, 1)))


@pytest.mark.parametrize(
    ("size", "points", "rule"),
    [
        ((None, 5), [(0, 0), (3, 0), (3, 3)], "mask-size-unknown"),
        ((5, None), [(0, 0), (3, 0), (3, 3)], "mask-size-unknown"),
        ((5, 5), [(1, 1), (1.2, 1), (1.2, 1.1)], "mask-empty"),
        ((10**6, 10**6), [(0, 0), (3, 0), (3, 3)], "mask-unusable"),
    ],
)
def test_polygons_that_become_no_mask(size, points, rule):
    with pytest.raises(UnfitError) as caught:
        canvas(*size).mask_of_polygons([points])
    assert caught.value.rule == rule
