"""Datasets: names over versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

import attrs

from asyncsdk.enums import InferenceType, TagTarget, choose
from asyncsdk.records.datasets import (
    DatasetPatch,
    DatasetRecord,
    DatasetVersionRecord,
    NewDatasetVersion,
)
from asyncsdk.records.paging import Items
from asyncsdk.resources import workers
from asyncsdk.resources.dataset_version import DatasetVersion
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.taggable import Taggable
from asyncsdk.resources.worker import Worker
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["Dataset"]


@attrs.define(eq=False, repr=False)
class Dataset(Resource[DatasetRecord], Taggable):
    """A dataset: a name over its versions."""

    _tag_target: ClassVar[TagTarget] = TagTarget.DATASET

    @property
    def ids(self) -> list[str]:
        """The id, in a list of one."""
        return [self.id]

    @property
    def name(self) -> str:
        """The dataset's name, unique in the organization."""
        return self._record.name

    async def refresh(self) -> None:
        """Read the dataset anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_DATASET, DatasetRecord, dataset=self.id)

    async def update(self, name: str | None = None, description: str | None = None) -> None:
        """Change what is given.

        Args:
            name: new name.
            description: new description.

        Raises:
            ConflictError: another dataset has this name.
        """
        self._record = await self._connection.call(
            routes.UPDATE_DATASET, DatasetRecord, body=DatasetPatch(name, description), dataset=self.id
        )

    async def delete(self) -> None:
        """Delete the dataset with its versions, assets, annotations and campaigns; the data stays."""
        await self._connection.act(routes.DELETE_DATASET, dataset=self.id)

    async def get_tags(self) -> list[Tag]:
        """Return the dataset's tags."""
        await self.refresh()
        return [Tag(self._connection, record) for record in self._record.tags or ()]

    async def create_version(
        self,
        version: str,
        description: str = "",
        type: InferenceType | str = InferenceType.NOT_CONFIGURED,  # noqa: A002 - the protocol's word
    ) -> DatasetVersion:
        """Create a version.

        Args:
            version: its name, unique in this dataset.
            description: what it is.
            type: what its annotations look like: a member or its name in any case.

        Raises:
            ConflictError: there is a version of this name.
            InvalidArgumentError: the type is unknown.

        Example:
            >>> async def make(client) -> None:
            ...     dataset = await client.create_dataset("birds")
            ...     version = await dataset.create_version("v1", type="object_detection")
        """
        body = NewDatasetVersion(version, description, choose(InferenceType, type))
        record = await self._connection.call(
            routes.CREATE_VERSION, DatasetVersionRecord, body=body, dataset=self.id
        )
        return DatasetVersion(self._connection, record)

    async def get_version(self, version: str) -> DatasetVersion:
        """Return a version by its name.

        Args:
            version: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self._find_version(version=version)

    async def get_version_by_id(self, id: str | UUID) -> DatasetVersion:  # noqa: A002 - the protocol's word
        """Return a version of this dataset by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: this dataset has none of this id.
        """
        return await self._find_version(id=canonical_id(id))

    async def list_versions(
        self, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[DatasetVersion]:
        """List the versions, newest first where no order is asked for.

        Args:
            limit: versions in all.
            offset: versions to skip.
            order_by: "version", "type" or "created_at", with "-" in front to descend.
        """
        found = await self._connection.call(
            routes.LIST_VERSIONS,
            Items[DatasetVersionRecord],
            query={"limit": limit, "offset": offset, "order_by": list(order_by or ())},
            dataset=self.id,
        )
        return [DatasetVersion(self._connection, record) for record in found.items]

    async def list_workers(self) -> list[Worker]:
        """List the workers of this dataset: whoever can annotate it.

        Returns:
            The workers; the id of a worker is that of its user.

        Example:
            >>> async def names(dataset) -> list[str]:
            ...     return [worker.username for worker in await dataset.list_workers()]
        """
        found = await workers.list_workers(self._connection, self.id)
        return [Worker(self._connection, record) for record in found]

    async def find_worker(self, username: str) -> Worker:
        """Return the worker of a name.

        Args:
            username: the user's name.

        Raises:
            NotFoundError: this dataset has none of this name.

        Example:
            >>> async def drawn_by(dataset, version, username: str) -> int:
            ...     worker = await dataset.find_worker(username)
            ...     return len(await version.list_annotations(worker=worker))
        """
        return Worker(self._connection, await workers.find_worker(self._connection, self.id, username))

    async def _find_version(self, **query: str) -> DatasetVersion:
        record = await self._connection.call(
            routes.FIND_VERSION, DatasetVersionRecord, query=query, dataset=self.id
        )
        return DatasetVersion(self._connection, record)

    def _label(self) -> str:
        return self.name
