"""What shapes become before they are written: whole pixels, areas, and where a fault is."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import BadRequestError
from asyncsdk.records.new_shapes import NewKeypoints, NewPoint, NewPolygon, NewRectangle, NewShapes
from asyncsdk.server.services.shape_drafts import KINDS, Additions, draft_shapes
from asyncsdk.server.services.shape_geometry import (
    GeometryError,
    draw_mask,
    draw_polygon,
    draw_rectangle,
    whole,
)

LABEL = {"label_id": "00000000-0000-4000-8000-000000000001"}


def test_whole_floats_are_whole_numbers():
    drawn, area = draw_rectangle(NewRectangle(x=1.0, y=0, w=3.0, h=2, **LABEL))
    assert orjson.dumps(drawn) == b'{"x":1,"y":0,"w":3,"h":2}'
    assert area == 6.0
    drawn, _ = draw_polygon(NewPolygon(polygon=((0, 0), (4.0, 0), (4, 3.0)), **LABEL))
    assert orjson.dumps(drawn) == b'{"polygon":[[0,0],[4,0],[4,3]]}'


@given(st.floats() | st.integers())
def test_a_number_is_whole_and_within_bounds_or_refused(value: float):
    fits = 0 <= value <= 2**28 and value == int(value)
    if fits:
        assert whole(value, "x") == value
    else:
        with pytest.raises(GeometryError) as caught:
            whole(value, "x")
        assert caught.value.field == "x"


@pytest.mark.parametrize(
    ("points", "area"),
    [
        (((0, 0), (4, 0), (4, 4), (0, 4)), 16.0),
        (((0, 4), (4, 4), (4, 0), (0, 0)), 16.0),
        (((0, 0), (90, 0), (90, 40)), 1800.0),
        (((0, 0), (1, 0), (1, 1)), 0.5),
        (((0, 0), (1, 1), (2, 2)), 0.0),
    ],
)
def test_k2_a_polygon_has_the_area_of_the_shoelace_formula(points, area):
    assert draw_polygon(NewPolygon(polygon=points, **LABEL))[1] == area


def test_a_mask_has_the_area_and_the_box_of_its_pixels():
    assert draw_mask(":230?", 7, 5) == ({"mask": ":230?", "bbox": (2, 0, 2, 2)}, 4.0)
    for counts, width, height in ((":230?", 7, 6), ("", 7, 5), ("~", 7, 5), (":230?", 0, 0)):
        with pytest.raises(GeometryError) as caught:
            draw_mask(counts, width, height)
        assert caught.value.field == "mask"


def test_drafts_know_their_place():
    shapes = NewShapes(
        rectangles=[NewRectangle(x=0, y=0, w=1, h=1, **LABEL)],
        keypoints=[NewKeypoints(keypoints=((0.5, 0, 2),), **LABEL)] * 2,
    )
    drafts = draft_shapes(shapes, "annotations[4].")
    assert [draft.place for draft in drafts] == [
        "annotations[4].rectangles[0]",
        "annotations[4].keypoints[0]",
        "annotations[4].keypoints[1]",
    ]
    assert [draft.kind for draft in drafts] == ["RECTANGLE", "KEYPOINTS", "KEYPOINTS"]
    assert set(KINDS) == {field.name for field in NewShapes.__attrs_attrs__}
    bad = NewShapes(points=[NewPoint(point=(0, 0), **LABEL), NewPoint(point=(0, -1), **LABEL)])
    with pytest.raises(BadRequestError, match=r"points\[1\]\.point\[0\]: must be 0 to \d+, not -1"):
        draft_shapes(bad)


def test_points_are_counted_where_their_order_is_not_said():
    points = [NewPoint(point=(0, 0), **LABEL)] * 2 + [NewPoint(point=(0, 0), order=9, **LABEL)]
    drafts = draft_shapes(NewShapes(points=points))
    assert [orjson.loads(draft.geometry)["order"] for draft in drafts] == [0, 1, 9]


def test_additions_that_do_not_count_are_dropped():
    polygon = NewPolygon(polygon=((0, 0), (1, 0), (1, 1)), instance=3, text="t", attributes={"a": 1}, **LABEL)
    for taken, instance, text in (
        (Additions(), 3, "t"),
        (Additions(instances=False), None, "t"),
        (Additions(details=False), 3, None),
    ):
        (draft,) = draft_shapes(NewShapes(polygons=[polygon]), taken=taken)
        assert (orjson.loads(draft.geometry).get("instance"), draft.text) == (instance, text)
        assert (draft.attributes is None) == (text is None)
