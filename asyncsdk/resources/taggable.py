"""What carries tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from asyncsdk.enums import TagTarget
from asyncsdk.resources import tagging
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.tag import Tag

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

    async def add_tags(self, tags: Tag | Sequence[Tag]) -> None:
        """Add some tags; those that are there already stay.

        Args:
            tags: a tag or a list of tags, made for this kind of object.

        Raises:
            InvalidArgumentError: a tag is made for another kind of object; nothing was sent.
            LockedError: an asset's dataset version is locked.

        Example:
            >>> async def mark(client, data) -> None:
            ...     bicycle = await client.create_tag("bicycle", "DATA")
            ...     await data.add_tags(bicycle)
        """
        chosen = tagging.check_target(tags, self._tag_target)  # type: ignore[arg-type]
        await tagging.attach(self._connection, chosen, self.ids)

    async def remove_tags(self, tags: Tag | Sequence[Tag]) -> None:
        """Remove some tags; those that are not there are no error.

        Args:
            tags: a tag or a list of tags, made for this kind of object.

        Raises:
            InvalidArgumentError: a tag is made for another kind of object; nothing was sent.
            LockedError: an asset's dataset version is locked.
        """
        chosen = tagging.check_target(tags, self._tag_target)  # type: ignore[arg-type]
        await tagging.detach(self._connection, chosen, self.ids)
