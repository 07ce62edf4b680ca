"""For every format: what is written is read again, and of whatever is not, the loss report tells.

What each format holds of an object is written down here as a table, and held against any objects.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.formats.bounds import box_is_told
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileImage, FileObject, RunLengths
from asyncsdk.formats.voc_reading import read_voc
from asyncsdk.formats.voc_writing import write_voc
from asyncsdk.formats.yolo_config import YoloConfig, YoloTask
from asyncsdk.formats.yolo_reading import read_yolo
from asyncsdk.formats.yolo_writing import write_yolo

WIDTH, HEIGHT = 300, 200
CONFIG = YoloConfig(names=("car", "bus"), keypoint_shape=(2, 3))
DETECT, SEGMENT, POSE, OBB, CLASSIFY = YoloTask
NEAR = 1e-4  # YOLO files have ten digits

X, Y = st.integers(0, 2 * WIDTH).map(lambda n: n / 2), st.integers(0, 2 * HEIGHT).map(lambda n: n / 2)
POINTS = st.tuples(X, Y)
PARTS = st.lists(st.lists(POINTS, min_size=3, max_size=5, unique=True).map(tuple), min_size=1, max_size=3)


@st.composite
def boxes(draw):
    x, y = draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, HEIGHT - 1))
    return x, y, draw(st.integers(1, WIDTH - x)), draw(st.integers(1, HEIGHT - y))


@st.composite
def masks(draw):
    """Draw a mask of some whole columns."""
    first = draw(st.integers(0, WIDTH - 1))
    last = draw(st.integers(first + 1, WIDTH))
    counts = (first * HEIGHT, (last - first) * HEIGHT, (WIDTH - last) * HEIGHT)
    return RunLengths(HEIGHT, WIDTH, counts if last < WIDTH else counts[:2])


KEYPOINTS = st.lists(st.tuples(X, Y, st.sampled_from([0, 1, 2])), min_size=1, max_size=3)
OBJECTS = st.builds(
    FileObject,
    label=st.sampled_from(["car", "bus"]),
    box=st.none() | boxes(),
    parts=st.none() | PARTS.map(tuple),
    mask=st.none() | masks(),
    keypoints=st.none()
    | (KEYPOINTS | st.lists(st.tuples(X, Y, st.just(2)), min_size=2, max_size=2)).map(tuple),
    text=st.none() | st.just("t"),
    attributes=st.none() | st.just({"a": 1}),
    is_crowd=st.booleans(),
)


def around(points):
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def box_of(obj):
    """Return the box that an object says, else the one around its polygons, its mask, or its visible keypoints."""
    if obj.box:
        return obj.box
    if obj.parts:
        return around(chain.from_iterable(obj.parts))
    if obj.mask:
        before, inside = obj.mask.counts[:2]
        return before // HEIGHT, 0, inside // HEIGHT, HEIGHT
    seen = [(x, y) for x, y, visibility in obj.keypoints or () if visibility]
    return around(seen) if seen else None


def told(obj, *, but=()):
    """Return the rules for all that no file of boxes and polygons holds."""
    said = {
        "text": obj.text, "attributes": obj.attributes, "crowd": obj.is_crowd, "mask": obj.mask,
        "keypoints": obj.keypoints,
    }  # fmt: skip
    return [rule for rule, value in said.items() if value and rule not in but]


def without_place(found):
    return tuple(attrs.evolve(one, place="") for one in found)


# Pascal VOC


def held_by_voc(obj):
    rules = told(obj)
    several = obj.parts and len(obj.parts) > 1
    if several:
        rules += ["parts", *(["box"] if obj.box and not box_is_told(obj) else [])]
        return [FileObject(label=obj.label, box=around(part), parts=(part,)) for part in obj.parts], rules
    box = box_of(obj)
    if obj.keypoints and not box:
        return [], [*rules, "no-box"]
    return [FileObject(label=obj.label, box=box, parts=obj.parts)], rules


@given(st.lists(OBJECTS, max_size=4), st.booleans(), st.none() | st.just({"b": 2}))
def test_voc(objects, one_based, attributes):
    image = FileImage(name="a.jpg", width=WIDTH, height=HEIGHT, objects=tuple(objects), attributes=attributes)
    loss, more = LossReport(), LossReport()
    content = write_voc(image, "a.xml", loss, one_based=one_based)
    back = read_voc(content, "a.xml", more, one_based=one_based)
    held = [held_by_voc(obj) for obj in objects]
    assert without_place(back.objects) == tuple(chain.from_iterable(kept for kept, _ in held))
    rules = Counter(chain.from_iterable(rules for _, rules in held))
    assert loss.counts == rules + Counter(["attributes"] if attributes else [])
    assert len(more) == 0


# YOLO


def held_by_yolo(obj, task):
    """Return the objects that a file of the task gives back, and the rules of what is lost."""
    kept, rules = _HELD[task](obj)
    return kept, rules + told(obj, but=("keypoints",) if task is POSE else ())


def _boxes(obj):
    box = box_of(obj)
    rules = ["outline"] if obj.parts else []
    return ([FileObject(label=obj.label, box=box)], rules) if box else ([], [*rules, "no-box"])


def _polygons(obj):
    if not obj.parts:
        return [], ["no-polygon"]
    rules = ["box"] if obj.box and not box_is_told(obj) else []
    rules += ["parts"] if len(obj.parts) > 1 else []
    return [FileObject(label=obj.label, parts=(part,)) for part in obj.parts], rules


def _poses(obj):
    rules = ["outline"] if obj.parts else []
    if len(obj.keypoints or ()) != 2:
        return [], [*rules, "keypoints"]
    box = box_of(obj)
    if box is None:
        return [], [*rules, "no-box"]
    return [FileObject(label=obj.label, box=box, keypoints=obj.keypoints)], rules


def _corners(obj):
    if obj.parts:
        if len(obj.parts) > 1 or len(obj.parts[0]) != 4:
            return [], ["no-corners"]
        rules = ["box"] if obj.box and not box_is_told(obj) else []
        return [FileObject(label=obj.label, parts=obj.parts)], rules
    if not obj.box:
        return [], ["no-corners"]
    x, y, w, h = obj.box
    four = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    return [FileObject(label=obj.label, parts=(four,))], []


def _labels(obj):
    return [FileObject(label=obj.label)], ["outline"] if obj.box or obj.parts else []


_HELD = {DETECT: _boxes, SEGMENT: _polygons, POSE: _poses, OBB: _corners, CLASSIFY: _labels}


def numbers_of(obj):
    """Return an object as something that can be compared nearly."""
    points = (
        [] if obj.parts is None else [[number for point in part for number in point] for part in obj.parts]
    )
    return [
        obj.label,
        obj.box is None or pytest.approx(obj.box, abs=NEAR),
        [pytest.approx(part, abs=NEAR) for part in points],
        obj.keypoints is None or [pytest.approx(point, abs=NEAR) for point in obj.keypoints],
    ]


def plain(obj):
    """Return an object in the same form, exactly."""
    points = (
        [] if obj.parts is None else [[number for point in part for number in point] for part in obj.parts]
    )
    return [obj.label, obj.box is None or obj.box, points, obj.keypoints is None or list(obj.keypoints)]


@pytest.mark.parametrize("task", YoloTask)
@given(objects=st.lists(OBJECTS, max_size=4))
def test_yolo(task, objects):
    loss, more = LossReport(), LossReport()
    content = write_yolo(objects, "a.txt", CONFIG, task, WIDTH, HEIGHT, loss)
    back = read_yolo(content, "a.txt", CONFIG, task, WIDTH, HEIGHT, more)
    held = [held_by_yolo(obj, task) for obj in objects]
    wanted = list(chain.from_iterable(kept for kept, _ in held))
    assert [plain(found) for found in back] == [numbers_of(obj) for obj in wanted]
    assert loss.counts == Counter(chain.from_iterable(rules for _, rules in held))
    assert len(more) == 0
