"""What every shape of an annotation is."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs

from asyncsdk.errors import NotSupportedError
from asyncsdk.records.annotations import ShapeRecord
from asyncsdk.resources import shape_making
from asyncsdk.resources.label import Label
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.shape_kinds import ShapeKind
from asyncsdk.wire.requests import Route

__all__ = ["AnnotationShape"]


@attrs.define(eq=False, repr=False)
class AnnotationShape(Resource[ShapeRecord]):
    """A shape of an annotation: what it shows is its label."""

    _kind: ClassVar[ShapeKind]

    _annotation_id: str
    _version_id: str

    @property
    def annotation_id(self) -> str:
        """Id of the annotation."""
        return self._annotation_id

    @property
    def label(self) -> Label:
        """What the shape shows."""
        return Label(self._connection, self._record.label, self._version_id)

    @property
    def text(self) -> str | None:
        """Text, such as what is written there."""
        return self._record.text

    @property
    def attributes(self) -> dict[str, Any] | None:
        """Values of the label's attributes."""
        return self._record.attributes

    async def refresh(self) -> None:
        """Read the shape anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(self._kind.reading, ShapeRecord, query=None, **self._place)

    async def delete(self) -> None:
        """Delete the shape.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.act(self._kind.deleting, query=None, **self._place)

    async def _change(self, route: Route, label: Label | None, **changes: Any) -> None:
        if label is not None:
            changes["label_id"] = shape_making.label_id_of(label, self._version_id)
        patch = shape_making.patch_of(self._kind, changes)
        self._record = await self._connection.call(route, ShapeRecord, body=patch, query=None, **self._place)
        if patch.attributes is not None and self._record.attributes != patch.attributes:
            raise NotSupportedError(f"{self._connection.host} left the attributes as they were")

    @property
    def _place(self) -> dict[str, str]:
        return {self._kind.singular: self.id}

    def _label(self) -> str:
        return self._record.label.name
