"""Objects for a file from shapes, the way back from `fitting`: a second fit gives the same shapes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import attrs

from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.objects import FileObject, RunLengths
from asyncsdk.records.shapes import (
    ClassificationShape,
    KeypointsShape,
    LineShape,
    MaskShape,
    PointShape,
    PolygonShape,
    RectangleShape,
    Shape,
)

__all__ = ["object_of", "objects_of"]


def objects_of(shapes: Iterable[Shape], canvas: Canvas, place: str = "") -> tuple[FileObject, ...]:
    """Return the objects of one annotation's shapes, polygons of one instance joined to one object.

    Polygons of one instance that differ in label, text or attributes stay objects of their own. What no
    file can hold is told in the canvas's loss report.

    Args:
        shapes: the shapes of one image.
        canvas: the size of the image, which masks want, and the loss report to write to.
        place: which annotation it is, for messages.

    Example:
        >>> left = PolygonShape(label="cat", polygon=((0, 0), (9, 0), (9, 9)), instance=1)
        >>> right = PolygonShape(label="cat", polygon=((20, 0), (29, 0), (29, 9)), instance=1)
        >>> canvas = Canvas(file="coco.json", loss=LossReport(), width=640, height=480)
        >>> len(objects_of([left, right], canvas)[0].parts)
        2
    """
    joined: dict[object, FileObject] = {}
    families: dict[int, object] = {}
    for number, shape in enumerate(shapes, start=1):
        where = f"{place}, shape {number}" if place else f"shape {number}"
        obj = object_of(shape, canvas, where)
        if obj is None:
            continue
        family: object = number
        if isinstance(shape, PolygonShape) and shape.instance is not None:
            family = _family(shape)
            if families.setdefault(shape.instance, family) != family:
                canvas.changed(
                    where, "instance-split", "parts of its object have another label, text or attributes"
                )
        joined[family] = _with_parts(joined[family], obj) if family in joined else obj
    return tuple(joined.values())


def object_of(shape: Shape, canvas: Canvas, place: str = "") -> FileObject | None:
    """Return the object of one shape, `None` and a word in the loss report where files hold none such.

    Args:
        shape: any shape.
        canvas: the size of the image, which masks want, and the loss report to write to.
        place: which shape it is, for messages.
    """
    make = partial(FileObject, label=shape.label, text=shape.text, attributes=shape.attributes, place=place)
    match shape:
        case RectangleShape():
            return make(box=(shape.x, shape.y, shape.w, shape.h))
        case PolygonShape():
            return make(parts=(shape.polygon,))
        case KeypointsShape():
            return make(keypoints=shape.keypoints)
        case MaskShape() if canvas.width and canvas.height:
            return make(mask=RunLengths(canvas.height, canvas.width, shape.mask))
        case MaskShape():
            canvas.dropped(
                place, "mask-size-unknown", "a mask is written only where the image's size is known"
            )
        case LineShape() | PointShape():
            kind = "line" if isinstance(shape, LineShape) else "point"
            canvas.dropped(place, f"{kind}-dropped", f"annotation files hold no {kind}s")
        case ClassificationShape():
            return make()
    return None


def _family(shape: PolygonShape) -> object:
    """Return what the parts of one object have in common."""
    attributes = sorted(shape.attributes.items()) if shape.attributes is not None else None
    return shape.instance, shape.label, shape.text, repr(attributes)


def _with_parts(obj: FileObject, other: FileObject) -> FileObject:
    """Return an object with the polygons of another one too."""
    return attrs.evolve(obj, parts=(obj.parts or ()) + (other.parts or ()))
