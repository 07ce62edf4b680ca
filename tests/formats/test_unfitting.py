from __future__ import annotations

import pytest

from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.formats.unfitting import object_of, objects_of
from asyncsdk.records.shapes import (
    ClassificationShape,
    KeypointsShape,
    LineShape,
    MaskShape,
    PointShape,
    PolygonShape,
    RectangleShape,
)

LEFT = ((0, 0), (9, 0), (9, 9))
RIGHT = ((20, 0), (29, 0), (29, 9))
SAID = {"label": "cat", "text": "AB", "attributes": {"dirty": True}}


def canvas(width=640, height=480):
    return Canvas(file="out.json", loss=LossReport(), width=width, height=height)


def part(points, instance=1, **facts):
    return PolygonShape(polygon=points, instance=instance, **{**SAID, **facts})


@pytest.mark.parametrize(
    ("shape", "facts"),
    [
        (ClassificationShape(**SAID), {}),
        (RectangleShape(x=1, y=2, w=3, h=4, **SAID), {"box": (1, 2, 3, 4)}),
        (PolygonShape(polygon=LEFT, **SAID), {"parts": (LEFT,)}),
        (KeypointsShape(keypoints=((1.5, 2, 2),), **SAID), {"keypoints": ((1.5, 2, 2),)}),
        (MaskShape(mask="132", **SAID), {"mask": RunLengths(480, 640, "132")}),
    ],
)
def test_the_object_of_a_shape(shape, facts):
    board = canvas()
    assert object_of(shape, board, "here") == FileObject(place="here", **SAID, **facts)
    assert not board.loss


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        (LineShape(line=((0, 0), (4, 4)), **SAID), "line-dropped"),
        (PointShape(point=(1, 2), **SAID), "point-dropped"),
    ],
)
def test_k1_lines_and_points_are_told(shape, rule):
    board = canvas()
    assert objects_of([shape], board, "asset 7") == ()
    assert [(loss.place, loss.rule) for loss in board.loss] == [("asset 7, shape 1", rule)]


@pytest.mark.parametrize("size", [(None, None), (640, None), (0, 480)])
def test_k1_a_mask_wants_the_size_of_its_image(size):
    board = canvas(*size)
    assert object_of(MaskShape(mask="132", **SAID), board) is None
    assert list(board.loss.counts) == ["mask-size-unknown"]


def test_c6_polygons_of_one_instance_are_one_object():
    board = canvas()
    alone = PolygonShape(polygon=LEFT, **SAID)
    objects = objects_of([part(LEFT), alone, part(LEFT, 2), part(RIGHT), alone, part(RIGHT, 2)], board)
    assert [obj.parts for obj in objects] == [(LEFT, RIGHT), (LEFT,), (LEFT, RIGHT), (LEFT,)]
    assert not board.loss


@pytest.mark.parametrize(
    "other", [{"label": "dog"}, {"text": None}, {"attributes": None}, {"attributes": {}}]
)
def test_parts_that_say_different_things_are_objects_of_their_own(other):
    board = canvas()
    objects = objects_of([part(LEFT), part(RIGHT, **other), part(LEFT)], board)
    assert [obj.parts for obj in objects] == [(LEFT, LEFT), (RIGHT,)]
    assert list(board.loss.counts) == ["instance-split"]
