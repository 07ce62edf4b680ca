from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco

from asyncsdk.formats import rle
from asyncsdk.formats.geometry import pairs
from asyncsdk.formats.rasterizing import mask_of_polygon, mask_of_polygons
from asyncsdk.formats.rle import RunLengthsError

sizes = st.integers(1, 40)
numbers = (
    st.floats(-60, 100)
    | st.integers(-20, 60)
    | st.integers(-40, 120).map(lambda n: n / 2)
    | st.integers(-200, 500).map(lambda n: n / 10)
    | st.sampled_from([-1e8, -3000.2, 5000.7])
)
polygons = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9)


def theirs(parts, height, width):
    """Return the counts that the COCO API gives polygons."""
    flat = [[float(number) for point in part for number in point] for part in parts]
    return coco.merge(coco.frPyObjects(flat, height, width))["counts"].decode()


def near(points):
    """Tell whether the COCO API, which writes whole edges out, has the memory for a polygon."""
    return all(abs(number) < 10_000 for point in points for number in point)


@settings(max_examples=500)
@given(polygons.filter(near), sizes, sizes)
def test_each_pixel_is_that_of_the_coco_api(points, height, width):
    assert rle.compressed(mask_of_polygon(points, height, width)).counts == theirs([points], height, width)


@given(st.lists(polygons.filter(near), min_size=1, max_size=4), sizes, sizes)
def test_polygons_of_one_object_are_joined_as_the_coco_api_joins_them(parts, height, width):
    assert rle.compressed(mask_of_polygons(parts, height, width)).counts == theirs(parts, height, width)


@given(polygons, sizes, sizes, st.integers(0, 8))
def test_a_mask_is_the_same_wherever_its_outline_starts_and_whichever_way_it_goes(
    points, height, width, turn
):
    wanted = mask_of_polygon(points, height, width)
    assert mask_of_polygon(points[turn:] + points[:turn], height, width) == wanted
    assert mask_of_polygon(points[::-1], height, width) == wanted


@pytest.mark.parametrize(
    ("points", "pixels"),
    [
        ([(0, 0), (3, 0), (3, 2), (0, 2)], 6),
        ([(0.4, 0.4), (3.4, 0.4), (3.4, 2.4), (0.4, 2.4)], 6),
        ([(-9, -9), (99, -9), (99, 99), (-9, 99)], 80),
        ([(20, 20), (30, 20), (30, 30)], 0),
        ([(1, 1), (1, 1), (1, 1)], 0),
        ([(1, 1), (5, 5)], 0),
        ([], 0),
    ],
)
def test_areas_on_an_image_of_8_by_10(points, pixels):
    assert rle.area(mask_of_polygon(points, 8, 10)) == pixels


def circle(vertices, radius, size):
    """Return a round polygon with a rough edge."""
    angles = (2 * math.pi * step / vertices for step in range(vertices))
    return [
        (size / 2 + radius * math.cos(angle) * (1 + step % 7 / 100), size / 2 + radius * math.sin(angle))
        for step, angle in enumerate(angles)
    ]


def test_thousands_of_vertices_on_a_large_image():
    points = circle(5000, 300, 800)
    assert rle.compressed(mask_of_polygon(points, 800, 800)).counts == theirs([points], 800, 800)


def test_an_outline_without_end_is_refused():
    zigzag = [(x, y) for y in range(600) for x in (0, 4000)]
    with pytest.raises(RunLengthsError, match="more than 2000000 times"):
        mask_of_polygon(zigzag, 600, 4000)


@pytest.mark.parametrize(("height", "width"), [(0, 5), (5, -1), (10**6, 10**6)])
def test_a_size_out_of_range_is_refused(height, width):
    with pytest.raises(RunLengthsError, match="size"):
        mask_of_polygon([(0, 0), (4, 0), (4, 4)], height, width)


def test_no_polygon_gives_no_mask():
    with pytest.raises(RunLengthsError):
        mask_of_polygons([], 4, 4)


@pytest.mark.coco
def test_the_polygons_of_the_coco_sample(coco_annotations):
    content = json.loads((coco_annotations / "instances.json").read_bytes())
    images = {image["id"]: image for image in content["images"]}
    for annotation in content["annotations"]:
        segmentation = annotation["segmentation"]
        if isinstance(segmentation, list):
            image = images[annotation["image_id"]]
            parts = [pairs(part) for part in segmentation]
            mask = mask_of_polygons(parts, image["height"], image["width"])
            assert rle.compressed(mask).counts == theirs(parts, image["height"], image["width"])
