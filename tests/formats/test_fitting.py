from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from asyncsdk.enums import InferenceType
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.formats import geometry, rle
from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.fitting import fit, fit_all
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.formats.unfitting import objects_of
from asyncsdk.records.shapes import (
    ClassificationShape,
    KeypointsShape,
    MaskShape,
    PolygonShape,
    RectangleShape,
)

DETECTION = InferenceType.OBJECT_DETECTION
SEGMENTATION = InferenceType.SEGMENTATION
MASK = InferenceType.MASK
KEYPOINT = InferenceType.KEYPOINT
CLASSIFICATION = InferenceType.CLASSIFICATION
MULTI = InferenceType.MULTI
TYPES = [one for one in InferenceType if one is not InferenceType.NOT_CONFIGURED]

WIDTH, HEIGHT = 20, 12
BOX = (1, 2, 8, 6)
PART = ((1, 2), (9, 2), (9, 8))
OTHER = ((11, 2), (15, 2), (15, 8))
KEYPOINTS = ((1.5, 2, 2), (9, 8.25, 1), (0, 0, 0))
RUNS = RunLengths(HEIGHT, WIDTH, (14, 6, 6, 6, 208))  # two columns: the box 1, 2, 2, 6
TEXT = rle.compressed(RUNS).counts


def canvas(width=WIDTH, height=HEIGHT, **facts):
    return Canvas(file="f.json", loss=LossReport(), width=width, height=height, **facts)


def thing(**facts):
    return FileObject(label="cat", place="annotations[3]", **facts)


def fitted(inference_type, board=None, **facts):
    """Return shapes and the rules that the report names."""
    board = board or canvas()
    shapes = fit(thing(**facts), inference_type, board)
    assert all(loss.place.startswith("annotations[3]") for loss in board.loss)
    return shapes, list(board.loss.counts)


def rectangle(*numbers, **facts):
    x, y, w, h = numbers
    return RectangleShape(label="cat", x=x, y=y, w=w, h=h, **facts)


def polygon(points, **facts):
    return PolygonShape(label="cat", polygon=points, **facts)


# What each type keeps


@pytest.mark.parametrize(
    ("facts", "shape", "rules"),
    [
        ({"box": BOX}, rectangle(*BOX), []),
        ({"box": BOX, "parts": (PART,)}, rectangle(*BOX), ["polygons-dropped"]),
        ({"box": BOX, "mask": RUNS}, rectangle(*BOX), ["mask-dropped"]),
        ({"box": BOX, "keypoints": KEYPOINTS}, rectangle(*BOX), ["keypoints-dropped"]),
        ({"box": BOX, "is_crowd": True}, rectangle(*BOX), ["crowd-dropped"]),
        ({"parts": (PART, OTHER)}, rectangle(1, 2, 14, 6), ["box-derived"]),
        ({"parts": (PART, ((0, 0),))}, rectangle(*BOX), ["polygon-too-short", "box-derived"]),
        ({"mask": RUNS}, rectangle(1, 2, 2, 6), ["box-derived"]),
        ({"keypoints": KEYPOINTS}, rectangle(2, 2, 8, 6), ["box-derived"]),
        ({"box": (0, 0, 0, 0), "parts": (PART,)}, rectangle(*BOX), ["box-empty", "box-derived"]),
        (
            {"parts": (PART,), "mask": RUNS, "keypoints": KEYPOINTS},
            rectangle(*BOX),
            ["box-derived", "mask-dropped", "keypoints-dropped"],
        ),
    ],
)
def test_object_detection(facts, shape, rules):
    assert fitted(DETECTION, **facts) == ((shape,), rules)


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({}, ["label-dropped"]),
        ({"box": (0, 0, 0, 0)}, ["box-empty"]),
        ({"box": (float("nan"), 0, 1, 1)}, ["box-unusable"]),
        ({"box": (50, 0, 1, 1)}, ["box-outside"]),
        ({"parts": (((0, 0), (1, 1)),)}, ["polygon-too-short"]),
        ({"mask": RunLengths(HEIGHT, WIDTH, "?")}, ["mask-unusable"]),
        ({"mask": RunLengths(5, 5, (25,))}, ["mask-size"]),
        ({"keypoints": ((0, 0, 0), (0, 0, 0))}, ["keypoints-hidden"]),
        ({"box": (50, 0, 1, 1), "is_crowd": True}, ["box-outside"]),
    ],
)
def test_object_detection_of_nothing_with_a_place(facts, rules):
    assert fitted(DETECTION, **facts) == ((), rules)


