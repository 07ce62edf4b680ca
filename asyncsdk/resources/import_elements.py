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

__all__ = ["EMPTY", "Filler", "details", "element_of"]


def _polygon(shape: PolygonShape) -> dict[str, Any]:
    found: dict[str, Any] = {"polygon": shape.polygon}
    if shape.instance is not None:
        found["instance"] = shape.instance
    return found


_LABEL = re.compile(rb'"label_id":\d+')

_KINDS: Mapping[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    RectangleShape: ("rectangles", lambda shape: {"x": shape.x, "y": shape.y, "w": shape.w, "h": shape.h}),
    PolygonShape: ("polygons", _polygon),
    ClassificationShape: ("classifications", lambda _: {}),
    KeypointsShape: ("keypoints", lambda shape: {"keypoints": shape.keypoints}),
    MaskShape: ("masks", lambda shape: {"mask": shape.mask}),
}
"""The lists that a published client sends, empty ones too."""

EMPTY: dict[str, Any] = dict.fromkeys([plural for plural, _ in _KINDS.values()], ())
"""What a bulk request says of an asset without shapes."""


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
            b'"label_id":%d' % number: b'"label_id":' + orjson.dumps(label)
            for number, label in self.label_ids.items()
        }

    def fill_in(self, asset_id: str, payload: bytes) -> bytes:
        """Return an element with its asset and the ids of its labels.

        Args:
            asset_id: the asset.
            payload: one that was made by `element_of`, as JSON.
        """
        if b'"attributes":' in payload or (self.first_instance and b'"instance":' in payload):
            payload = orjson.dumps(self._filled(orjson.loads(payload)))
        else:  # the key cannot be in a text, where its quotes would be escaped
            payload = _LABEL.sub(lambda found: self._labels[found[0]], payload)
        return b'{"asset_id":%b,%b' % (orjson.dumps(asset_id), payload[1:])

    def _filled(self, element: dict[str, Any]) -> dict[str, Any]:
        for shapes in element.values():
            if type(shapes) is not list:
                continue
            for shape in shapes:
                shape["label_id"] = self.label_ids[shape["label_id"]]
                if "instance" in shape:
                    shape["instance"] += self.first_instance
        return element
