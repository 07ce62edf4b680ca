"""Tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from asyncsdk.enums import TagTarget
from asyncsdk.records.tags import TagPatch, TagRecord
from asyncsdk.resources import tagging
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes

if TYPE_CHECKING:
    from asyncsdk.resources.taggable import Taggable

__all__ = ["Tag"]


@attrs.define(eq=False, repr=False)
class Tag(Resource[TagRecord]):
    """A tag: a name that can be attached to objects of one kind.

    Data tags belong to a datalake, asset tags to a dataset version, all others to the organization.
    """

    @property
    def name(self) -> str:
        """The tag's name."""
        return self._record.name

    @property
    def target_type(self) -> TagTarget:
        """The kind of object that the tag can be attached to."""
        return self._record.target_type

    async def refresh(self) -> None:
        """Read the tag anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_TAG, TagRecord, tag=self.id)

    async def update(self, name: str) -> None:
        """Rename the tag; every object that carries it shows the new name.

        Args:
            name: the new name.

        Raises:
            ConflictError: another tag of the same scope has this name.
        """
        self._record = await self._connection.call(
            routes.UPDATE_TAG, TagRecord, body=TagPatch(name), tag=self.id
        )

    async def delete(self) -> None:
        """Delete the tag and take it from every object."""
        await self._connection.act(routes.DELETE_TAG, tag=self.id)

    async def attach_on(self, targets: Taggable | Sequence[Taggable]) -> None:
        """Attach the tag to objects; those that carry it already stay as they are.

        Args:
            targets: one object, a list, or a sequence such as a `MultiAsset`.

        Raises:
            InvalidArgumentError: an object is not of the tag's kind.
        """
        await tagging.attach(self._connection, [self], tagging.ids_of(targets, self.target_type))

    async def detach_from(self, targets: Taggable | Sequence[Taggable]) -> None:
        """Take the tag from objects; those that do not carry it stay as they are.

        Args:
            targets: one object, a list, or a sequence such as a `MultiAsset`.

        Raises:
            InvalidArgumentError: an object is not of the tag's kind.
        """
        await tagging.detach(self._connection, [self], tagging.ids_of(targets, self.target_type))

    def _label(self) -> str:
        return self.name