@pytest.mark.parametrize(
    ("facts", "shapes", "rules"),
    [
        ({"parts": (PART,)}, (polygon(PART),), []),
        ({"parts": (PART,), "box": BOX}, (polygon(PART),), []),
        ({"parts": (PART,), "box": (0, 0, 20, 12)}, (polygon(PART),), ["box-dropped"]),
        ({"parts": (PART, OTHER)}, (polygon(PART, instance=7), polygon(OTHER, instance=7)), []),
        ({"parts": (PART, ((1, 1), (2, 2)))}, (polygon(PART),), ["polygon-too-short"]),
        ({"parts": (PART,), "keypoints": KEYPOINTS}, (polygon(PART),), ["keypoints-dropped"]),
        ({"parts": (PART,), "mask": RUNS}, (polygon(PART),), ["mask-dropped"]),
        ({"box": BOX}, (polygon(((1, 2), (9, 2), (9, 8), (1, 8))),), ["polygon-from-box"]),
        (
            {"box": BOX, "parts": (((1, 1), (2, 2)),)},
            (polygon(((1, 2), (9, 2), (9, 8), (1, 8))),),
            ["polygon-too-short", "polygon-from-box"],
        ),
        ({}, (), ["label-dropped"]),
        ({"keypoints": KEYPOINTS}, (), ["keypoints-dropped"]),
        ({"mask": RUNS}, (), ["mask-dropped"]),
    ],
)
def test_segmentation(facts, shapes, rules):
    board = canvas()
    assert fit(thing(**facts), SEGMENTATION, board, instance=7) == shapes
    assert list(board.loss.counts) == rules


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({"mask": RUNS}, []),
        ({"mask": rle.compressed(RUNS), "box": (1, 2, 2, 6)}, []),
        ({"mask": RUNS, "parts": (PART,)}, ["polygons-dropped"]),
        ({"parts": (((1, 2), (3, 2), (3, 8), (1, 8)),)}, ["mask-from-polygons"]),
        (
            {"parts": (((1, 2), (2, 2), (2, 8), (1, 8)), ((2, 2), (3, 2), (3, 8), (2, 8)))},
            ["mask-from-polygons"],
        ),
        ({"box": (1, 2, 2, 6)}, ["mask-from-box"]),
        ({"mask": RunLengths(3, 3, "!"), "box": (1, 2, 2, 6)}, ["mask-size", "mask-from-box"]),
        ({"mask": RUNS, "is_crowd": True}, ["crowd-dropped"]),
    ],
)
def test_mask(facts, rules):
    assert fitted(MASK, **facts) == ((MaskShape(label="cat", mask=TEXT),), rules)


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({}, ["label-dropped"]),
        ({"keypoints": KEYPOINTS}, ["keypoints-dropped"]),
        ({"mask": RunLengths(HEIGHT, WIDTH + 1, (1, HEIGHT * (WIDTH + 1) - 1))}, ["mask-size"]),
        ({"mask": RunLengths(HEIGHT, WIDTH, (HEIGHT * WIDTH,))}, ["mask-empty"]),
        ({"mask": RunLengths(HEIGHT, WIDTH, (1, 2))}, ["mask-unusable"]),
        ({"parts": (((1, 1), (1.1, 1), (1.1, 1.1)),)}, ["mask-empty"]),
    ],
)
def test_mask_of_nothing_that_has_one(facts, rules):
    assert fitted(MASK, **facts) == ((), rules)


def test_polygons_become_a_mask_only_where_the_size_is_known():
    assert fitted(MASK, canvas(None, None), parts=(PART,)) == ((), ["mask-size-unknown"])
    assert fitted(MASK, canvas(None, None), mask=RUNS) == ((MaskShape(label="cat", mask=TEXT),), [])


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({}, []),
        ({"box": (1.5, 2, 7.5, 6.25)}, []),
        ({"box": (0, 0, 20, 12)}, ["box-dropped"]),
        ({"box": BOX, "parts": (PART,)}, ["polygons-dropped"]),
    ],
)
def test_keypoint(facts, rules):
    shape = KeypointsShape(label="cat", keypoints=KEYPOINTS)
    assert fitted(KEYPOINT, keypoints=KEYPOINTS, **facts) == ((shape,), rules)


def test_keypoint_of_objects_without_them():
    assert fitted(KEYPOINT, box=BOX) == ((), ["box-dropped"])
    assert fitted(KEYPOINT) == ((), ["label-dropped"])


