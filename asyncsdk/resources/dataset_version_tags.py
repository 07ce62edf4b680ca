"""Dataset versions: tags, the version's own and those of its assets."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from asyncsdk.enums import TagTarget
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources import tag_conversion
from asyncsdk.resources.job import Job
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

    async def convert_tags_to_classification(
        self, tag_type: TagTarget | str, tags: Sequence[Tag], *, wait: bool = False
    ) -> Job:
        """Classify each asset by the tags that it, or its data, carries; the tags stay.

        Each tag becomes the label of its name, which is created where there is none. The classifications go
        into the annotations of the token's user, which are created as pending where there are none; others
        stay as they are. An asset that carries several of the tags gets a classification for each, in the
        order of `tags`. What is there already is not made a second time. Assets that are in a campaign are
        annotated there and stay as they are; the job's log says how many.

        Args:
            tag_type: what the tags are attached to: `ASSET` or `DATA`, a member or its name in any case.
            tags: the tags, all of that type; an empty list converts nothing.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it.

        Raises:
            InvalidArgumentError: the version is not of type CLASSIFICATION, `tag_type` is another one, or a tag
                is for something else; nothing was sent.
            BadRequestError: an asset tag belongs to another version.
            LockedError: the version is locked.
            JobFailedError: with `wait`, the job failed, for example as the version was locked meanwhile.

        Example:
            >>> async def classify(version) -> None:
            ...     tags = [await version.get_asset_tag("dog"), await version.get_asset_tag("cat")]
            ...     job = await version.convert_tags_to_classification("ASSET", tags)
            ...     await job.wait()
        """
        return await tag_conversion.convert_tags(
            self._connection, self.id, self._record.type, tag_type, tags, wait=wait
        )

    def _asset_tags(self) -> TagHome:
        return TagHome.of_version(self._connection, self.id)
