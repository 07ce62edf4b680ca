"""Dataset versions: tags, the version's own and those of its assets."""

from __future__ import annotations

import attrs

from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.taggable import Taggable
from asyncsdk.resources.tagging import TagHome
from asyncsdk.wire import routes

__all__ = ["DatasetVersionTags"]


@attrs.define(eq=False, repr=False)
class DatasetVersionTags(Resource[DatasetVersionRecord], Taggable):
    """The tags of a dataset version, and the asset tags that live in it."""

    async def get_tags(self) -> list[Tag]:
        """Return the tags of this version.

        Example:
            >>> async def first_tag(version) -> str:
            ...     return (await version.get_tags())[0].name
        """
        record = await self._connection.call(routes.GET_VERSION, DatasetVersionRecord, version=self.id)
        return [Tag(self._connection, tag) for tag in record.tags or ()]

    async def create_asset_tag(self, name: str) -> Tag:
        """Create an asset tag, which lives in this version only.

        Args:
            name: its name, unique in this version.

        Raises:
            ConflictError: there is one of this name.
            LockedError: the version is locked.

        Example:
            >>> async def make(version) -> None:
            ...     dog = await version.create_asset_tag("dog")
        """
        return Tag(self._connection, await self._asset_tags().create(name))

    async def get_asset_tag(self, name: str) -> Tag:
        """Return an asset tag of this version.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return Tag(self._connection, await self._asset_tags().find(name))

    async def get_or_create_asset_tag(self, name: str) -> Tag:
        """Return an asset tag of this version, created when there is none.

        Args:
            name: its name.
        """
        return Tag(self._connection, await self._asset_tags().find_or_create(name))

    async def list_asset_tags(self) -> list[Tag]:
        """List the asset tags of this version, newest first."""
        return [Tag(self._connection, record) for record in await self._asset_tags().list()]

    def _asset_tags(self) -> TagHome:
        return TagHome.of_version(self._connection, self.id)