def test_c1_keypoints_of_a_wrong_length_are_told():
    board = canvas(vertices={"cat": 17})
    assert fitted(KEYPOINT, board, keypoints=KEYPOINTS) == ((), ["keypoints-count"])
    assert "3 keypoints, but the skeleton of 'cat' has 17 vertices" in str(board.loss)


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        ({}, []),
        ({"box": BOX}, ["box-dropped"]),
        ({"box": BOX, "parts": (PART,)}, ["polygons-dropped"]),
        ({"mask": RUNS, "keypoints": KEYPOINTS}, ["mask-dropped", "keypoints-dropped"]),
    ],
)
def test_classification(facts, rules):
    assert fitted(CLASSIFICATION, **facts) == ((ClassificationShape(label="cat"),), rules)


@pytest.mark.parametrize(
    ("facts", "shapes", "rules"),
    [
        ({}, (ClassificationShape(label="cat"),), []),
        ({"box": BOX}, (rectangle(*BOX),), []),
        ({"parts": (PART,), "box": BOX}, (polygon(PART),), []),
        ({"parts": (PART, OTHER)}, (polygon(PART, instance=1), polygon(OTHER, instance=1)), []),
        ({"mask": RUNS}, (MaskShape(label="cat", mask=TEXT),), []),
        ({"mask": RUNS, "box": (1, 2, 2, 6)}, (MaskShape(label="cat", mask=TEXT),), []),
        ({"keypoints": KEYPOINTS}, (KeypointsShape(label="cat", keypoints=KEYPOINTS),), []),
        (
            {"keypoints": KEYPOINTS, "box": (0, 0, 20, 12)},
            (KeypointsShape(label="cat", keypoints=KEYPOINTS), rectangle(0, 0, 20, 12)),
            ["object-split"],
        ),
        (
            {"parts": (PART,), "mask": RUNS, "keypoints": KEYPOINTS, "box": BOX},
            (
                polygon(PART),
                MaskShape(label="cat", mask=TEXT),
                KeypointsShape(label="cat", keypoints=KEYPOINTS),
            ),
            ["object-split"],
        ),
        (
            {"parts": (PART,), "box": (0, 0, 20, 12)},
            (polygon(PART), rectangle(0, 0, 20, 12)),
            ["object-split"],
        ),
        ({"parts": (((1, 2), (9, 8)),), "box": BOX}, (rectangle(*BOX),), ["polygon-too-short"]),
        ({"parts": (PART,), "box": (0, 0, 0, 0)}, (polygon(PART),), ["box-empty"]),
        ({"box": (0, 0, 0, 0)}, (), ["box-empty"]),
    ],
)
def test_multi(facts, shapes, rules):
    assert fitted(MULTI, **facts) == (shapes, rules)


@pytest.mark.parametrize("inference_type", TYPES)
def test_an_object_whose_shape_cannot_be_read_is_no_label_of_the_whole_image(inference_type):
    label = ClassificationShape(label="cat")
    wanted = ((label,), []) if inference_type is CLASSIFICATION else ((), ["label-dropped"])
    assert fitted(inference_type, is_unreadable=True) == wanted


@pytest.mark.parametrize("inference_type", [InferenceType.POINT, InferenceType.LINE])
def test_points_and_lines_come_from_no_file(inference_type):
    assert fitted(inference_type) == ((), ["label-dropped"])
    assert fitted(inference_type, box=BOX) == ((), ["box-dropped"])
    assert fitted(inference_type, box=BOX, parts=(PART,)) == ((), ["polygons-dropped"])


def test_a_type_that_is_not_configured_is_refused():
    with pytest.raises(InvalidArgumentError, match="set its type first"):
        fit(thing(box=BOX), InferenceType.NOT_CONFIGURED, canvas())


@pytest.mark.parametrize("inference_type", TYPES)
def test_c7_text_and_attributes_stay_with_every_shape(inference_type):
    facts = {"text": "AB-123", "attributes": {"dirty": True}}
    shapes, _ = fitted(inference_type, box=BOX, parts=(PART, OTHER), mask=RUNS, keypoints=KEYPOINTS, **facts)
    assert shapes or inference_type in {InferenceType.POINT, InferenceType.LINE}
    assert all((shape.text, shape.attributes) == ("AB-123", {"dirty": True}) for shape in shapes)


# The faults of the published client


def test_c1_a_crowd_is_told_and_leaves_no_shape_where_no_mask_is_held():
    board = canvas()
    crowd = {"mask": RUNS, "box": (1, 2, 2, 6), "is_crowd": True}
    assert fitted(SEGMENTATION, board, **crowd) == ((), ["mask-dropped"])
    [loss] = board.loss
    assert str(loss) == (
        "f.json: annotations[3]: dropped (mask-dropped): SEGMENTATION holds no mask for this object"
    )


