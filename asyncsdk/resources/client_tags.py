"""The client's doors to tags."""

from __future__ import annotations

from asyncsdk.enums import TagTarget, choose
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.data import DatalakeRecord
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.tagging import TagHome
from asyncsdk.wire import routes

__all__ = ["ClientTags"]


class ClientTags:
    """Creating, finding and listing the tags of an organization."""

    _connection: Connection

    async def create_tag(self, name: str, target: TagTarget | str) -> Tag:
        """Create a tag for one kind of object.

        Args:
            name: its name.
            target: the kind of object. `DATA` creates it in the default datalake; asset tags are created
                by `DatasetVersion.create_asset_tag`, as they live in a version.

        Raises:
            ConflictError: there is one of this name.
            InvalidArgumentError: the target is `ASSET`, or unknown.

        Example:
            >>> async def make(client) -> None:
            ...     bicycle = await client.create_tag("bicycle", "DATA")
        """
        return Tag(self._connection, await (await self._home(target)).create(name))

    async def get_or_create_tag(self, name: str, target: TagTarget | str) -> Tag:
        """Return a tag by its name, created when there is none.

        Args:
            name: its name.
            target: the kind of object it is for; `DATA` means the default datalake.

        Raises:
            InvalidArgumentError: the target is `ASSET`, or unknown.
        """
        return Tag(self._connection, await (await self._home(target)).find_or_create(name))

    async def find_tag(self, name: str, target: TagTarget | str) -> Tag:
        """Return a tag by its name.

        Args:
            name: its name.
            target: the kind of object it is for; `DATA` looks into the default datalake.

        Raises:
            NotFoundError: there is none of this name.
            InvalidArgumentError: the target is `ASSET`, or unknown.
        """
        return Tag(self._connection, await (await self._home(target)).find(name))

    async def list_tags(self, target: TagTarget | str) -> list[Tag]:
        """List the tags for one kind of object, newest first.

        Args:
            target: the kind of object; `DATA` lists the default datalake's tags.

        Raises:
            InvalidArgumentError: the target is `ASSET`, or unknown.
        """
        return [Tag(self._connection, record) for record in await (await self._home(target)).list()]

    async def create_dataset_tag(self, name: str) -> Tag:
        """Create a tag for datasets.

        Args:
            name: its name.

        Raises:
            ConflictError: there is one of this name.
        """
        return await self.create_tag(name, TagTarget.DATASET)

    async def find_dataset_tag(self, name: str) -> Tag:
        """Return a tag for datasets.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self.find_tag(name, TagTarget.DATASET)

    async def list_dataset_tags(self) -> list[Tag]:
        """List the tags for datasets, newest first."""
        return await self.list_tags(TagTarget.DATASET)

    async def create_dataset_version_tag(self, name: str) -> Tag:
        """Create a tag for dataset versions.

        Args:
            name: its name.

        Raises:
            ConflictError: there is one of this name.
        """
        return await self.create_tag(name, TagTarget.DATASET_VERSION)

    async def find_dataset_version_tag(self, name: str) -> Tag:
        """Return a tag for dataset versions.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self.find_tag(name, TagTarget.DATASET_VERSION)

    async def list_dataset_version_tags(self) -> list[Tag]:
        """List the tags for dataset versions, newest first."""
        return await self.list_tags(TagTarget.DATASET_VERSION)

    async def create_model_tag(self, name: str) -> Tag:
        """Create a tag for models.

        Args:
            name: its name.

        Raises:
            ConflictError: there is one of this name.
        """
        return await self.create_tag(name, TagTarget.MODEL)

    async def find_model_tag(self, name: str) -> Tag:
        """Return a tag for models.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self.find_tag(name, TagTarget.MODEL)

    async def list_model_tags(self) -> list[Tag]:
        """List the tags for models, newest first."""
        return await self.list_tags(TagTarget.MODEL)

    async def create_model_version_tag(self, name: str) -> Tag:
        """Create a tag for model versions.

        Args:
            name: its name.

        Raises:
            ConflictError: there is one of this name.
        """
        return await self.create_tag(name, TagTarget.MODEL_VERSION)

    async def find_model_version_tag(self, name: str) -> Tag:
        """Return a tag for model versions.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self.find_tag(name, TagTarget.MODEL_VERSION)

    async def list_model_version_tags(self) -> list[Tag]:
        """List the tags for model versions, newest first."""
        return await self.list_tags(TagTarget.MODEL_VERSION)

    async def create_deployment_tag(self, name: str) -> Tag:
        """Create a tag for deployments.

        Args:
            name: its name.

        Raises:
            ConflictError: there is one of this name.
        """
        return await self.create_tag(name, TagTarget.DEPLOYMENT)

    async def find_deployment_tag(self, name: str) -> Tag:
        """Return a tag for deployments.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self.find_tag(name, TagTarget.DEPLOYMENT)

    async def list_deployment_tags(self) -> list[Tag]:
        """List the tags for deployments, newest first."""
        return await self.list_tags(TagTarget.DEPLOYMENT)

    async def _home(self, target: TagTarget | str) -> TagHome:
        chosen = choose(TagTarget, target)
        if chosen is TagTarget.ASSET:
            raise InvalidArgumentError("asset tags live in a version: use DatasetVersion.create_asset_tag")
        await self._connection.open()
        if chosen is not TagTarget.DATA:
            return TagHome.of_organization(self._connection, chosen)
        datalake = await self._connection.call(
            routes.GET_DEFAULT_DATALAKE, DatalakeRecord, org=self._connection.organization.id
        )
        return TagHome.of_datalake(self._connection, datalake.id)
