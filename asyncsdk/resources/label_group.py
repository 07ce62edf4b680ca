"""Label groups."""

from __future__ import annotations

from uuid import UUID

import attrs

from asyncsdk.errors import InvalidArgumentError, NotSupportedError
from asyncsdk.records.labels import LabelGroupPatch, LabelGroupRecord
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["LabelGroup"]


@attrs.define(eq=False, repr=False)
class LabelGroup(Resource[LabelGroupRecord]):
    """A group of labels; groups can be in groups. A name is unique in the group around it."""

    _version_id: str

    @property
    def name(self) -> str:
        """The group's name."""
        return self._record.name

    @property
    def parent_id(self) -> str | None:
        """Id of the group around it; `None` at the top."""
        return self._record.parent_id

    @property
    def dataset_version_id(self) -> str:
        """Id of the dataset version."""
        return self._version_id

    async def refresh(self) -> None:
        """Read the group anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_LABEL_GROUP, LabelGroupRecord, group=self.id)

    async def update(self, name: str | None = None, parent_id: str | UUID | None = None) -> None:
        """Rename the group, or move it with everything in it; what is not given stays.

        Args:
            name: the new name.
            parent_id: id of a group of the same dataset version.

        Raises:
            BadRequestError: the version has no such group, or the group would be inside of itself.
            ConflictError: there is a group of this name already.
            LockedError: the version is locked.
        """
        await self._change(LabelGroupPatch(name, "" if parent_id is None else canonical_id(parent_id)))

    async def get_parent(self) -> LabelGroup | None:
        """Return the group around it, `None` at the top."""
        if self.parent_id is None:
            return None
        record = await self._connection.call(routes.GET_LABEL_GROUP, LabelGroupRecord, group=self.parent_id)
        return LabelGroup(self._connection, record, self._version_id)

    async def set_parent(self, parent: LabelGroup | None) -> None:
        """Move the group with everything in it.

        Args:
            parent: the group to move it into; `None` moves it to the top.

        Raises:
            InvalidArgumentError: the other group is of another dataset version.
            BadRequestError: the group would be inside of itself.
            ConflictError: there is a group of this name already.
            LockedError: the version is locked.
            NotSupportedError: the platform left the group where it was.

        Example:
            >>> async def arrange(version) -> None:
            ...     vehicles = await version.create_label_group("vehicles")
            ...     trucks = await version.create_label_group("trucks")
            ...     await trucks.set_parent(vehicles)
        """
        if parent is None:
            await self._change(LabelGroupPatch(parent_id=None))
            if self.parent_id is not None:
                raise NotSupportedError(f"{self._connection.host} cannot move a label group to the top")
        else:
            await self.update(parent_id=group_id_of(parent, self._version_id))

    async def delete(self) -> None:
        """Delete the group and the groups in it; their labels stay, without a group.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.act(routes.DELETE_LABEL_GROUP, group=self.id)

    async def _change(self, patch: LabelGroupPatch) -> None:
        self._record = await self._connection.call(
            routes.UPDATE_LABEL_GROUP, LabelGroupRecord, body=patch, group=self.id
        )

    def _label(self) -> str:
        return self.name


def group_id_of(group: LabelGroup, version_id: str) -> str:
    """Return the id of a group of a version.

    Raises:
        InvalidArgumentError: it is no group, or one of another version.
    """
    if not isinstance(group, LabelGroup):
        raise InvalidArgumentError(f"{group!r} is not a LabelGroup")
    if group.dataset_version_id != version_id:
        raise InvalidArgumentError(f"{group!r} belongs to another dataset version")
    return group.id
