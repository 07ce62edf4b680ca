"""Attaching tags to objects, in bounded requests; finding and making tags by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from asyncsdk.enums import TagTarget
from asyncsdk.errors import InvalidArgumentError, NotFoundError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.records.paging import Items
from asyncsdk.records.tags import NewOrganizationTag, NewTag, TagRecord, TagUse
from asyncsdk.resources.arguments import as_list, as_tag_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.get_or_create import get_or_create
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.requests import Route

if TYPE_CHECKING:
    from asyncsdk.resources.tag import Tag
    from asyncsdk.resources.taggable import Taggable

__all__ = ["TagHome", "add_tags", "attach", "check_target", "detach", "ids_of", "remove_tags", "tag_ids"]


def check_target(tags: Any, target: TagTarget) -> list[Tag]:
    """Return tags that all belong to a kind of object.

    Raises:
        InvalidArgumentError: one is no tag, or belongs to another kind; nothing was sent.
    """
    return [_checked(tag, target) for tag in as_list(tags)]


def _checked(tag: Any, target: TagTarget) -> Tag:
    found = getattr(tag, "target_type", None)
    if found is None:
        raise InvalidArgumentError(f"{tag!r} is not a Tag")
    if found is not target:
        raise InvalidArgumentError(f"tag {tag.name!r} is for {found.value}, not for {target.value}")
    chosen: Tag = tag
    return chosen


async def add_tags(things: Taggable, tags: Any) -> None:
    """Attach tags, given by name or object, to objects; a name without a tag gets one."""
    await _with_tags(things, tags, attach, TagHome.find_or_create)


async def remove_tags(things: Taggable, tags: Any) -> None:
    """Take tags, given by name or object, from objects; a name without a tag is on none of them."""

    async def find(home: TagHome, name: str) -> TagRecord | None:
        try:
            return await home.find(name)
        except NotFoundError:
            return None

    await _with_tags(things, tags, detach, find)


async def _with_tags(
    things: Taggable,
    tags: Any,
    use: Callable[[Connection, Sequence[Tag | TagRecord], Sequence[str]], Awaitable[None]],
    look_up: Callable[[TagHome, str], Awaitable[TagRecord | None]],
) -> None:
    target, connection, ids = things._tag_target, things._connection, things.ids  # noqa: SLF001 - its own module
    given = [tag if isinstance(tag, str) else _checked(tag, target) for tag in as_list(tags)]
    if not (given and ids):
        return
    await connection.open()
    home = things._tag_home()  # noqa: SLF001 - as above
    found = [await look_up(home, tag) if isinstance(tag, str) else tag for tag in given]
    await use(connection, [tag for tag in found if tag is not None], ids)


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


async def attach(connection: Connection, tags: Sequence[Tag | TagRecord], ids: Sequence[str]) -> None:
    """Attach each tag to each object.

    Raises:
        NotFoundError: the platform tells that some of the objects cannot carry a tag; the others do now.
    """
    wanted = list(dict.fromkeys(ids))
    counts = await _change(connection, routes.ATTACH_TAG, tags, wanted)
    if not connection.supports(capabilities.TAG_COUNTS):
        return
    for tag, count in zip(tags, counts, strict=True):
        if count < len(wanted):
            raise NotFoundError(
                f"tag {tag.name!r}: {len(wanted) - count} of {len(wanted)} objects cannot carry it, as they are "
                "gone, or of another datalake or dataset version than the tag; the others carry it now",
                status=404,
            )


async def detach(connection: Connection, tags: Sequence[Tag | TagRecord], ids: Sequence[str]) -> None:
    """Take each tag from each object."""
    await _change(connection, routes.DETACH_TAG, tags, list(dict.fromkeys(ids)))


async def _change(
    connection: Connection, route: Route, tags: Sequence[Tag | TagRecord], ids: Sequence[str]
) -> list[int]:
    """Return for each tag how many objects the platform counted."""
    limits = connection.settings.limits
    chunks = [*chunked(ids, limits.bulk_ids_per_request)]

    async def call(one: tuple[str, Sequence[str]]) -> int:
        answer = await connection.call(route, TagUse, body=list(one[1]), tag=one[0])
        return answer.count

    calls = [(tag.id, chunk) for tag in tags for chunk in chunks]
    counts = await map_bounded(call, calls, limit=limits.api_concurrency)
    return [sum(counts[at * len(chunks) : (at + 1) * len(chunks)]) for at in range(len(tags))]


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