def test_c1_masks_of_polygons_and_of_plain_counts_are_masks():
    assert fitted(MASK, mask=RUNS)[0][0].mask == TEXT
    assert fitted(MASK, parts=(PART,))[0][0].mask


def test_c2_an_object_without_polygons_does_not_end_the_import():
    assert fitted(SEGMENTATION, parts=(), box=BOX, keypoints=KEYPOINTS) == (
        (polygon(((1, 2), (9, 2), (9, 8), (1, 8))),),
        ["polygon-from-box", "keypoints-dropped"],
    )
    assert fitted(SEGMENTATION, parts=()) == ((), ["label-dropped"])


def test_c3_boxes_are_derived_from_polygons():
    assert fitted(DETECTION, parts=(PART,)) == ((rectangle(*BOX),), ["box-derived"])
    assert fitted(DETECTION) == ((), ["label-dropped"])


def test_c5_numbers_are_rounded():
    assert fitted(DETECTION, box=(1.9, 2.9, 3.9, 4.9)) == ((rectangle(2, 3, 4, 5),), [])
    assert fitted(DETECTION, box=(1, 1, 0.6, 0.6)) == ((rectangle(1, 1, 1, 1),), [])


def test_c6_polygons_of_one_object_have_one_instance_and_each_object_its_own():
    objects = [
        thing(parts=(PART, OTHER)),
        thing(parts=(PART,)),
        thing(parts=(OTHER, ((0, 0),))),
        thing(parts=(OTHER, PART)),
    ]
    shapes = fit_all(objects, SEGMENTATION, canvas())
    assert [shape.instance for shape in shapes] == [1, 1, None, None, 2, 2]
    assert [len(obj.parts) for obj in objects_of(shapes, canvas())] == [2, 1, 1, 2]


def test_c7_the_mark_of_a_crowd_is_told_where_its_object_is_kept():
    assert fitted(MASK, mask=RUNS, is_crowd=True)[1] == ["crowd-dropped"]
    assert fitted(DETECTION, box=BOX, is_crowd=True)[1] == ["crowd-dropped"]


def test_each_polygon_that_is_left_out_is_told_with_its_number():
    board = canvas()
    fit(thing(parts=(PART, ((1, 1),), OTHER, ((99, 99), (100, 99), (100, 100)))), SEGMENTATION, board)
    assert [(loss.place, loss.rule) for loss in board.loss] == [
        ("annotations[3], polygon 2", "polygon-too-short"),
        ("annotations[3], polygon 4", "polygon-outside"),
    ]


# For any object


numbers = (
    st.floats(-10, 30) | st.integers(-5, 25) | st.integers(-10, 50).map(lambda n: n / 2) | st.floats(width=32)
)
inside = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT))
points = st.tuples(numbers, numbers) | inside
parts = st.lists(st.lists(points, max_size=6).map(tuple), max_size=3).map(tuple)
bits = st.lists(st.booleans(), min_size=WIDTH * HEIGHT, max_size=WIDTH * HEIGHT)
masks = (
    bits.map(lambda flags: np.array(flags, dtype=np.uint8).reshape(HEIGHT, WIDTH, order="F"))
    .map(coco.encode)
    .map(lambda found: RunLengths(*found["size"], found["counts"].decode()))
    | st.lists(st.integers(0, 200), max_size=4).map(lambda counts: RunLengths(HEIGHT, WIDTH, tuple(counts)))
    | st.just(RUNS)
)
file_objects = st.builds(
    FileObject,
    label=st.sampled_from(["cat", "dog"]),
    box=st.none() | st.tuples(numbers, numbers, numbers, numbers),
    parts=st.none() | parts,
    mask=st.none() | masks,
    keypoints=st.none() | st.lists(st.tuples(numbers, numbers, st.integers(-1, 3)), max_size=3).map(tuple),
    text=st.none() | st.just("text"),
    attributes=st.none() | st.just({"dirty": [True, None]}),
    is_crowd=st.booleans(),
    place=st.just("here"),
)
boards = st.sampled_from([(WIDTH, HEIGHT), (None, None)])


