"""The kinds of shapes in one table, and shapes of a request as the rows that they will be.

Drafts are made before the transaction, away from the writer and, for bulk requests, from the event loop.
What needs the database is left for the transaction: labels, and the masks' sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import orjson

from asyncsdk.errors import BadRequestError
from asyncsdk.records.new_shapes import NewShapes, NewTrack
from asyncsdk.records.shapes import LARGEST_ATTRIBUTES, LONGEST_TEXT
from asyncsdk.server.services.rules import check_text, json_text
from asyncsdk.server.services.shape_geometry import (
    Drawn,
    GeometryError,
    draw_keypoints,
    draw_line,
    draw_point,
    draw_polygon,
    draw_rectangle,
    whole,
    whole_points,
)

__all__ = [
    "EVERYTHING",
    "KINDS",
    "TRACK",
    "Additions",
    "Draft",
    "Kind",
    "draft_kind",
    "draft_shapes",
    "draft_tracks",
]


@attrs.frozen
class Kind:
    """A kind of shape."""

    name: str
    """What is stored."""

    singular: str
    plural: str
    draw: Callable[[Any], Drawn]


def _draw_classification(_shape: Any) -> Drawn:
    return {}, None


def _draw_mask(shape: Any) -> Drawn:
    return {"mask": check_text(shape.mask, "mask", most=16_777_216)}, None


KINDS: Mapping[str, Kind] = {
    kind.plural: kind
    for kind in (
        Kind("CLASSIFICATION", "classification", "classifications", _draw_classification),
        Kind("RECTANGLE", "rectangle", "rectangles", draw_rectangle),
        Kind("POLYGON", "polygon", "polygons", draw_polygon),
        Kind("LINE", "line", "lines", draw_line),
        Kind("POINT", "point", "points", draw_point),
        Kind("KEYPOINTS", "keypoints", "keypoints", draw_keypoints),
        Kind("MASK", "mask", "masks", _draw_mask),
    )
}
"""By plural, in the order of the loaded form."""


@attrs.frozen(kw_only=True)
class Additions:
    """Which of our additions to the protocol a request may use; others are ignored."""

    instances: bool = True
    """Parts of one object share a number."""

    details: bool = True
    """Shapes have text and attributes from the start, also outside of bulk requests."""


EVERYTHING = Additions()

TRACK = "TRACK"
"""What the drafts of tracks have as their kind."""


@attrs.define(eq=False)
class Draft:
    """A shape or a track that is to be written."""

    kind: str
    label_id: str
    geometry: str
    area: float | None
    text: str | None
    attributes: str | None
    around: str
    """Where the request has the list that it stands in, such as `annotations[3].rectangles`."""

    index: int

    @property
    def place(self) -> str:
        """Where the request has it."""
        return f"{self.around}[{self.index}]"


def draft_shapes(shapes: NewShapes, place: str = "", taken: Additions = EVERYTHING) -> list[Draft]:
    """Return the drafts of all shapes.

    Args:
        shapes: the shapes by kind.
        place: where the request has them, with a dot at the end.
        taken: the additions that count.

    Raises:
        BadRequestError: one cannot be kept; the text names it.
    """
    return [
        draft
        for plural, kind in KINDS.items()
        for draft in draft_kind(kind, getattr(shapes, plural), place, taken)
    ]


def draft_kind(
    kind: Kind, shapes: Sequence[Any], place: str = "", taken: Additions = EVERYTHING
) -> Iterator[Draft]:
    """Give the drafts of shapes of one kind.

    Raises:
        BadRequestError: one cannot be kept; the text names it.
    """
    around = place + kind.plural
    for index, shape in enumerate(shapes):
        try:
            geometry, area = kind.draw(shape)
        except GeometryError as error:
            raise _refused(f"{around}[{index}].{error.field}", error) from error
        if geometry.get("order", 0) is None:
            geometry["order"] = index
        if not taken.instances:
            geometry.pop("instance", None)
        draft = _draft(kind.name, shape, orjson.dumps(geometry).decode(), area, around, index)
        if not taken.details:
            draft.text = draft.attributes = None
        yield draft


def draft_tracks(tracks: Sequence[NewTrack], place: str = "") -> Iterator[Draft]:
    """Give the drafts of tracks.

    Raises:
        BadRequestError: one cannot be kept; the text names it.
    """
    around = f"{place}tracks"
    for index, track in enumerate(tracks):
        try:
            geometry = _draw_track(track)
        except GeometryError as error:
            raise _refused(f"{around}[{index}].{error.field}", error) from error
        yield _draft(TRACK, track, orjson.dumps(geometry).decode(), None, around, index)


def _draw_track(track: NewTrack) -> dict[str, Any]:
    return {
        "start_frame_index": whole(track.start_frame_index, "start_frame_index"),
        "rectangle_keyframes": list(_keyframes(track.rectangle_keyframes, "rectangle_keyframes")),
        "polygon_keyframes": list(_keyframes(track.polygon_keyframes, "polygon_keyframes")),
        "end_keyframes": list(_keyframes(track.end_keyframes, "end_keyframes")),
    }


def _keyframes(frames: Sequence[Any], around: str) -> Iterator[dict[str, Any]]:
    for index, frame in enumerate(frames):
        place = f"{around}[{index}]"
        drawn: dict[str, Any] = {}
        if around == "rectangle_keyframes":
            drawn = {name: whole(getattr(frame, name), f"{place}.{name}") for name in ("x", "y", "w", "h")}
        elif around == "polygon_keyframes":
            drawn = {"polygon": whole_points(frame.polygon, f"{place}.polygon", 3)}
        yield drawn | {"frame_index": whole(frame.frame_index, f"{place}.frame_index")}


def _draft(kind: str, shape: Any, geometry: str, area: float | None, around: str, index: int) -> Draft:
    text, attributes = shape.text, shape.attributes
    if text is not None:
        check_text(text, f"{around}[{index}].text", most=LONGEST_TEXT)
    kept = None
    if attributes is not None:
        place = f"{around}[{index}].attributes"
        kept = json_text(attributes, place, most_bytes=LARGEST_ATTRIBUTES)
    return Draft(kind, shape.label_id, geometry, area, text, kept, around, index)


def _refused(place: str, error: GeometryError) -> BadRequestError:
    return BadRequestError(f"{place}: {error}", status=400)
