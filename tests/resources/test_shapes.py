"""Shapes of an annotation: making, listing, changing and deleting them."""

from __future__ import annotations

import math

import numpy as np
import orjson
import pytest

import asyncsdk
from asyncsdk import (
    NewClassification,
    NewLine,
    NewMask,
    NewPoint,
    NewPolygon,
    NewRectangle,
    Point,
    Rectangle,
)
from asyncsdk.errors import (
    BadRequestError,
    InvalidArgumentError,
    NotFoundError,
    NotSupportedError,
    PartialFailure,
    ProtocolError,
)

TRIANGLE = [[0, 0], [6, 0], [6, 4]]
MASK = "=3300000;"
"""Of an image of 8 x 6 pixels: those from 2, 1 to 5, 3."""


@pytest.fixture
async def version(any_client, any_org, fill):
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    await fill(any_org, version, ["a.png"], width=8, height=6)
    return version


@pytest.fixture
async def annotation(version):
    return await (await version.list_assets())[0].create_annotation(duration=5)


@pytest.fixture
async def car(version):
    return await version.create_label("car")


@pytest.fixture
async def bus(version):
    return await version.create_label("bus")


async def test_the_life_of_a_rectangle(annotation, car, bus, version):
    box = await annotation.create_rectangle(1, 2.0, 3, 4, car)
    assert isinstance(box, Rectangle)
    assert (box.x, box.y, box.w, box.h) == (1, 2, 3, 4)
    assert (box.label, box.label.name, box.label.dataset_version_id) == (car, "car", version.id)
    assert (box.annotation_id, box.text, box.attributes) == (annotation.id, None, None)
    assert repr(box) == f"<Rectangle 'car' {box.id}>"
    assert await annotation.list_rectangles() == [box]
    assert await box.update(x=0, w=7.0, label=bus, text="", attributes={"dirty": True}) is None
    assert (box.x, box.y, box.w, box.h) == (0, 2, 7, 4)
    assert (box.label, box.text, box.attributes) == (bus, "", {"dirty": True})
    (again,) = await annotation.list_rectangles()
    await again.refresh()
    assert (again.x, again.w, again.label, again.text) == (0, 7, bus, "")
    await again.update()
    assert await box.delete() is None
    with pytest.raises(NotFoundError):
        await again.refresh()
    assert await annotation.list_rectangles() == []


async def test_the_other_kinds(annotation, car, bus):
    polygon = await annotation.create_polygon(TRIANGLE, car)
    line = await annotation.create_line([[0, 5], [4, 4.0]], car)
    point = await annotation.create_point((3, 2), car, order=4)
    night = await annotation.create_classification(car)
    mask = await annotation.create_mask(MASK, car)
    assert (polygon.coords, polygon.instance) == (TRIANGLE, None)
    assert line.coords == [[0, 5], [4, 4]]
    assert (point.coords, point.order) == ([3, 2], 4)
    assert night.label == car
    assert (mask.mask, mask.label) == (MASK, car)
    assert (mask.area, mask.bbox) == (12.0, [2, 1, 4, 3])
    assert await annotation.list_polygons() == [polygon]
    assert await annotation.list_lines() == [line]
    assert await annotation.list_points() == [point]
    assert await annotation.list_classifications() == [night]
    assert await annotation.list_masks() == [mask]
    await polygon.update(coords=[[0, 0], [1, 0], [1, 1], [0, 1]])
    await line.update([[0, 0], [2, 2]], bus)
    await point.update(coords=[0, 0], text="corner")
    await night.update(label=bus, text="dark")
    assert polygon.coords == [[0, 0], [1, 0], [1, 1], [0, 1]]
    assert (line.coords, line.label) == ([[0, 0], [2, 2]], bus)
    assert (point.coords, point.text) == ([0, 0], "corner")
    assert (night.label, night.text) == (bus, "dark")
    for shape in (polygon, line, point, night, mask):
        await shape.refresh()
        await shape.delete()
        with pytest.raises(NotFoundError):
            await shape.refresh()


async def test_many_at_once_in_their_order(annotation, car, bus):
    boxes = await annotation.create_multiple_rectangles(
        [(0, 0, 1, 1, car), NewRectangle(x=1, y=1, w=2, h=2, label_id=bus.id), [2, 2, 3, 3, car]]
    )
    assert [(box.x, box.label) for box in boxes] == [(0, car), (1, bus), (2, car)]
    polygons = await annotation.create_multiple_polygons([(TRIANGLE, car), (TRIANGLE[::-1], bus)])
    assert [one.coords for one in polygons] == [TRIANGLE, TRIANGLE[::-1]]
    lines = await annotation.create_multiple_lines([([[0, 0], [1, 1]], car)])
    points = await annotation.create_multiple_points([([1, 1], car), NewPoint(point=(2, 2), label_id=bus.id)])
    assert [(one.coords, one.order) for one in points] == [([1, 1], 0), ([2, 2], 1)]
    assert [one.label for one in await annotation.create_multiple_classifications([car, bus])] == [car, bus]
    assert len(await annotation.create_multiple_masks([(MASK, car)])) == len(lines) == 1
    assert await annotation.list_rectangles() == boxes
    assert await annotation.create_multiple_rectangles([]) == []


