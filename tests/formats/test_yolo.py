from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import FormatError
from asyncsdk.formats.geometry import pixel
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.formats.yolo_config import YoloConfig, YoloTask
from asyncsdk.formats.yolo_reading import read_yolo
from asyncsdk.formats.yolo_writing import write_yolo

CONFIG = YoloConfig(names=("car", "bus"), keypoint_shape=(2, 3))
DETECT, SEGMENT, POSE, OBB, CLASSIFY = YoloTask


def read(text, task=DETECT, config=CONFIG, width=100, height=200):
    loss = LossReport()
    content = text if isinstance(text, bytes) else text.encode()
    return read_yolo(content, "a.txt", config, task, width, height, loss), loss


def only(text, task=DETECT, **options):
    (found,), loss = read(text, task, **options)
    return found, loss


def refused(text, task=DETECT, **options):
    with pytest.raises(FormatError) as caught:
        read(text, task, **options)
    assert caught.value.file == "a.txt"
    return caught.value


# Reading


def test_boxes():
    found, loss = only("1 0.5 0.5 0.25 0.5")
    assert found == FileObject(label="bus", box=(37.5, 50, 25, 100), place="line 1")
    assert len(loss) == 0


def test_boxes_may_stick_out_and_are_not_rounded():
    found, loss = only("0 0.1 0.1 0.255 0.5")
    assert found.box == pytest.approx((-2.75, -30, 25.5, 100))
    assert len(loss) == 0


@pytest.mark.parametrize("task", [SEGMENT, OBB])
def test_polygons(task):
    found, loss = only("0 0 0 0.5 0 0.5 0.25 0 0.25", task)
    assert found == FileObject(label="car", parts=(((0, 0), (50, 0), (50, 50), (0, 50)),), place="line 1")
    assert len(loss) == 0


def test_poses():
    found, loss = only("0 0.5 0.5 0.5 0.5 0.1 0.2 2 0 0 0", POSE)
    assert found.box == (25, 50, 50, 100)
    assert found.keypoints == ((10, 40, 2), (0, 0, 0))
    assert len(loss) == 0


def test_poses_without_visibility():
    config = YoloConfig(names=("car",), keypoint_shape=(3, 2))
    found, _ = only("0 0.5 0.5 0.5 0.5 0.1 0.2 0 0 -1 -1", POSE, config=config)
    assert found.keypoints == ((10, 40, 2), (0, 0, 0), (0, 0, 0))


def test_classes():
    found, loss = read("1\n0\n", CLASSIFY)
    assert found == (FileObject(label="bus", place="line 1"), FileObject(label="car", place="line 2"))
    assert len(loss) == 0


@pytest.mark.parametrize("task", YoloTask)
@pytest.mark.parametrize("content", [b"", b"\n", b"  \r\n\t\n", b"\xef\xbb\xbf"])
def test_y7_an_empty_file_is_an_empty_annotation(content, task):
    found, loss = read(content, task)
    assert found == ()
    assert len(loss) == 0


@pytest.mark.parametrize(
    "content",
    [
        "0 0.5 0.5 1 1\n\n1 0.5 0.5 1 1\n\n",
        "0 0.5 0.5 1 1\r\n \r\n1 0.5 0.5 1 1",
        "0 0.5 0.5 1 1\r\r1 0.5 0.5 1 1",
        "\ufeff0\t0.5\t0.5  1 1 \n\n\t1.0 5e-1 .5 1. 1.0000",
    ],
)
def test_y2_white_space_line_ends_and_ways_to_write_numbers(content):
    found, loss = read(content)
    assert [(one.label, one.box) for one in found] == [("car", (0, 0, 100, 200)), ("bus", (0, 0, 100, 200))]
    assert [one.place for one in found] == ["line 1", "line 3"]
    assert len(loss) == 0


