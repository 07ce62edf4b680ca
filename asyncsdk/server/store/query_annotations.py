"""What a query can ask of an asset's annotations and their shapes: `annotations.rectangles.label.name`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, literal, literal_column, select

from asyncsdk.enums import AnnotationStatus
from asyncsdk.server.store.dialects import json_number
from asyncsdk.server.store.query_fields import Field, OwnedField
from asyncsdk.server.store.query_types import ID, NUMBER, TEXT, TIME, ValueType, choice_of
from asyncsdk.server.store.schema import annotation, asset, label, shape, user

__all__ = ["ANNOTATIONS"]

_Path: TypeAlias = tuple[str, ...]

_ONE: ColumnElement[Any] = literal_column("1")
_KINDS = {
    "classifications": "CLASSIFICATION",
    "rectangles": "RECTANGLE",
    "polygons": "POLYGON",
    "lines": "LINE",
    "points": "POINT",
    "keypoints": "KEYPOINTS",
    "masks": "MASK",
}
_WITH_AREA = {"rectangles", "polygons", "masks"}


def _owned(column: ColumnElement[Any], value_type: ValueType, rows: Select[Any]) -> OwnedField:
    return OwnedField(column, value_type, asset.c.seq, rows, annotation.c.asset)


_annotations = select(_ONE).select_from(annotation)
_workers = _annotations.join(user, user.c.seq == annotation.c.user_account)


def _shapes(plural: str) -> Iterator[tuple[_Path, Field]]:
    kind = shape.c.kind == literal(_KINDS[plural])
    rows = _annotations.join(shape, shape.c.annotation == annotation.c.seq).where(kind)
    labelled = rows.join(label, label.c.seq == shape.c.label)
    yield (plural, "label", "name"), _owned(label.c.name, TEXT, labelled)
    yield (plural, "label", "id"), _owned(label.c.id, ID, labelled)
    yield (plural, "text"), _owned(shape.c.text, TEXT, rows)
    if plural in _WITH_AREA:
        yield (plural, "area"), _owned(shape.c.area, NUMBER, rows)
    if plural == "rectangles":
        for name in "xywh":
            number = json_number(shape.c.geometry, literal(name))
            yield (plural, name), _owned(number, NUMBER, rows)


ANNOTATIONS: Mapping[_Path, Field] = {
    ("id",): _owned(annotation.c.id, ID, _annotations),
    ("status",): _owned(annotation.c.status, choice_of(AnnotationStatus), _annotations),
    ("duration",): _owned(annotation.c.duration, NUMBER, _annotations),
    ("created_at",): _owned(annotation.c.created_at, TIME, _annotations),
    ("worker_id",): _owned(user.c.id, ID, _workers),
    ("worker", "username"): _owned(user.c.username, TEXT, _workers),
    **{path: field for plural in _KINDS for path, field in _shapes(plural)},
}
"""Properties of an asset's annotations by their path, which a query puts after `annotations.`."""
