"""Dataset versions: the table of contents of what can be done with one."""

from __future__ import annotations

from typing import ClassVar

import attrs

from asyncsdk.enums import InferenceType, TagTarget, choose
from asyncsdk.markup.elements import Html
from asyncsdk.records.datasets import DatasetVersionPatch, DatasetVersionRecord
from asyncsdk.records.previews import Preview
from asyncsdk.resources import previews
from asyncsdk.resources.cards import version_card
from asyncsdk.resources.dataset_version_annotations import DatasetVersionAnnotations
from asyncsdk.resources.dataset_version_assets import DatasetVersionAssets
from asyncsdk.resources.dataset_version_campaigns import DatasetVersionCampaigns
from asyncsdk.resources.dataset_version_comparing import DatasetVersionComparing
from asyncsdk.resources.dataset_version_exports import DatasetVersionExports
from asyncsdk.resources.dataset_version_folders import DatasetVersionFolders
from asyncsdk.resources.dataset_version_forks import DatasetVersionForks
from asyncsdk.resources.dataset_version_imports import DatasetVersionImports
from asyncsdk.resources.dataset_version_labels import DatasetVersionLabels
from asyncsdk.resources.dataset_version_processings import DatasetVersionProcessings
from asyncsdk.resources.dataset_version_splits import DatasetVersionSplits
from asyncsdk.resources.dataset_version_tags import DatasetVersionTags
from asyncsdk.resources.previewable import Previewable
from asyncsdk.wire import routes

__all__ = ["DatasetVersion"]


@attrs.define(eq=False, repr=False)
class DatasetVersion(
    DatasetVersionAssets,
    DatasetVersionForks,
    DatasetVersionLabels,
    DatasetVersionAnnotations,
    DatasetVersionImports,
    DatasetVersionExports,
    DatasetVersionCampaigns,
    DatasetVersionFolders,
    DatasetVersionComparing,
    DatasetVersionProcessings,
    DatasetVersionSplits,
    DatasetVersionTags,
    Previewable,
):
    """A version of a dataset: its assets, labels, tags and annotations."""

    _tag_target: ClassVar[TagTarget] = TagTarget.DATASET_VERSION

    @property
    def ids(self) -> list[str]:
        """The id, in a list of one."""
        return [self.id]

    @property
    def name(self) -> str:
        """Name of the dataset."""
        return self._record.origin_name

    @property
    def origin_id(self) -> str:
        """Id of the dataset."""
        return self._record.origin_id

    @property
    def version(self) -> str:
        """Name of the version, unique in its dataset."""
        return self._record.version

    @property
    def type(self) -> InferenceType:
        """What the annotations look like."""
        return self._record.type

    async def refresh(self) -> None:
        """Read the version anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_VERSION, DatasetVersionRecord, version=self.id)

    async def update(
        self,
        version: str | None = None,
        description: str | None = None,
        type: InferenceType | str | None = None,  # noqa: A002 - the protocol's word
    ) -> None:
        """Update version, description and type; what is not given stays, and without anything nothing is sent.

        Args:
            version: new version name, unique in its dataset.
            description: new description; an empty one clears it.
            type: new type: a member or its name in any case. It says what annotations are to be made from now
                on: those that are there stay, also shapes that do not fit it.

        Raises:
            BadRequestError: the version name is blank or too long.
            ConflictError: another version of the dataset has this name.
            LockedError: the version is locked.
            InvalidArgumentError: the type is unknown.

        Example:
            >>> async def describe(version) -> None:
            ...     await version.update(description="My favourite dataset")
        """
        if version is description is type is None:
            return
        chosen = None if type is None else choose(InferenceType, type)
        self._record = await self._connection.call(
            routes.UPDATE_VERSION,
            DatasetVersionRecord,
            body=DatasetVersionPatch(version, description, chosen),
            version=self.id,
        )

    async def set_type(self, type: str | InferenceType) -> None:  # noqa: A002 - the protocol's word
        """Set the inference type.

        It says what annotations are to be made from now on: those that are there stay, also shapes that do
        not fit it.

        Args:
            type: a member or its name in any case.

        Raises:
            LockedError: the version is locked.
            InvalidArgumentError: the type is unknown.

        Example:
            >>> async def set_up(version) -> None:
            ...     await version.set_type("object_detection")
        """
        await self.update(type=choose(InferenceType, type))

    async def delete(self) -> None:
        """Delete the version with all of its assets, annotations and its campaign; the data stays.

        Danger: this cannot be undone.

        Raises:
            LockedError: the version is locked.

        Example:
            >>> async def clear(dataset) -> None:
            ...     await (await dataset.get_version("first")).delete()
        """
        await self._connection.act(routes.DELETE_VERSION, version=self.id)

    async def lock(self) -> None:
        """Lock the version: every change to it and what is in it is refused until `unlock`.

        Tags of the organization say something about a version and can still be added and removed.
        """
        await self._connection.act(routes.LOCK_VERSION, version=self.id)

    async def unlock(self) -> None:
        """Unlock the version."""
        await self._connection.act(routes.UNLOCK_VERSION, version=self.id)

    async def preview(self, limit: int = 12) -> Preview:
        """Return what is in the version, for a notebook: facts, its labels as a bar chart, and pictures.

        The pictures are of the newest assets, with the shapes of their newest annotations drawn over them.

        Args:
            limit: most assets shown, 1 to 500.

        Raises:
            InvalidArgumentError: the limit is out of range.

        Example:
            >>> async def look(client) -> Preview:
            ...     dataset = await client.get_dataset("foo_dataset")
            ...     version = await dataset.get_version("first")
            ...     return await version.preview()
        """
        return await previews.preview_version(self._connection, self._record, limit)

    def _label(self) -> str:
        return f"{self.name}/{self.version}"

    def _card(self) -> Html:
        return version_card(self._record)