@pytest.mark.parametrize(
    ("line", "task"),
    [
        ("0 0.5 0.5 1 1 0.9", DETECT),
        ("0 0 0 1 0 1 1 0.9", SEGMENT),
        ("0 0 0 1 0 1 1 0 1 0.9", OBB),
        ("0 0.5 0.5 0.5 0.5 0.1 0.2 2 0 0 0 0.9", POSE),
        ("0 0.9", CLASSIFY),
    ],
)
def test_y2_a_confidence_is_dropped_and_told(line, task):
    found, loss = only(line, task)
    assert attrs.evolve(found, place="") == attrs.evolve(only(line.removesuffix(" 0.9"), task)[0], place="")
    assert str(next(iter(loss))) == "a.txt: line 1: dropped (confidence): no shape holds 0.9"
    assert len(loss) == 1


def test_y2_numbers_a_little_outside_are_moved_and_told():
    found, loss = only("0 1.0000001 -0.0005 0 0.5 0.5 1.001", SEGMENT)
    assert found.parts == (((100, 0), (0, 100), (50, 200)),)
    assert loss.counts == {"outside": 3}


@pytest.mark.parametrize(
    "value", ["1.0011", "-0.0011", "320", "nan", "inf", "-inf", "1e999", "x", "0,5", "1_0"]
)
def test_y2_numbers_far_outside_name_line_and_rule(value):
    error = refused(f"0 0.5 0.5 1 1\n\n0 0.5 {value} 1 1")
    assert error.place == "line 3"
    assert "between 0 and 1" in error.rule or "is no number" in error.rule


@pytest.mark.parametrize(
    "token", ["-1", "2", "0.5", "-0.5", "1e99", "nan", "car", "'0'", "\x00", "9" * 5_000]
)
def test_y3_a_class_that_is_none_names_the_line(token):
    error = refused(f"0 0.5 0.5 1 1\n{token} 0.5 0.5 1 1")
    assert error.place == "line 2"
    assert error.rule.endswith("is no class: they go from 0 to 1")
    assert len(str(error)) < 120


@pytest.mark.parametrize(
    ("line", "task"),
    [
        ("0", DETECT),
        ("0 0.9", DETECT),
        ("0 0.5 0.5", DETECT),
        ("0 0.5 0.5 0.5", DETECT),
        ("0", SEGMENT),
        ("0 0 0", SEGMENT),
        ("0", OBB),
        ("0 0.5 0.5", CLASSIFY),
        ("0", POSE),
        ("0 0.5 0.5 0.5 0.5 0.1 0.2 2", POSE),
    ],
)
def test_a_line_of_no_task_names_what_is_expected(line, task):
    error = refused(line, task)
    assert error.place == "line 1"
    assert "expected after the class, not" in error.rule


@pytest.mark.parametrize(
    ("line", "task", "kind"),
    [
        ("0 0 0 1 0 1 1", DETECT, "parts"),
        ("0 0.5 0.5 1 1", SEGMENT, "box"),
        ("0 0.5 0.5 1 1", OBB, "box"),
        ("0 0 0 1 0 1 1", OBB, "parts"),
        ("0 0.5 0.5 1 1", POSE, "box"),
        ("0 0.5 0.5 1 1", CLASSIFY, "box"),
        ("0 0 0 1 0 1 1", CLASSIFY, "parts"),
    ],
)
def test_lines_of_another_task_are_read_and_told(line, task, kind):
    found, loss = only(line, task)
    assert getattr(found, kind)
    assert loss.counts == {"mixed-line": 1}


def test_a_confidence_in_place_of_visibility_is_told():
    found, loss = only("0 0.5 0.5 0.5 0.5 0.1 0.2 0.93 0 0 0.0", POSE)
    assert found.keypoints == ((10, 40, 2), (0, 0, 0))
    assert loss.counts == {"visibility": 1}
    assert "no visibility" in refused("0 0.5 0.5 0.5 0.5 0.1 0.2 3 0 0 0", POSE).rule


def test_poses_need_the_shape_of_their_keypoints():
    assert "kpt_shape" in refused("", POSE, config=YoloConfig(names=("a",))).rule


def test_a_file_that_is_no_text_names_the_line():
    assert refused(b"0 0.5 0.5 1 1\n0 \xff").place == "line 2"


def place_of_fault(content, task):
    try:
        read(content, task)
    except FormatError as error:
        return error.place
    return "line of none"


