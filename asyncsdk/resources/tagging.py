"""Attaching tags to objects, in bounded requests; finding and making tags by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from asyncsdk.enums import TagTarget
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.records.paging import Items
from asyncsdk.records.tags import NewOrganizationTag, NewTag, TagRecord, TagUse
from asyncsdk.resources.arguments import as_list, as_tag_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.get_or_create import get_or_create
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

if TYPE_CHECKING:
    from asyncsdk.resources.tag import Tag

__all__ = ["TagHome", "attach", "check_target", "detach", "ids_of", "tag_ids"]


def check_target(tags: Iterable[Tag], target: TagTarget) -> list[Tag]:
    """Return tags that all belong to a kind of object.

    Raises:
        InvalidArgumentError: one is no tag, or belongs to another kind; nothing was sent.
    """
    chosen: list[Any] = as_list(tags)
    for tag in chosen:
        found = getattr(tag, "target_type", None)
        if found is None:
            raise InvalidArgumentError(f"{tag!r} is not a Tag")
        if found is not target:
            raise InvalidArgumentError(f"tag {tag.name!r} is for {found.value}, not for {target.value}")
    return chosen


def ids_of(targets: Any, target: TagTarget) -> list[str]:
    """Return the ids of objects that all take tags of a kind.

    Raises:
        InvalidArgumentError: one does not; nothing was sent.
    """
    ids: list[str] = []
    for thing in [targets] if hasattr(targets, "_tag_target") else as_list(targets):
        if getattr(thing, "_tag_target", None) is not target:
            raise InvalidArgumentError(f"{thing!r} does not take {target.value} tags")
        ids.extend(thing.ids)
    return ids


async def attach(connection: Connection, tags: Sequence[Tag], ids: Sequence[str]) -> None:
    """Attach each tag to each object."""
    await _change(connection, routes.ATTACH_TAG, tags, ids)


async def detach(connection: Connection, tags: Sequence[Tag], ids: Sequence[str]) -> None:
    """Take each tag from each object."""
    await _change(connection, routes.DETACH_TAG, tags, ids)


async def _change(connection: Connection, route: Route, tags: Sequence[Tag], ids: Sequence[str]) -> None:
    limits = connection.settings.limits
    calls = [(tag.id, chunk) for tag in tags for chunk in chunked(ids, limits.bulk_ids_per_request)]

    async def call(one: tuple[str, Sequence[str]]) -> None:
        await connection.call(route, TagUse, body=list(one[1]), tag=one[0])

    await map_bounded(call, calls, limit=limits.api_concurrency)


class TagHome:
    """Where tags of one kind live: a datalake, a dataset version, or the organization.

    Args:
        connection: the platform.
        create: route that creates.
        find: route that finds by name.
        listing: route that lists.
        variables: variables of the routes' paths.
        target: sent with each request, for tags of the organization.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        create: Route,
        find: Route,
        listing: Route,
        variables: dict[str, str],
        target: TagTarget | None = None,
    ) -> None:
        self._connection = connection
        self._create = create
        self._find = find
        self._list = listing
        self._variables = variables
        self._target = target

    @classmethod
    def of_version(cls, connection: Connection, version_id: str) -> TagHome:
        """Return the home of a version's asset tags."""
        return cls(
            connection,
            create=routes.CREATE_ASSET_TAG,
            find=routes.FIND_ASSET_TAG,
            listing=routes.LIST_ASSET_TAGS,
            variables={"version": version_id},
        )

    @classmethod
    def of_datalake(cls, connection: Connection, datalake_id: str) -> TagHome:
        """Return the home of a datalake's data tags."""
        return cls(
            connection,
            create=routes.CREATE_DATA_TAG,
            find=routes.FIND_DATA_TAG,
            listing=routes.LIST_DATA_TAGS,
            variables={"datalake": datalake_id},
        )

    @classmethod
    def of_organization(cls, connection: Connection, target: TagTarget) -> TagHome:
        """Return the home of the organization's tags of a target."""
        return cls(
            connection,
            create=routes.CREATE_TAG,
            find=routes.FIND_TAG,
            listing=routes.LIST_TAGS,
            variables={"org": connection.organization.id},
            target=target,
        )

    async def create(self, name: str) -> TagRecord:
        """Create a tag.

        Raises:
            ConflictError: there is one of this name.
        """
        body = NewTag(name) if self._target is None else NewOrganizationTag(name, self._target)
        return await self._connection.call(self._create, TagRecord, body=body, query=None, **self._variables)

    async def find(self, name: str) -> TagRecord:
        """Find a tag by its name.

        Raises:
            NotFoundError: there is none.
        """
        return await self._connection.call(
            self._find, TagRecord, query={"name": name, "target_type": self._target}, **self._variables
        )

    async def find_or_create(self, name: str) -> TagRecord:
        """Find a tag, or create it; also when somebody else creates it at the same moment."""
        return await get_or_create(self.find, self.create, name)

    async def list(
        self, *, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[TagRecord]:
        """List the tags, newest first where no order is asked for."""
        query: dict[str, Any] = {"limit": limit, "offset": offset, "order_by": [*(order_by or ())]}
        query["target_type"] = self._target
        found = await self._connection.call(self._list, Items[TagRecord], query=query, **self._variables)
        return found.items


async def tag_ids(home: TagHome, tags: Tag | str | Sequence[Tag | str] | None) -> tuple[str, ...]:
    """Return the ids of tags given by name or object, made where there is none of a name.

    A tag object that lives elsewhere stands for its name, so that tags can be carried over.
    """
    records = [await home.find_or_create(name) for name in as_tag_names(tags) or ()]
    return tuple(record.id for record in records)
