"""Labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from asyncsdk.errors import NotSupportedError
from asyncsdk.records.attributes import AttributeConfiguration
from asyncsdk.records.labels import LabelGroupRecord, LabelPatch, LabelRecord, Skeleton
from asyncsdk.resources import labelling
from asyncsdk.resources.label_group import LabelGroup, group_id_of
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["Label"]


@attrs.define(eq=False, repr=False)
class Label(Resource[LabelRecord]):
    """A label: what a shape shows. Its name is unique in its dataset version."""

    _version_id: str

    @property
    def name(self) -> str:
        """The label's name."""
        return self._record.name

    @property
    def group_id(self) -> str | None:
        """Id of the group that the label is in; `None` when it is in none."""
        return self._record.group_id

    @property
    def dataset_version_id(self) -> str:
        """Id of the dataset version."""
        return self._version_id

    async def refresh(self) -> None:
        """Read the label anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_LABEL, LabelRecord, label=self.id)

    async def update(self, name: str | None = None, group_id: str | UUID | None = None) -> None:
        """Rename the label, or put it into a group; what is not given stays.

        Every shape that carries the label shows the new name.

        Args:
            name: the new name.
            group_id: id of a group of the same dataset version.

        Raises:
            BadRequestError: the version has no such group.
            ConflictError: another label of the version has this name.
            LockedError: the version is locked.

        Example:
            >>> async def rename(version) -> None:
            ...     await (await version.get_label("car")).update(name="vehicle")
        """
        await self._change(LabelPatch(name, "" if group_id is None else canonical_id(group_id)))

    async def get_group(self) -> LabelGroup | None:
        """Return the group that the label is in, `None` when it is in none."""
        if self.group_id is None:
            return None
        record = await self._connection.call(routes.GET_LABEL_GROUP, LabelGroupRecord, group=self.group_id)
        return LabelGroup(self._connection, record, self._version_id)

    async def set_group(self, group: LabelGroup | None) -> None:
        """Put the label into a group.

        Args:
            group: a group of the same dataset version; `None` takes the label out of its group.

        Raises:
            InvalidArgumentError: the group is of another dataset version.
            LockedError: the version is locked.
            NotSupportedError: the platform left the label where it was.
        """
        if group is None:
            await self._change(LabelPatch(group_id=None))
            if self.group_id is not None:
                raise NotSupportedError(f"{self._connection.host} cannot take a label out of its group")
        else:
            await self.update(group_id=group_id_of(group, self._version_id))

    async def get_skeleton(self) -> Skeleton:
        """Return the skeleton of the label's keypoints.

        Raises:
            NotFoundError: the label has none.
        """
        return await self._connection.call(routes.GET_SKELETON, Skeleton, label=self.id)

    async def set_skeleton(self, vertices: Sequence[str], edges: Sequence[Sequence[int]]) -> None:
        """Set the skeleton of the label's keypoints, in place of the one it has.

        Args:
            vertices: names of the keypoints in order, each once.
            edges: pairs of vertices to join, counted from 1.

        Raises:
            BadRequestError: a name is missing or there twice, or an edge does not join two vertices.
            LockedError: the dataset version is locked.

        Example:
            >>> async def outline(label) -> None:
            ...     await label.set_skeleton(["nose", "left eye", "right eye"], [[1, 2], [1, 3]])
        """
        body = {"vertices": list(vertices), "edges": [list(edge) for edge in edges]}
        await self._connection.act(routes.SET_SKELETON, body=body, label=self.id)

    async def get_attributes(self) -> dict[str, AttributeConfiguration]:
        """Return which attributes the label's shapes may carry, by name."""
        return await labelling.read_attributes(self._connection, routes.GET_LABEL_ATTRIBUTES, label=self.id)

    async def set_attributes(
        self, attributes: Mapping[str, AttributeConfiguration | Mapping[str, Any]] | None
    ) -> None:
        """Set which attributes the label's shapes may carry, in place of those they may carry now.

        Shapes that are there already are not touched.

        Args:
            attributes: configurations by attribute name, as records or plain dicts; `None` clears them.

        Raises:
            BadRequestError: a configuration breaks a rule; the text names attribute, field and rule.
            LockedError: the dataset version is locked.

        Example:
            >>> from asyncsdk import AttributeConfiguration
            >>> async def set_up(label) -> None:
            ...     colour = AttributeConfiguration(input_type="string", choices=["red", "green"])
            ...     await label.set_attributes({"colour": colour})
        """
        await labelling.write_attributes(
            self._connection, routes.SET_LABEL_ATTRIBUTES, attributes, label=self.id
        )

    async def delete(self) -> None:
        """Delete the label and every shape that carries it; the annotations stay.

        Danger: this cannot be undone.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.act(routes.DELETE_LABEL, label=self.id)

    async def _change(self, patch: LabelPatch) -> None:
        self._record = await self._connection.call(
            routes.UPDATE_LABEL, LabelRecord, body=patch, label=self.id
        )

    def _label(self) -> str:
        return self.name