@given(
    st.binary(max_size=100) | st.text(alphabet="01. \n\t-e", max_size=60).map(str.encode),
    st.sampled_from(YoloTask),
)
def test_any_bytes_are_read_or_refused(content, task):
    assert place_of_fault(content, task).startswith("line ")


# Writing


def written(*objects, task=DETECT, config=CONFIG, width=100, height=200):
    loss = LossReport()
    return write_yolo(objects, "a.txt", config, task, width, height, loss).decode(), loss


def test_no_objects_give_an_empty_file():
    assert written()[0] == ""


def test_lines():
    text, loss = written(
        FileObject(label="bus", box=(0, 0, 100, 200)), FileObject(label="car", box=(25, 50, 50, 100))
    )
    assert text == "1 0.5000000002 0.5000000002 1 1\n0 0.5000000002 0.5000000002 0.5000000001 0.5000000001\n"
    assert len(loss) == 0


def test_every_number_of_a_file_lies_between_0_and_1():
    text, _ = written(
        FileObject(label="car", parts=(((100, 200), (0, 0), (99.99999999999, 0)),)), task=SEGMENT
    )
    assert text == "0 1 1 0 0 1 0\n"


@pytest.mark.parametrize(
    ("found", "task", "lines", "rules"),
    [
        (FileObject(label="dog", box=(0, 0, 1, 1)), DETECT, 0, {"class-unknown"}),
        (FileObject(label="car"), DETECT, 0, {"no-box"}),
        (FileObject(label="car", box=(500, 0, 1, 1)), DETECT, 0, {"outside"}),
        (FileObject(label="car", box=(-5, 0, 10, 10)), DETECT, 1, {"outside"}),
        (FileObject(label="car", parts=(((0, 0), (9, 0), (9, 9)),)), DETECT, 1, {"outline"}),
        (
            FileObject(label="car", box=(0, 0, 1, 1), text="t", attributes={"a": 1}),
            DETECT,
            1,
            {"text", "attributes"},
        ),
        (FileObject(label="car", box=(0, 0, 1, 1), is_crowd=True), DETECT, 1, {"crowd"}),
        (FileObject(label="car", box=(0, 0, 9, 9), keypoints=((1, 1, 2),)), DETECT, 1, {"keypoints"}),
        (FileObject(label="car", mask=RunLengths(1, 1, (0, 1))), DETECT, 1, {"mask"}),
        (FileObject(label="car", mask=RunLengths(1, 1, (0, 7))), DETECT, 0, {"mask", "no-box"}),
        (FileObject(label="car", box=(50, 0, 9, 9), parts=(((0, 0), (9, 0), (9, 9)),)), SEGMENT, 1, {"box"}),
        (
            FileObject(label="car", parts=(((0, 0), (9, 0), (9, 9)),), keypoints=((1, 1, 2),) * 2),
            POSE,
            1,
            {"outline"},
        ),
        (FileObject(label="car", box=(0, 0, 9, 9)), SEGMENT, 0, {"no-polygon"}),
        (FileObject(label="car", parts=(((0, 0), (9, 0)),)), SEGMENT, 0, {"points"}),
        (FileObject(label="car", parts=(((0, 0), (9, 0), (9, 999)),)), SEGMENT, 1, {"outside"}),
        (FileObject(label="car", parts=(((0, 0), (9, 0), (9, 9)),) * 3), SEGMENT, 3, {"parts"}),
        (FileObject(label="car", parts=(((0, 0), (9, 0), (9, 9)),)), OBB, 0, {"no-corners"}),
        (FileObject(label="car", box=(1, 2, 3, 4)), OBB, 1, set()),
        (FileObject(label="car", box=(0, 0, 9, 9)), POSE, 0, {"keypoints"}),
        (FileObject(label="car", keypoints=((1, 1, 2), (9, 9, 1))), POSE, 1, set()),
        (FileObject(label="car", keypoints=((1, 1, 2), (999, 9, 1))), POSE, 1, {"outside"}),
        (FileObject(label="car", keypoints=((0, 0, 0), (0, 0, 0))), POSE, 0, {"no-box"}),
        (FileObject(label="car"), CLASSIFY, 1, set()),
        (FileObject(label="car", box=(0, 0, 9, 9)), CLASSIFY, 1, {"outline"}),
    ],
)
def test_what_a_task_does_not_hold_is_told(found, task, lines, rules):
    text, loss = written(found, task=task)
    assert text.count("\n") == lines
    assert set(loss.counts) - {"outside"} == rules - {"outside"}
    assert ("outside" in loss.counts) == ("outside" in rules)


