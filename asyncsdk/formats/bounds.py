"""What an object of a file says, and the boxes around that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from itertools import chain

from asyncsdk.formats import rle
from asyncsdk.formats.geometry import bounding_box
from asyncsdk.formats.objects import Box, FileObject

__all__ = ["Thing", "box_around", "box_is_told", "box_of", "things"]

_SAME = 1  # pixels by which tools differ on the box of one outline: with the last pixel or without, floor or ceiling


class Thing(StrEnum):
    """A thing that an object of a file may say beside its label; the values are the words of messages."""

    BOX = "box"
    POLYGONS = "polygons"
    MASK = "mask"
    KEYPOINTS = "keypoints"


def things(obj: FileObject) -> list[Thing]:
    """Return what the object says."""
    said = {
        Thing.BOX: obj.box,
        Thing.POLYGONS: obj.parts,
        Thing.MASK: obj.mask,
        Thing.KEYPOINTS: obj.keypoints,
    }
    return [thing for thing, value in said.items() if value]


def box_around(obj: FileObject, thing: Thing) -> Box | None:
    """Return the box around one thing; `None` where it is not there, or has no pixel or visible point.

    Raises:
        RunLengthsError: the mask is broken.
    """
    return _BOXES[thing](obj)


def box_of(obj: FileObject) -> Box | None:
    """Return the object's box, else the one around its polygons, mask or visible keypoints.

    Raises:
        RunLengthsError: the mask is broken.
    """
    return next((box for thing in Thing if (box := box_around(obj, thing))), None)


def box_is_told(obj: FileObject) -> bool:
    """Tell whether the box is that of the polygons, mask or keypoints, up to a pixel."""
    return obj.box is not None and any(_same(obj.box, box) for box in _boxes_told(obj))


def _around_polygons(obj: FileObject) -> Box | None:
    points = list(chain.from_iterable(obj.parts or ()))
    return bounding_box(points) if points else None


def _around_mask(obj: FileObject) -> Box | None:
    box = rle.bounding_box(obj.mask) if obj.mask else (0, 0, 0, 0)
    return box if any(box) else None


def _around_keypoints(obj: FileObject) -> Box | None:
    seen = [(x, y) for x, y, visibility in obj.keypoints or () if visibility > 0]
    return bounding_box(seen) if seen else None


_BOXES: Mapping[Thing, Callable[[FileObject], Box | None]] = {
    Thing.BOX: lambda obj: obj.box,
    Thing.POLYGONS: _around_polygons,
    Thing.MASK: _around_mask,
    Thing.KEYPOINTS: _around_keypoints,
}


def _boxes_told(obj: FileObject) -> Iterator[Box | None]:
    """Yield the boxes that follow from the object's other things; writers give hidden keypoints one too."""
    yield _around_polygons(obj)
    with suppress(rle.RunLengthsError):  # what is wrong with a mask is told where the mask is used
        yield _around_mask(obj)
    yield _around_keypoints(obj)
    if obj.keypoints:
        yield bounding_box((x, y) for x, y, _ in obj.keypoints)


def _same(one: Box, other: Box | None) -> bool:
    """Tell whether the sides of two boxes lie no more than a pixel apart."""
    if other is None:
        return False
    sides = zip(
        (*one[:2], one[0] + one[2], one[1] + one[3]),
        (*other[:2], other[0] + other[2], other[1] + other[3]),
        strict=True,
    )
    return all(abs(mine - its) <= _SAME for mine, its in sides)
