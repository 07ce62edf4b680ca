from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from asyncsdk.enums import AnnotationStatus
from asyncsdk.formats import svg
from asyncsdk.formats.objects import RunLengths
from asyncsdk.formats.svg import Picture, draw
from asyncsdk.formats.svg_masks import mask_path
from asyncsdk.formats.thumbnails import Thumbnail
from asyncsdk.records.annotations import LoadedAnnotation, TrackShape
from asyncsdk.records.shapes import (
    ClassificationShape,
    KeypointsShape,
    LineShape,
    MaskShape,
    PointShape,
    PolygonShape,
    RectangleShape,
)

EVIL = '<script>"&'


def annotation(**shapes):
    return LoadedAnnotation(id="a", asset_id="b", duration=0, status=AnnotationStatus.PENDING, **shapes)


def drawn(*, width=100, height=50, name="a.png", **shapes):
    picture = Picture(name=name, width=width, height=height, annotation=annotation(**shapes))
    return ET.fromstring(draw(picture))


def marks(root):
    return [(one.tag, one.attrib) for one in root.find("svg")[1:]]


def mask(pixels):
    encoded = coco_mask.encode(np.asfortranarray(pixels.astype(np.uint8)))
    return encoded["counts"].decode()


def test_each_kind_of_shape_is_drawn_in_pixels_of_the_image():
    root = drawn(
        rectangles=(RectangleShape(label="r", x=1, y=2, w=30, h=4),),
        polygons=(PolygonShape(label="p", polygon=((0, 0), (10, 0), (10, 10))),),
        lines=(LineShape(label="l", line=((0, 0), (5, 5))),),
        points=(PointShape(label="q", point=(7, 8)),),
        keypoints=(KeypointsShape(label="k", keypoints=((1, 1, 0), (2, 2, 1), (3, 3, 2))),),
        masks=(MaskShape(label="m", mask=mask(np.eye(50, 100))),),
        classifications=(ClassificationShape(label="c"),),
    )
    assert root.find("svg").get("viewBox") == "0 0 100 50"
    by_tag = {}
    for tag, found in marks(root):
        by_tag.setdefault(tag, []).append(found)
    assert {name: by_tag["rect"][0][name] for name in ("x", "y", "width", "height")} == {
        "x": "1", "y": "2", "width": "30", "height": "4",
    }  # fmt: skip
    assert by_tag["polygon"][0]["points"] == "0,0 10,0 10,10"
    assert by_tag["polyline"][0]["points"] == "0,0 5,5"
    assert [(one["cx"], one["fill-opacity"]) for one in by_tag["circle"]] == [
        ("7", "1"),
        ("2", "0"),
        ("3", "1"),
    ]
    assert by_tag["path"][0]["d"].startswith("M0 0h1v1h-1z")
    legend = ["".join(one.itertext()) for one in root.find("figcaption")]
    assert legend == ["a.png", "■ m", "■ p", "■ r", "■ l", "■ q", "■ k", "■ c"]


def test_a_thumbnail_lies_under_the_shapes_and_tells_the_size():
    thumbnail = Thumbnail(b"\xff\xd8", 640, 480)
    root = ET.fromstring(draw(Picture(name="a", width=1, height=1, thumbnail=thumbnail)))
    field = root.find("svg")
    assert field.get("viewBox") == "0 0 640 480"
    assert (field.get("width"), field.get("height")) == ("320", "240")
    assert field[0].get("href") == "data:image/jpeg;base64,/9g="


def test_the_names_stay_text():
    root = drawn(name=EVIL, rectangles=(RectangleShape(label=EVIL, x=1, y=2, w=3, h=4),))
    assert root.find("svg/rect/title").text == EVIL
    assert next(one.text for one in root.findall("figcaption/div")) == EVIL
    assert root.find(".//script") is None


def test_the_legend_counts_and_is_short():
    boxes = tuple(RectangleShape(label=f"l{n}", x=0, y=0, w=1, h=1) for n in range(10) for _ in range(n + 1))
    tracks = (TrackShape(label="l0", start_frame_index=0),) * 20
    legend = ["".join(one.itertext()) for one in drawn(rectangles=boxes, tracks=tracks).find("figcaption")]
    assert legend == [
        "a.png",
        "■ l0: 21",
        *(f"■ l{n}: {n + 1}" for n in range(9, 2, -1)),
        "and 2 more labels",
    ]


def test_what_there_is_no_room_for_is_counted(monkeypatch):
    monkeypatch.setattr(svg, "_MOST_CHARACTERS", 500)
    root = drawn(rectangles=(RectangleShape(label="r", x=1, y=2, w=3, h=4),) * 50)
    count = len(marks(root))
    assert 0 < count < 50
    assert f"{50 - count} shapes are not drawn" in "".join(root.itertext())


@pytest.mark.parametrize(("width", "counts"), [(0, "0"), (100, "!"), (100, "zzz")])
def test_a_mask_that_cannot_be_drawn_is_counted(width, counts):
    root = drawn(width=width, masks=(MaskShape(label="m", mask=counts),))
    assert "1 shapes are not drawn" in "".join(root.itertext())


def test_points_on_the_same_place_of_the_page_are_one():
    line = tuple((x / 10, 0) for x in range(40_000))
    points = marks(drawn(width=4000, height=10, lines=(LineShape(label="l", line=line),)))[0][1]["points"]
    assert len(points.split()) <= 2 * svg.LONGEST_PX + 1


def painted(path, width, height):
    """Paint a path of upright boxes."""
    pixels = np.zeros((height, width), bool)
    boxes = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", path)
    for left, top, wide, high in ([int(number) for number in box] for box in boxes):
        pixels[top : top + high, left : left + wide] = True
    assert len(boxes) == path.count("M")
    return pixels


@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_a_small_mask_is_drawn_pixel_by_pixel(width, height, data):
    bits = data.draw(st.lists(st.booleans(), min_size=width * height, max_size=width * height))
    pixels = np.array(bits).reshape(height, width)
    path = mask_path(RunLengths(height, width, mask(pixels)))
    assert (painted(path, width, height) == pixels).all()


def test_a_large_mask_is_drawn_coarsely_and_in_bounded_space():
    y, x = np.mgrid[:2000, :3000]
    disc = (x - 1500) ** 2 + (y - 1000) ** 2 < 800**2
    path = mask_path(RunLengths(2000, 3000, mask(disc)))
    assert (painted(path, 3000, 2000) != disc).mean() < 0.01
    assert len(path) < 5_000
    noise = np.random.default_rng(1).random((2000, 3000)) < 0.5
    assert len(mask_path(RunLengths(2000, 3000, mask(noise)))) < 5_000
