"""Makes the parts of COCO files from images and their objects."""

from __future__ import annotations

import math
from itertools import chain

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.formats import geometry, rle
from asyncsdk.formats.bounds import box_of
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.objects import Box, Category, FileImage, FileObject
from asyncsdk.records.boxes import Box as ReadBox
from asyncsdk.records.coco import COCOAnnotation, COCOCategory, COCOImage, COCORle
from asyncsdk.records.shapes import RectangleShape

__all__ = ["annotation_part", "category_part", "image_part", "rectangle_part"]


def category_part(number: CocoId, category: Category) -> COCOCategory:
    """Return a category with its id."""
    return COCOCategory(
        id=number,
        name=category.name,
        keypoints=category.keypoints,
        skeleton=category.skeleton,
        supercategory=category.supercategory,
    )


def image_part(number: CocoId, image: FileImage) -> COCOImage:
    """Return an image with its id, without its objects."""
    return COCOImage(
        id=number, file_name=image.name, width=image.width, height=image.height, attributes=image.attributes
    )


def annotation_part(
    number: CocoId, image_id: CocoId, category_id: CocoId, found: FileObject
) -> COCOAnnotation:
    """Return an object with its ids; box and area are computed where the object does not say them.

    Args:
        number: id of the annotation.
        image_id: id of the image.
        category_id: id of the category that the object's label is.
        found: the object; without any shape it is a label of the whole image.

    Raises:
        InvalidArgumentError: a number is not finite, or a mask is none.
    """
    flat = tuple(tuple(chain.from_iterable(part)) for part in found.parts or ())
    keypoints = None if found.keypoints is None else tuple(chain.from_iterable(found.keypoints))
    if not math.isfinite(sum(chain(found.box or (), *flat, keypoints or ()))):
        raise InvalidArgumentError(f"annotation {number!r}: a number of its shape is not finite")
    try:
        box = box_of(found) or _box_of_hidden(found)
        area = _area(found, box)
    except rle.RunLengthsError as error:
        raise InvalidArgumentError(f"annotation {number!r}: {error}") from error
    mask = found.mask
    return COCOAnnotation(
        id=number,
        image_id=image_id,
        category_id=category_id,
        bbox=box or (),
        segmentation=flat if mask is None else COCORle(size=(mask.height, mask.width), counts=mask.counts),
        keypoints=keypoints,
        num_keypoints=None if found.keypoints is None else sum(seen > 0 for _, _, seen in found.keypoints),
        iscrowd=int(found.is_crowd),
        area=area,
        utf8_string=found.text,
        attributes=found.attributes,
    )


def rectangle_part(
    number: CocoId, image_id: CocoId, category_id: CocoId, shape: RectangleShape | ReadBox
) -> COCOAnnotation | None:
    """Return what `annotation_part` makes of a rectangle's object, sooner; `None` where a number is not finite."""
    x, y, width, height = shape.x, shape.y, shape.w, shape.h
    area = width * height
    if not math.isfinite(area + x + y):
        return None
    return COCOAnnotation(
        id=number,
        image_id=image_id,
        category_id=category_id,
        bbox=(x, y, width, height),
        area=float(area),
        utf8_string=shape.text,
        attributes=shape.attributes,
    )


def _area(found: FileObject, box: Box | None) -> float:
    """Return the area of an object's closest shape, in square pixels."""
    if found.mask is not None:
        return float(rle.area(found.mask))
    if found.parts:
        return float(sum(geometry.area(part) for part in found.parts))
    return float(box[2] * box[3]) if box else 0.0


def _box_of_hidden(found: FileObject) -> Box | None:
    """Return the box around keypoints none of which can be seen: evaluation tools want one."""
    points = [(x, y) for x, y, _ in found.keypoints or ()]
    return geometry.bounding_box(points) if points else None
