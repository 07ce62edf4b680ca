"""How an annotation lists and makes its shapes, whatever their kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import attrs

from asyncsdk.records.annotations import AnnotationRecord
from asyncsdk.resources import shape_making
from asyncsdk.resources.annotation_shape import AnnotationShape
from asyncsdk.resources.label import Label
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.shape_kinds import ShapeKind

__all__ = ["AnnotationShapes"]

S = TypeVar("S", bound=AnnotationShape)


@attrs.define(eq=False, repr=False)
class AnnotationShapes(Resource[AnnotationRecord]):
    """An annotation, seen from its shapes."""

    _version_id: str

    async def _list(self, kind: ShapeKind, shape: type[S]) -> list[S]:
        records = await shape_making.list_shapes(self._connection, self.id, kind)
        return [shape(self._connection, record, self.id, self._version_id) for record in records]

    async def _create(self, kind: ShapeKind, shape: type[S], values: Iterable[Any]) -> list[S]:
        new = shape_making.new_shapes(kind, values, self._version_id)
        records = await shape_making.create_shapes(self._connection, self.id, kind, new)
        return [shape(self._connection, record, self.id, self._version_id) for record in records]

    async def _create_one(self, kind: ShapeKind, shape: type[S], label: Label, **fields: Any) -> S:
        new = shape_making.new_shape(kind, label, self._version_id, fields)
        (record,) = await shape_making.create_shapes(self._connection, self.id, kind, [new])
        return shape(self._connection, record, self.id, self._version_id)
