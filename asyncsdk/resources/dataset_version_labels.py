"""Dataset versions: labels, label groups, skeletons, and the attributes of annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from asyncsdk.records.attributes import AttributeConfiguration
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.labels import LabelGroupRecord, LabelRecord, Skeleton
from asyncsdk.resources import labelling
from asyncsdk.resources.label import Label
from asyncsdk.resources.label_group import LabelGroup, group_id_of
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes

__all__ = ["DatasetVersionLabels"]


@attrs.define(eq=False, repr=False)
class DatasetVersionLabels(Resource[DatasetVersionRecord]):
    """The labels of a dataset version, and the attributes of its annotations."""

    async def list_labels(self) -> list[Label]:
        """List the labels of this version, oldest first.

        Returns:
            All of them, in a plain list.

        Example:
            >>> async def names(version) -> list[str]:
            ...     return [label.name for label in await version.list_labels()]
        """
        return [self._as_label(record) for record in await labelling.list_labels(self._connection, self.id)]

    async def get_labels(self) -> list[Label]:
        """List the labels of this version; another name of `list_labels`."""
        return await self.list_labels()

    async def create_label(self, name: str) -> Label:
        """Create a label.

        Args:
            name: its name, unique in this version.

        Returns:
            The new label.

        Raises:
            ConflictError: there is one of this name.
            LockedError: the version is locked.

        Example:
            >>> async def make(version) -> None:
            ...     car = await version.create_label("car")
        """
        return self._as_label(await labelling.create_label(self._connection, self.id, name))

    async def create_labels(self, names: Sequence[str]) -> list[Label]:
        """Return a label for each name, in one request; missing ones are created in the order of the names.

        Args:
            names: the names; one that is there twice counts once.

        Raises:
            LockedError: one is missing, and the version is locked.

        Example:
            >>> async def make(version) -> None:
            ...     car, bus, truck = await version.create_labels(["car", "bus", "truck"])
        """
        records = await labelling.find_or_create_labels(self._connection, self.id, names)
        return [self._as_label(record) for record in records]

    async def get_label(self, name: str) -> Label:
        """Return a label of this version.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return self._as_label(await labelling.find_label(self._connection, self.id, name))

    async def get_or_create_label(self, name: str) -> Label:
        """Return a label of this version, created when there is none.

        Args:
            name: its name.
        """
        return self._as_label(await labelling.find_or_create_label(self._connection, self.id, name))

    async def list_label_groups(self) -> list[LabelGroup]:
        """List the label groups of this version, those inside of others too, oldest first."""
        return [self._as_group(record) for record in await labelling.list_groups(self._connection, self.id)]

    async def create_label_group(self, name: str, parent: LabelGroup | None = None) -> LabelGroup:
        """Create a label group.

        Args:
            name: its name, unique in the group around it.
            parent: the group around it; `None` creates it at the top.

        Raises:
            ConflictError: there is one of this name.
            InvalidArgumentError: the parent is of another version.
            LockedError: the version is locked.

        Example:
            >>> async def make(version) -> None:
            ...     vehicles = await version.create_label_group("vehicles")
            ...     trucks = await version.create_label_group("trucks", vehicles)
            ...     await (await version.create_label("tow truck")).set_group(trucks)
        """
        return self._as_group(
            await labelling.create_group(self._connection, self.id, self._parent_id(parent), name)
        )

    async def get_label_group(self, name: str, parent: LabelGroup | None = None) -> LabelGroup:
        """Return a label group of this version.

        Args:
            name: its name.
            parent: the group around it; `None` looks at the top.

        Raises:
            NotFoundError: there is none of this name.
            InvalidArgumentError: the parent is of another version.
        """
        return self._as_group(
            await labelling.find_group(self._connection, self.id, self._parent_id(parent), name)
        )

    async def get_or_create_label_group(self, name: str, parent: LabelGroup | None = None) -> LabelGroup:
        """Return a label group of this version, created when there is none.

        Args:
            name: its name.
            parent: the group around it; `None` looks at the top.

        Raises:
            InvalidArgumentError: the parent is of another version.
        """
        return self._as_group(
            await labelling.find_or_create_group(self._connection, self.id, self._parent_id(parent), name)
        )

    async def get_skeletons(self) -> dict[str, Skeleton]:
        """Return the skeletons of this version's labels by label id; labels without one are left out."""
        return (await labelling.list_skeletons(self._connection, self.id)).items

    async def get_attributes(self) -> dict[str, AttributeConfiguration]:
        """Return which attributes the annotations of this version may carry, by name."""
        return await labelling.read_attributes(
            self._connection, routes.GET_VERSION_ATTRIBUTES, version=self.id
        )

    async def set_attributes(
        self, attributes: Mapping[str, AttributeConfiguration | Mapping[str, Any]] | None
    ) -> None:
        """Set which attributes the annotations of this version may carry, in place of those of now.

        Annotations that are there already are not touched. `Label.set_attributes` does the same for shapes.

        Args:
            attributes: configurations by attribute name, as records or plain dicts; `None` clears them.

        Raises:
            BadRequestError: a configuration breaks a rule; the text names attribute, field and rule.
            LockedError: the version is locked.

        Example:
            >>> from asyncsdk import AttributeConfiguration
            >>> async def set_up(version) -> None:
            ...     weather = AttributeConfiguration(input_type="string", choices=["sun", "rain"])
            ...     await version.set_attributes({"weather": weather})
        """
        await labelling.write_attributes(
            self._connection, routes.SET_VERSION_ATTRIBUTES, attributes, version=self.id
        )

    def _as_label(self, record: LabelRecord) -> Label:
        return Label(self._connection, record, self.id)

    def _as_group(self, record: LabelGroupRecord) -> LabelGroup:
        return LabelGroup(self._connection, record, self.id)

    def _parent_id(self, parent: LabelGroup | None) -> str | None:
        return None if parent is None else group_id_of(parent, self.id)
