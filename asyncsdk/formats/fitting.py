"""Shapes of a dataset version's type from the objects of a file, with a report of what the type cannot hold.

What each type makes of an object, the first of its things that is there and sound:

    type               shapes                     made of
    OBJECT_DETECTION   rectangle                  box; else the box around polygons, mask or visible keypoints *
    SEGMENTATION       a polygon for each part    polygons; else, where there is no mask, the corners of the box *
    MASK               mask                       mask; else the pixels of the polygons *, else those of the box *
    KEYPOINT           keypoints                  keypoints
    CLASSIFICATION     classification             label
    MULTI              all that there is          polygons, mask, keypoints; a box that they do not tell; else the label
    POINT, LINE        none                       nothing: annotation files hold no points and lines

A star: told as changed. Each other thing that the object says is told as dropped, and so is the mark of a crowd,
which no shape holds. A box is not told as dropped where it is that of the polygons, mask or keypoints beside it.
Text and attributes stay with each shape. Masks do not become polygons, as no polygon has their pixels.

An object of which nothing is left gives no shapes, and the report says why; for MULTI so does one whose shape cannot
be read, which is no label of the whole image. Where none of the objects that a file has on an image fits, an import
must leave that image alone: no shapes would wipe out those that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from typing import TypeAlias

import attrs

from asyncsdk.enums import InferenceType
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.formats import making
from asyncsdk.formats.bounds import Thing, box_is_told, things
from asyncsdk.formats.canvas import Canvas, UnfitError
from asyncsdk.formats.making import Maker
from asyncsdk.formats.objects import FileObject
from asyncsdk.records.shapes import PolygonShape, Shape

__all__ = ["fit", "fit_all"]


def fit_all(
    objects: Iterable[FileObject], inference_type: InferenceType, canvas: Canvas
) -> tuple[Shape, ...]:
    """Make the shapes of all objects on one image.

    Polygons of one object have the same `instance`, a number from 1 on; one that is alone has none.

    Args:
        objects: what the file says of the image.
        inference_type: type of the dataset version.
        canvas: the size of the image, and the loss report to write to.

    Raises:
        InvalidArgumentError: the type is `NOT_CONFIGURED`.

    Example:
        >>> canvas = Canvas(file="coco.json", loss=LossReport(), width=640, height=480)
        >>> cat = FileObject(label="cat", box=(1.5, 2, 30, 40))
        >>> fit_all([cat], InferenceType.OBJECT_DETECTION, canvas)
        (RectangleShape(label='cat', text=None, attributes=None, id=None, x=2, y=2, w=30, h=40, area=None),)
        >>> print(canvas.loss)
        nothing lost
    """
    shapes: list[Shape] = []
    instance = 1
    for obj in objects:
        fitted = fit(obj, inference_type, canvas, instance=instance)
        shapes += fitted
        instance += any(isinstance(shape, PolygonShape) and shape.instance is not None for shape in fitted)
    return tuple(shapes)


def fit(
    obj: FileObject, inference_type: InferenceType, canvas: Canvas, *, instance: int = 1
) -> tuple[Shape, ...]:
    """Make the shapes of one object.

    Args:
        obj: what the file says of it.
        inference_type: type of the dataset version.
        canvas: the size of the image, and the loss report to write to.
        instance: number for the polygons of the object, where it has several.

    Raises:
        InvalidArgumentError: the type is `NOT_CONFIGURED`.
    """
    if inference_type not in _FITTERS:
        raise InvalidArgumentError(
            f"a dataset version of type {inference_type} holds no shapes: set its type first"
        )
    shapes = _FITTERS[inference_type](obj, inference_type, canvas)
    if shapes and obj.is_crowd:
        canvas.dropped(
            obj.place, "crowd-dropped", "no shape holds the mark of a crowd: it is kept as an object"
        )
    return _numbered(shapes, instance)


_Fitter: TypeAlias = Callable[[FileObject, InferenceType, Canvas], tuple[Shape, ...]]


@attrs.frozen
class _Way:
    """A way to shapes from one thing."""

    thing: Thing
    make: Maker
    rule: str = ""
    """Told as changed, where the type wants another thing."""

    beside_mask: bool = True
    """Goes for an object that has a mask too."""


def _first_of(
    ways: Iterable[_Way], obj: FileObject, inference_type: InferenceType, canvas: Canvas
) -> tuple[Shape, ...]:
    """Go the first way that leads to shapes, and tell of the things that are left."""
    left = things(obj)
    shapes: tuple[Shape, ...] = ()
    for way in ways:
        if not shapes and way.thing in left and (way.beside_mask or not obj.mask):
            left.remove(way.thing)
            shapes = _go(way, obj, canvas)
    if left or not shapes:
        _tell_left(left, obj, inference_type, canvas)
    return shapes


def _everything(obj: FileObject, inference_type: InferenceType, canvas: Canvas) -> tuple[Shape, ...]:
    """Make shapes of each thing that the object says, or of its label."""
    said = things(obj)
    if not said and obj.is_unreadable:
        _tell_left(said, obj, inference_type, canvas)
        return ()
    if not said:
        return making.classification(obj)
    found = [shapes for way in _OUTLINES if way.thing in said and (shapes := _go(way, obj, canvas))]
    if Thing.BOX in said and not (found and box_is_told(obj)):
        found.append(_go(_Way(Thing.BOX, making.rectangle), obj, canvas))
    if sum(map(bool, found)) > 1:
        canvas.changed(obj.place, "object-split", f"its {', '.join(said)} became shapes on their own")
    return tuple(chain.from_iterable(found))


def _label(obj: FileObject, inference_type: InferenceType, canvas: Canvas) -> tuple[Shape, ...]:
    """Make a classification, and tell of all the object's things."""
    if said := things(obj):
        _tell_left(said, obj, inference_type, canvas)
    return making.classification(obj)