@settings(max_examples=400)
@given(st.lists(file_objects, max_size=4), st.sampled_from(TYPES), boards)
def test_what_fits_once_fits_again_without_loss(objects, inference_type, size):
    shapes = fit_all(objects, inference_type, canvas(*size))
    board = canvas(WIDTH, HEIGHT)
    if size == (None, None):
        board = canvas(10**6, 10**6)
        shapes = tuple(shape for shape in shapes if not isinstance(shape, MaskShape))
    again = objects_of(shapes, board)
    assert not board.loss
    if all(number <= 10**6 for shape in shapes for number in numbers_of(shape)):
        assert fit_all(again, inference_type, board) == shapes
        assert not board.loss


def numbers_of(shape):
    """Return the numbers that say where a shape is."""
    if isinstance(shape, RectangleShape):
        return [shape.x, shape.y, shape.x + shape.w, shape.y + shape.h]
    places = getattr(shape, "polygon", getattr(shape, "keypoints", ()))
    return [number for place in places for number in place]


@given(file_objects, st.sampled_from(TYPES))
def test_every_shape_lies_on_the_image(obj, inference_type):
    for shape in fit(obj, inference_type, canvas()):
        assert all(0 <= number <= max(WIDTH, HEIGHT) for number in numbers_of(shape))
        if isinstance(shape, MaskShape):
            assert rle.area(RunLengths(HEIGHT, WIDTH, shape.mask))


@given(file_objects, st.sampled_from(TYPES))
def test_an_object_gives_shapes_or_a_word_in_the_report(obj, inference_type):
    board = canvas()
    assert fit(obj, inference_type, board) or board.loss


@given(file_objects)
def test_multi_tells_of_nothing_dropped_but_what_is_not_sound(obj):
    board = canvas()
    fit(obj, MULTI, board)
    assert not any(rule in board.loss.counts for rule in ("box-dropped", "polygons-dropped", "mask-dropped"))


@given(st.lists(inside, min_size=3, max_size=8))
def test_polygons_on_the_image_move_by_half_a_pixel_at_most(vertices):
    shapes, rules = fitted(SEGMENTATION, parts=(tuple(vertices),))
    if rules:
        return
    [shape] = shapes
    length = sum(
        max(abs(x - a), abs(y - b))
        for (x, y), (a, b) in zip(vertices, vertices[1:] + vertices[:1], strict=True)
    )
    assert abs(geometry.area(shape.polygon) - geometry.area(vertices)) <= length + len(vertices)


# Real data


@pytest.fixture(scope="session")
def real(coco_annotations):
    """The objects of the COCO sample with the size of their images."""
    content = json.loads((coco_annotations / "person_keypoints.json").read_bytes())
    content["annotations"] += json.loads((coco_annotations / "instances.json").read_bytes())["annotations"]
    sizes = {image["id"]: (image["width"], image["height"]) for image in content["images"]}
    return [(sizes[one["image_id"]], real_object(one)) for one in content["annotations"]]


def real_object(one):
    segmentation = one["segmentation"]
    flat = one.get("keypoints")
    crowd = isinstance(segmentation, dict)
    return FileObject(
        label=str(one["category_id"]),
        box=tuple(one["bbox"]),
        parts=None if crowd else tuple(geometry.pairs(part) for part in segmentation),
        mask=RunLengths(*segmentation["size"], tuple(segmentation["counts"])) if crowd else None,
        keypoints=tuple(zip(flat[::3], flat[1::3], flat[2::3], strict=True)) if flat else None,
        is_crowd=bool(one["iscrowd"]),
        place=f"annotations, id {one['id']}",
    )


def counts_of(real, inference_type):
    loss = LossReport()
    shapes = 0
    for (width, height), obj in real:
        board = Canvas(file="coco.json", loss=loss, width=width, height=height)
        shapes += bool(fit(obj, inference_type, board))
    return shapes, loss.counts


@pytest.mark.coco
def test_the_report_of_real_data_names_exactly_what_a_type_cannot_hold(real):
    crowds = sum(obj.is_crowd for _, obj in real)
    persons = sum(obj.keypoints is not None for _, obj in real)
    assert counts_of(real, DETECTION) == (
        len(real),
        {
            "polygons-dropped": len(real) - crowds,
            "keypoints-dropped": persons,
            "mask-dropped": crowds,
            "crowd-dropped": crowds,
        },
    )
    assert counts_of(real, SEGMENTATION) == (
        len(real) - crowds,
        {"keypoints-dropped": persons, "mask-dropped": crowds},
    )
    assert counts_of(real, MULTI) == (len(real), {"object-split": persons, "crowd-dropped": crowds})
    kept, losses = counts_of(real, MASK)
    assert (kept, losses["mask-from-polygons"]) == (len(real), len(real) - crowds)
