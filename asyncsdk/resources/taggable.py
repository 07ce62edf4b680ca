"""What carries tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from asyncsdk.enums import TagTarget
from asyncsdk.resources import tagging
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.tagging import TagHome

__all__ = ["Taggable"]


class Taggable:
    """An object, or a sequence of objects, that tags of one kind can be attached to."""

    __slots__ = ()

    _tag_target: ClassVar[TagTarget]
    _connection: Connection

    @property
    def ids(self) -> list[str]:
        """The ids of the objects, in order; one for a single object."""
        raise NotImplementedError

    async def add_tags(self, tags: Tag | str | Sequence[Tag | str]) -> None:
        """Add some tags; those that are there already stay.

        Args:
            tags: a tag or a list of tags, made for this kind of object. A name stands for the tag of this name
                where such tags live (datalake, dataset version or organization), created when there is none.

        Raises:
            InvalidArgumentError: a tag is made for another kind of object; nothing was sent.
            NotFoundError: some objects are gone, or a tag is of another datalake or dataset version than they
                are; all others have it now. Only platforms that list `tag-counts` tell this.
            LockedError: an asset's dataset version is locked.

        Example:
            >>> async def mark(client, data) -> None:
            ...     bicycle = await client.create_tag("bicycle", "DATA")
            ...     await data.add_tags(bicycle)
            ...     await data.add_tags(["car", "truck"])
        """
        await tagging.add_tags(self, tags)

    async def remove_tags(self, tags: Tag | str | Sequence[Tag | str]) -> None:
        """Remove some tags; those that are not there are no error.

        Args:
            tags: a tag or a list of tags, made for this kind of object, or their names.

        Raises:
            InvalidArgumentError: a tag is made for another kind of object; nothing was sent.
            LockedError: an asset's dataset version is locked.
        """
        await tagging.remove_tags(self, tags)

    def _tag_home(self) -> TagHome:
        """Where the tags of this kind of object live; the connection is open."""
        return TagHome.of_organization(self._connection, self._tag_target)