def test_keypoints_without_visibility():
    config = YoloConfig(names=("car",), keypoint_shape=(2, 2))
    found = FileObject(label="car", box=(0, 0, 100, 200), keypoints=((50, 50, 1), (3, 3, 0)))
    text, loss = written(found, task=POSE, config=config)
    assert text == "0 0.5000000002 0.5000000002 1 1 0.5 0.25 0 0\n"
    assert loss.counts == {"visibility": 1}


def test_classes_of_one_name_take_the_first_number():
    text, _ = written(FileObject(label="a"), task=CLASSIFY, config=YoloConfig(names=("b", "a", "a")))
    assert text == "1\n"


# There and back

SIZES = st.integers(1, 20_000)


@st.composite
def boxes(draw):
    width, height = draw(SIZES), draw(SIZES)
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return width, height, (x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))


@given(boxes())
def test_y6_boxes_of_whole_pixels_come_back(case):
    width, height, box = case
    text, loss = written(FileObject(label="bus", box=box), width=width, height=height)
    found, more = only(text, width=width, height=height)
    assert tuple(map(pixel, found.box)) == box
    assert found.box == pytest.approx(box, abs=1e-4)
    assert len(loss) == len(more) == 0


@given(boxes())
def test_y6_boxes_come_back_through_a_reader_that_cuts_off_fractions(case):
    width, height, box = case
    text, _ = written(FileObject(label="bus", box=box), width=width, height=height)
    x, y, w, h = map(float, text.split()[1:])
    assert all(0 <= value <= 1 for value in (x, y, w, h))
    wide, high = w * width, h * height
    cut = (max(0, x * width - wide / 2), max(0, y * height - high / 2), wide, high)
    assert tuple(map(int, cut)) == box


@given(SIZES, SIZES, st.data())
def test_y6_polygons_of_whole_pixels_come_back(width, height, data):
    point = st.tuples(st.integers(0, width), st.integers(0, height))
    polygon = tuple(data.draw(st.lists(point, min_size=3, max_size=8)))
    text, loss = written(FileObject(label="bus", parts=(polygon,)), task=SEGMENT, width=width, height=height)
    found, more = only(text, SEGMENT, width=width, height=height)
    assert tuple((pixel(x), pixel(y)) for x, y in found.parts[0]) == polygon
    assert tuple((int(x), int(y)) for x, y in found.parts[0]) == polygon
    assert len(loss) == len(more) == 0


@given(SIZES, SIZES, st.data())
def test_keypoints_keep_their_values(width, height, data):
    x, y = st.floats(0, width), st.floats(0, height)
    points = tuple(data.draw(st.lists(st.tuples(x, y, st.sampled_from([0, 1, 2])), min_size=2, max_size=2)))
    found = FileObject(label="bus", box=(0, 0, width, height), keypoints=points)
    text, loss = written(found, task=POSE, width=width, height=height)
    back, more = only(text, POSE, width=width, height=height)
    assert [v for *_, v in back.keypoints] == [v for *_, v in points]
    for (x1, y1, _), (x2, y2, _) in zip(back.keypoints, points, strict=True):
        assert (x1, y1) == pytest.approx((x2, y2), rel=1e-12, abs=1e-300)
    assert back.box == pytest.approx((0, 0, width, height), abs=1e-4)
    assert len(loss) == len(more) == 0


@given(st.lists(st.sampled_from(CONFIG.names), max_size=5))
def test_classes_come_back(labels):
    text, _ = written(*(FileObject(label=label) for label in labels), task=CLASSIFY)
    assert [found.label for found in read(text, CLASSIFY)[0]] == labels