async def test_numbers_of_other_libraries_are_numbers(annotation, car):
    box = await annotation.create_rectangle(np.int64(1), np.float32(2), np.float64(3), 4, car)
    assert (box.x, box.y, box.w) == (1, 2, 3)
    polygon = await annotation.create_polygon(np.array(TRIANGLE), car)
    assert polygon.coords == TRIANGLE


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda a, car: a.create_rectangle(1.5, 0, 1, 1, car),
            r"^x must be a whole number of pixels, got 1.5",
        ),
        (lambda a, car: a.create_rectangle(1, 0, True, 1, car), "^w must be"),
        (lambda a, car: a.create_rectangle(1, 0, 1, math.nan, car), "^h must be"),
        (lambda a, car: a.create_rectangle(1, 0, 1, math.inf, car), "^h must be"),
        (lambda a, car: a.create_rectangle("1", 0, 1, 1, car), "^x must be"),
        (lambda a, car: a.create_rectangle(1, 0, 1, 1, "car"), "^label: 'car' is not a Label"),
        (
            lambda a, car: a.create_multiple_rectangles([(0, 0, 1, 1, car), (0, 0, 1, 0.5, car)]),
            r"^rectangles\[1\].h must be",
        ),
        (
            lambda a, car: a.create_multiple_rectangles([(0, 0, 1, car)]),
            r"^rectangles\[0\]: give x, y, w, h, label or a NewRectangle",
        ),
        (
            lambda a, car: a.create_multiple_rectangles([NewRectangle(x=1, y=0, w=1, h=1, label_id="car")]),
            "'car' is not an id",
        ),
        (lambda a, car: a.create_multiple_rectangles(["abcde"]), r"^rectangles\[0\]: give"),
        (lambda a, car: a.create_multiple_classifications([5]), r"^classifications\[0\].label: 5 is not"),
        (lambda a, car: a.create_polygon([[0, 0], [1, 2.5], [3, 3]], car), r"^polygon\[1\]\[1\] must be"),
        (lambda a, car: a.create_polygon([[0, 0], [1]], car), r"^polygon\[1\] must be x and y"),
        (lambda a, car: a.create_polygon([0, 1, 2], car), r"^polygon\[0\] must be x and y"),
        (lambda a, car: a.create_line("ab", car), "^line must be a list of points"),
        (lambda a, car: a.create_point([1, 2, 3], car), r"^point must be x and y"),
        (lambda a, car: a.create_mask([1, 2], car), "^mask must be the counts text"),
        (lambda a, car: a.overwrite(lines=[([[0, 0.5]], car)]), r"^lines\[0\].line\[0\]\[1\] must be"),
    ],
)
async def test_what_no_platform_takes_is_not_sent(annotation, car, make, message):
    with pytest.raises(InvalidArgumentError, match=message):
        await make(annotation, car)
    assert await annotation.list_rectangles() == []


async def test_changes_that_no_platform_takes_are_not_sent(annotation, car):
    box = await annotation.create_rectangle(1, 2, 3, 4, car)
    with pytest.raises(InvalidArgumentError, match=r"^y must be a whole number of pixels"):
        await box.update(y=0.1)
    with pytest.raises(InvalidArgumentError, match=r"^label: 5 is not a Label"):
        await box.update(label=5)


async def test_labels_of_other_versions_are_not_sent(annotation, any_client):
    other = await (await any_client.create_dataset("fish")).create_version("v1")
    with pytest.raises(InvalidArgumentError, match="label 'shark' is of another dataset version"):
        await annotation.create_rectangle(1, 2, 3, 4, await other.create_label("shark"))


async def test_what_the_platform_refuses(annotation, car):
    with pytest.raises(BadRequestError, match=r"rectangles\[1\]"):
        await annotation.create_multiple_rectangles([(0, 0, 1, 1, car), (-1, 0, 1, 1, car)])
    assert await annotation.list_rectangles() == [], "all or none"


async def test_overwriting(annotation, car, bus):
    await annotation.create_rectangle(1, 2, 3, 4, car)
    await annotation.overwrite(
        rectangles=[(0, 0, 2, 2, bus)],
        polygons=[(TRIANGLE, car)],
        classifications=[bus],
        lines=[NewLine(line=((0, 0), (1, 1)), label_id=car.id)],
        points=[([1, 1], car), ([2, 2], car)],
        masks=[NewMask(mask=MASK, label_id=bus.id)],
    )
    assert annotation.duration == 5.0
    assert [(one.w, one.label) for one in await annotation.list_rectangles()] == [(2, bus)]
    assert [one.coords for one in await annotation.list_polygons()] == [TRIANGLE]
    assert [one.label for one in await annotation.list_classifications()] == [bus]
    assert [one.coords for one in await annotation.list_lines()] == [[[0, 0], [1, 1]]]
    assert [one.order for one in await annotation.list_points()] == [0, 1]
    assert [one.label for one in await annotation.list_masks()] == [bus]
    await annotation.overwrite(duration=0)
    assert annotation.duration == 0.0
    assert await annotation.list_rectangles() == await annotation.list_points() == []


