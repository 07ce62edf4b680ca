"""Annotations of rectangles only, in a short form that is read several times as fast.

Files of many boxes hold nothing else, so what files do not tell, such as the ids of shapes, is not read at all.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec

from asyncsdk.enums import AnnotationStatus
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.collection import rare_collection
from asyncsdk.records.shapes import Coordinate, RectangleShape

__all__ = ["Box", "BoxedAnnotation", "read_boxed"]

_Nothing: TypeAlias = Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(max_length=0)]


class Box(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """A rectangle with the name of its label, without its id."""

    label: str
    text: str | None = None
    attributes: dict[str, Any] | None = None
    x: Coordinate
    y: Coordinate
    w: Coordinate
    h: Coordinate


class BoxedAnnotation(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """An annotation that has rectangles, or no shapes."""

    id: str
    asset_id: str
    worker_id: str | None = None
    duration: float
    status: AnnotationStatus
    attributes: dict[str, Any] | None = None
    rectangles: tuple[Box, ...] = ()
    classifications: _Nothing = ()
    polygons: _Nothing = ()
    lines: _Nothing = ()
    points: _Nothing = ()
    keypoints: _Nothing = ()
    masks: _Nothing = ()
    tracks: _Nothing = ()

    def loaded(self) -> LoadedAnnotation:
        """Return the annotation in its long form, without what was not read."""
        return LoadedAnnotation(
            id=self.id,
            asset_id=self.asset_id,
            worker_id=self.worker_id,
            duration=self.duration,
            status=self.status,
            attributes=self.attributes,
            rectangles=tuple(
                RectangleShape(
                    label=box.label,
                    text=box.text,
                    attributes=box.attributes,
                    x=box.x,
                    y=box.y,
                    w=box.w,
                    h=box.h,
                )
                for box in self.rectangles
            ),
        )


_boxed = msgspec.json.Decoder(list[BoxedAnnotation])


def read_boxed(data: bytes) -> list[BoxedAnnotation] | None:
    """Return the annotations of a JSON array, `None` where it holds anything but annotations of rectangles."""
    try:
        with rare_collection():
            return _boxed.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
