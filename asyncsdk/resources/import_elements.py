"""Shapes and tracks as the platform takes them, gathered by kind for one asset."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
import orjson

from asyncsdk.records.shapes import (
    ClassificationShape,
    KeypointsShape,
    MaskShape,
    PolygonShape,
    RectangleShape,
    Shape,
)

__all__ = ["Filler", "details", "element_of"]


def _polygon(shape: PolygonShape) -> dict[str, Any]:
    found: dict[str, Any] = {"polygon": shape.polygon}
    if shape.instance is not None:
        found["instance"] = shape.instance
    return found


_LABEL = re.compile(rb'"label_id":(\d+)')

_KINDS: Mapping[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    RectangleShape: ("rectangles", lambda shape: {"x": shape.x, "y": shape.y, "w": shape.w, "h": shape.h}),
    PolygonShape: ("polygons", _polygon),
    ClassificationShape: ("classifications", lambda _: {}),
    KeypointsShape: ("keypoints", lambda shape: {"keypoints": shape.keypoints}),
    MaskShape: ("masks", lambda shape: {"mask": shape.mask}),
}
"""The lists that a published client sends, empty ones too."""


def element_of(
    shapes: Iterable[Shape],
    number_of: Callable[[str], int],
    *,
    attributes: dict[str, Any] | None = None,
    tracks: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return what a bulk request says of an asset, but for its id.

    Args:
        shapes: of any kind.
        number_of: gives the number of a label.
        attributes: of the annotation.
        tracks: of a video.
    """
    element: dict[str, Any] = {plural: [] for plural, _ in _KINDS.values()}
    for shape in shapes:
        plural, own = _KINDS[type(shape)]
        element[plural].append(own(shape) | details(shape, number_of))
    if attributes is not None:
        element["attributes"] = attributes
    if tracks:
        element["tracks"] = tracks
    return element


def details(said: Any, number_of: Callable[[str], int]) -> dict[str, Any]:
    """Return label, text and attributes of a shape or a track."""
    found: dict[str, Any] = {"label_id": number_of(said.label)}
    if said.text is not None:
        found["text"] = said.text
    if said.attributes is not None:
        found["attributes"] = said.attributes
    return found


@attrs.define
class Filler:
    """Fills in what is known only when elements are sent.

    Attributes:
        label_ids: ids of labels by number.
        first_instance: is added to the numbers of objects, so that they are not those of shapes already there.
    """

    label_ids: Mapping[int, str]
    first_instance: int
    _labels: dict[bytes, bytes] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._labels = {
            b"%d" % number: b'"label_id":' + orjson.dumps(label) for number, label in self.label_ids.items()
        }

    def fill_in(self, elements: Iterable[tuple[str, bytes]]) -> list[bytes]:
        """Return the pieces of a JSON array of the elements, with their assets and the ids of their labels.

        Args:
            elements: asset, and what `element_of` made, as JSON.
        """
        pieces = [b"["]
        for asset_id, payload in elements:
            pieces.append(b'{"asset_id":%b,' % orjson.dumps(asset_id))
            if b'"attributes":' in payload or (self.first_instance and b'"instance":' in payload):
                pieces.append(orjson.dumps(self._filled(orjson.loads(payload)))[1:])
            else:  # the key cannot be in a text, where its quotes would be escaped
                pieces += self._labelled(payload)
            pieces.append(b",")
        pieces[-1] = b"]"
        return pieces

    def _labelled(self, payload: bytes) -> list[bytes]:
        pieces = _LABEL.split(payload)  # every other is a number
        pieces[0] = pieces[0][1:]
        pieces[1::2] = map(self._labels.__getitem__, pieces[1::2])
        return pieces

    def _filled(self, element: dict[str, Any]) -> dict[str, Any]:
        for shapes in element.values():
            if type(shapes) is not list:
                continue
            for shape in shapes:
                shape["label_id"] = self.label_ids[shape["label_id"]]
                if "instance" in shape:
                    shape["instance"] += self.first_instance
        return element