async def test_l15_text_can_be_given_at_creation(annotation, car):
    box = await annotation.create_rectangle(1, 2, 3, 4, car, text="AB-123")
    points = await annotation.create_multiple_points(
        [([1, 1], car), NewPoint(point=(2, 2), label_id=car.id, text="two")]
    )
    assert [box.text, *(one.text for one in points)] == ["AB-123", None, "two"]
    assert [one.text for one in await annotation.list_points()] == [None, "two"]


async def test_l15_attributes_can_be_given_at_creation(client, org, fill):
    version = await (await client.create_dataset("birds")).create_version("v1")
    await fill(org, version, ["a.png"])
    annotation = await (await version.list_assets())[0].create_annotation()
    car = await version.create_label("car")
    colour = {"colour": "red"}
    made = [
        await annotation.create_rectangle(1, 2, 3, 4, car, attributes=colour),
        await annotation.create_polygon(TRIANGLE, car, "t", colour, instance=3),
        await annotation.create_mask(MASK, car, "t", colour),
        await annotation.create_classification(car, attributes=colour),
    ]
    assert [one.attributes for one in made] == [colour] * 4
    assert (made[1].instance, made[2].text) == (3, "t")
    parts = [NewPolygon(polygon=TRIANGLE, label_id=car.id, instance=1)] * 2
    await annotation.overwrite(
        polygons=parts,
        classifications=[NewClassification(label_id=car.id, text="sure", attributes=colour)],
    )
    assert [one.instance for one in await annotation.list_polygons()] == [1, 1]
    (night,) = await annotation.list_classifications()
    assert (night.text, night.attributes) == ("sure", colour)


async def test_l15_what_a_platform_cannot_keep_is_not_sent(strict_proxied, strict_proxy, strict_org, fill):
    version = await (await strict_proxied.create_dataset("birds")).create_version("v1")
    await fill(strict_org, version, ["a.png"])
    annotation = await (await version.list_assets())[0].create_annotation()
    car = await version.create_label("car")
    before = len(strict_proxy.passed)
    for refused in (
        annotation.create_rectangle(1, 2, 3, 4, car, attributes={"a": 1}),
        annotation.create_mask(MASK, car, text="t"),
        annotation.create_polygon(TRIANGLE, car, instance=1),
        annotation.overwrite(classifications=[NewClassification(label_id=car.id, text="sure")]),
    ):
        with pytest.raises(NotSupportedError):
            await refused
    assert len(strict_proxy.passed) == before


async def test_l15_texts_that_could_not_be_set_are_reported(strict_proxied, strict_proxy, strict_org, fill):
    version = await (await strict_proxied.create_dataset("birds")).create_version("v1")
    await fill(strict_org, version, ["a.png"])
    annotation = await (await version.list_assets())[0].create_annotation()
    car = await version.create_label("car")
    strict_proxy.answers("PATCH", "/api/point/", times=1, status=403, body=b'{"message": "no"}')
    with pytest.raises(
        PartialFailure, match="the points were made, but 1 of them without their text"
    ) as caught:
        await annotation.create_multiple_points(
            [NewPoint(point=(n, n), label_id=car.id, text=str(n)) for n in range(3)]
        )
    found = await annotation.list_points()
    assert [one.item for one in caught.value.report] == [one.id for one in found if one.text is None]
    assert len(caught.value.report) == 1


async def test_an_answer_with_fewer_shapes_is_none(scripted, says):
    client, _ = scripted(lambda request: says({"points": []}))
    version_id = "018c59e3-b21b-7006-a82b-047d3931db84"
    record = asyncsdk.records.labels.LabelRecord("018c59e3-b21b-7006-a82b-047d3931db85", "car")
    car = asyncsdk.Label(client._connection, record, version_id)
    annotation = asyncsdk.Annotation(
        client._connection,
        asyncsdk.records.annotations.AnnotationRecord(id="x", duration=0.0, status="PENDING"),
        version_id,
    )
    with pytest.raises(ProtocolError, match="the answer has 0 points, not 1"):
        await annotation.create_point([1, 1], car)


async def test_a_platform_that_ignores_attributes_is_found_out(scripted, says):
    label = {"id": "018c59e3-b21b-7006-a82b-047d3931db85", "name": "car"}
    client, transport = scripted(lambda request: says({"id": "x", "label": label, "point": [1, 1]}))
    record = asyncsdk.records.annotations.ShapeRecord(id="x", label=label)
    point = Point(client._connection, record, "a", "v")
    with pytest.raises(NotSupportedError, match="left the attributes as they were"):
        await point.update(attributes={"a": 1})
    assert orjson.loads(transport.requests[0].body) == {"attributes": {"a": 1}}