_OUTLINES = (
    _Way(Thing.POLYGONS, making.polygons),
    _Way(Thing.MASK, making.mask),
    _Way(Thing.KEYPOINTS, making.keypoints),
)

_FITTERS: Mapping[InferenceType, _Fitter] = {
    InferenceType.OBJECT_DETECTION: partial(
        _first_of,
        (
            _Way(Thing.BOX, making.rectangle),
            _Way(Thing.POLYGONS, making.rectangle_around(Thing.POLYGONS), "box-derived"),
            _Way(Thing.MASK, making.rectangle_around(Thing.MASK), "box-derived"),
            _Way(Thing.KEYPOINTS, making.rectangle_around(Thing.KEYPOINTS), "box-derived"),
        ),
    ),
    InferenceType.SEGMENTATION: partial(
        _first_of,
        (
            _Way(Thing.POLYGONS, making.polygons),
            _Way(Thing.BOX, making.polygon_of_box, "polygon-from-box", beside_mask=False),
        ),
    ),
    InferenceType.MASK: partial(
        _first_of,
        (
            _Way(Thing.MASK, making.mask),
            _Way(Thing.POLYGONS, making.mask_of_polygons, "mask-from-polygons"),
            _Way(Thing.BOX, making.mask_of_box, "mask-from-box"),
        ),
    ),
    InferenceType.KEYPOINT: partial(_first_of, (_Way(Thing.KEYPOINTS, making.keypoints),)),
    InferenceType.CLASSIFICATION: _label,
    InferenceType.MULTI: _everything,
    InferenceType.POINT: partial(_first_of, ()),
    InferenceType.LINE: partial(_first_of, ()),
}


def _go(way: _Way, obj: FileObject, canvas: Canvas) -> tuple[Shape, ...]:
    """Return the shapes that a way leads to, none where its thing is not sound, which is told."""
    try:
        shapes = way.make(obj, canvas)
    except UnfitError as fault:
        canvas.dropped(obj.place, fault.rule, str(fault))
        return ()
    if way.rule:
        canvas.changed(obj.place, way.rule, f"made of the object's {way.thing}, not kept as such")
    return shapes


def _tell_left(left: list[Thing], obj: FileObject, inference_type: InferenceType, canvas: Canvas) -> None:
    """Tell of the things of an object that its shapes do not have."""
    if not things(obj):
        reason = f"{inference_type} holds no label without a place"
        if obj.is_unreadable:
            reason = "nothing of its shape can be read, and it is no label of the whole image"
        canvas.dropped(obj.place, "label-dropped", reason)
    for thing in left:
        if thing is not Thing.BOX or not box_is_told(obj):
            canvas.dropped(
                obj.place, f"{thing}-dropped", f"{inference_type} holds no {thing} for this object"
            )


def _numbered(shapes: tuple[Shape, ...], instance: int) -> tuple[Shape, ...]:
    """Return the shapes, polygons with the number of their object where it has several."""
    if sum(isinstance(shape, PolygonShape) for shape in shapes) < 2:
        return shapes
    return tuple(
        attrs.evolve(shape, instance=instance) if isinstance(shape, PolygonShape) else shape
        for shape in shapes
    )
