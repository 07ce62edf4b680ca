"""Shapes of one thing that an object says: its box, its polygons, its mask, its keypoints or its label.

Each maker wants the thing to be there, and raises `UnfitError` where it is not sound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import attrs

from asyncsdk.formats.bounds import Thing, box_around
from asyncsdk.formats.canvas import Canvas, UnfitError
from asyncsdk.formats.geometry import corners
from asyncsdk.formats.objects import FileObject, Point, RunLengths
from asyncsdk.records.shapes import (
    ClassificationShape,
    KeypointsShape,
    MaskShape,
    PolygonShape,
    RectangleShape,
    Shape,
)

__all__ = [
    "Maker",
    "classification",
    "keypoints",
    "mask",
    "mask_of_box",
    "mask_of_polygons",
    "polygon_of_box",
    "polygons",
    "rectangle",
    "rectangle_around",
]

P = TypeVar("P")

Maker: TypeAlias = Callable[[FileObject, Canvas], tuple[Shape, ...]]
"""Makes shapes of one thing of an object."""


def classification(obj: FileObject) -> tuple[Shape, ...]:
    """Make a label for the whole image of the object's label."""
    return (ClassificationShape(**_said(obj)),)


def rectangle(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Make a rectangle of the object's box."""
    return _rectangle_around(Thing.BOX, obj, canvas)


def rectangle_around(thing: Thing) -> Maker:
    """Return what makes a rectangle around one thing."""

    def make(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
        return _rectangle_around(thing, _sound(obj, thing, canvas), canvas)

    return make


def polygons(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Make a polygon of each part of the object."""
    return tuple(PolygonShape(polygon=part, **_said(obj)) for part in _each_part(obj, canvas, canvas.polygon))


def polygon_of_box(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Make a polygon of the four corners of the object's box."""
    assert obj.box
    return (PolygonShape(polygon=corners(canvas.rectangle(obj.box, obj.place)), **_said(obj)),)


def mask(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Make a mask of the object's mask."""
    assert obj.mask
    return _mask(obj, canvas.mask(obj.mask))


def mask_of_polygons(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Make a mask of the pixels that the object's polygons cover, by the rules of the COCO API."""
    return _mask(
        obj, canvas.mask_of_polygons(_each_part(obj, canvas, lambda points, _: canvas.outline(points)))
    )


def mask_of_box(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Make a mask of the pixels of the object's box."""
    assert obj.box
    return _mask(obj, canvas.mask_of_polygons([corners(canvas.rectangle(obj.box, obj.place))]))


def keypoints(obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Make keypoints of the object's keypoints."""
    assert obj.keypoints
    return (KeypointsShape(keypoints=canvas.keypoints(obj.keypoints, obj.label, obj.place), **_said(obj)),)


def _rectangle_around(thing: Thing, obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    box = box_around(obj, thing)
    if box is None:
        raise UnfitError(f"{thing}-hidden", f"nothing of the {thing} is visible, to draw a box around")
    x, y, w, h = canvas.rectangle(box, obj.place)
    return (RectangleShape(x=x, y=y, w=w, h=h, **_said(obj)),)


def _mask(obj: FileObject, run_lengths: RunLengths) -> tuple[Shape, ...]:
    return (MaskShape(mask=str(run_lengths.counts), **_said(obj)),)


def _said(obj: FileObject) -> dict[str, Any]:
    """Return what every shape of an object has."""
    return {"label": obj.label, "text": obj.text, "attributes": obj.attributes}


def _sound(obj: FileObject, thing: Thing, canvas: Canvas) -> FileObject:
    """Return the object with one of its things checked against the image."""
    if thing is Thing.POLYGONS:
        return attrs.evolve(obj, parts=_each_part(obj, canvas, lambda points, _: canvas.outline(points)))
    if thing is Thing.MASK and obj.mask:
        return attrs.evolve(obj, mask=canvas.mask(obj.mask))
    if thing is Thing.KEYPOINTS and obj.keypoints:
        return attrs.evolve(obj, keypoints=canvas.keypoints(obj.keypoints, obj.label, obj.place))
    return obj


def _each_part(
    obj: FileObject, canvas: Canvas, make: Callable[[tuple[Point, ...], str], tuple[P, ...]]
) -> tuple[tuple[P, ...], ...]:
    """Return what becomes of each polygon of an object; those that are not sound are told as dropped.

    Raises:
        UnfitError: none is sound; this is the fault of the first.
    """
    good: list[tuple[P, ...]] = []
    bad: list[tuple[str, UnfitError]] = []
    for number, points in enumerate(obj.parts or (), start=1):
        place = f"{obj.place}, polygon {number}"
        try:
            good.append(make(points, place))
        except UnfitError as fault:
            bad.append((place, fault))
    if not good:
        raise bad[0][1]
    for place, error in bad:
        canvas.dropped(place, error.rule, str(error))
    return tuple(good)
