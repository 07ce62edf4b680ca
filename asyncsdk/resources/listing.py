"""Listings of data and assets: plain pages, or slices of ids and names, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import attrs

from asyncsdk.flow.bounded import map_bounded, stream_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.flow.pages import PageReader, PageRequest
from asyncsdk.flow.stream import BoundedStream
from asyncsdk.records.collection import rare_collection
from asyncsdk.records.packed import PackedRecords, pack
from asyncsdk.records.paging import Page
from asyncsdk.resources.arguments import check_count
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import PageSource
from asyncsdk.resources.ordering import ordered
from asyncsdk.transport.base import decode_response
from asyncsdk.wire import capabilities
from asyncsdk.wire.query import builder
from asyncsdk.wire.requests import Route

__all__ = ["LazyPages", "Listing", "read_all", "tag_query"]

R = TypeVar("R")

_MOST_PER_PAGE = 1000

_PACKED_AHEAD = 2
"""So many times as many pages are fetched ahead where all are kept anyway, and in half of the memory."""


@attrs.frozen(kw_only=True)
class Listing:
    """What is listed, and where.

    Attributes:
        connection: the platform.
        plain: route of the plain listing.
        filtered: route that takes lists of ids and names in its body.
        page: record of a page.
        variables: variables of both routes' paths.
        q: query text.
        order_by: order, empty for the platform's own (newest first).
        lists: the lists that must hold, by their name in the protocol; several intersect.
        matches: whether a record fits one of the lists, for platforms that take one list at a time.
        scope: further filters, in the query of the plain and in the body of the filtered listing.
        more: further query parameters of both.
        packs: give the items of pages as they are in the JSON.
    """

    connection: Connection
    plain: Route
    filtered: Route
    page: type[Page[Any]]
    variables: dict[str, str]
    q: str | None = None
    order_by: Sequence[str] = ()
    lists: dict[str, Sequence[str]] = attrs.field(factory=dict)
    matches: Callable[[str, frozenset[str], Any], bool] = lambda _name, _values, _record: True
    scope: dict[str, Any] = attrs.field(factory=dict)
    more: dict[str, Any] = attrs.field(factory=dict)
    packs: bool = False

    def read(self, *, limit: int | None, offset: int | None, page_size: int | None) -> PageSource:
        """Return the records, page by page, with read-ahead.

        Args:
            limit: records in all; `None` takes everything.
            offset: records to skip.
            page_size: records per request, 1 to 1000; `None` takes the settings'.
        """
        check_count(limit, "limit")
        check_count(offset, "offset")
        check_count(page_size, "page_size", least=1)
        limits = self.connection.settings.limits
        size = min(page_size or limits.page_size, _MOST_PER_PAGE)
        if not self.lists:
            return self._pages(None, size, limit=limit, offset=offset)
        if not all(self.lists.values()):
            return Slices(iter(()), limit=limit, offset=offset)
        return self._sliced(size, limit=limit, offset=offset)

    async def read_packed(
        self, kind: type[R], *, limit: int | None, offset: int | None, page_size: int | None
    ) -> Sequence[R]:
        """Return all records, in little memory.

        Args:
            kind: type of the records.
            limit: as of `read`.
            offset: as of `read`.
            page_size: as of `read`.
        """
        with rare_collection():
            if self.lists:  # what lists find is put in order, or compared, as records
                return await read_all(self.read(limit=limit, offset=offset, page_size=page_size))
            packing = attrs.evolve(self, packs=True)
            items = await read_all(packing.read(limit=limit, offset=offset, page_size=page_size))
            return PackedRecords(items, kind)

    def read_lazily(self, *, limit: int | None, offset: int | None, page_size: int | None) -> PageSource:
        """Return the same as `read`, for listings that are made before the connection is open."""
        read = partial(self.read, limit=limit, offset=offset, page_size=page_size)
        return LazyPages(self.connection, read)

    def _sliced(self, size: int, *, limit: int | None, offset: int | None) -> PageSource:
        """Send the longest list, in slices; the others go along, or are applied here."""
        limits = self.connection.settings.limits
        longest = max(self.lists, key=lambda name: len(self.lists[name]))
        others = {name: values for name, values in self.lists.items() if name != longest}
        go_along = others if self.connection.supports(capabilities.MERGED_FILTERS) else {}
        apply_here = {name: frozenset(others[name]) for name in others if name not in go_along}
        bodies = [
            {longest: values, **go_along} for values in chunked(self.lists[longest], limits.ids_per_request)
        ]
        if len(bodies) == 1 and not apply_here:
            return self._pages(bodies[0], size, limit=limit, offset=offset)

        async def read(body: dict[str, Sequence[str]]) -> list[Any]:
            records = await read_all(self._pages(body, size))
            fits = self.matches
            return [one for one in records if all(fits(name, apply_here[name], one) for name in apply_here)]

        async def read_in_order(bodies: Sequence[dict[str, Sequence[str]]]) -> list[Any]:
            parts = await map_bounded(read, bodies, limit=limits.read_ahead)
            return ordered(chain.from_iterable(parts), self.order_by)

        if self.order_by and len(bodies) > 1:
            return Slices(stream_bounded(read_in_order, [bodies], limit=1), limit=limit, offset=offset)
        return Slices(stream_bounded(read, bodies, limit=limits.read_ahead), limit=limit, offset=offset)

    def _pages(
        self,
        lists: dict[str, Sequence[str]] | None,
        size: int,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> PageReader[Any]:
        return PageReader(
            partial(self._fetch, lists),
            page_size=size,
            limit=limit,
            offset=offset,
            read_ahead=self.connection.settings.limits.read_ahead * (_PACKED_AHEAD if self.packs else 1),
            parallel_offsets=not self.connection.supports(capabilities.SHARDS),
        )

    async def _fetch(self, lists: dict[str, Sequence[str]] | None, page: PageRequest) -> Page[Any]:
        query = {
            "limit": page.limit,
            "offset": None if page.cursor else page.offset,
            "cursor": page.cursor,
            "order_by": list(self.order_by),
            **self.more,
        }
        filters = {"q": self.q, **self.scope, **(lists or {})}
        route, body = self.plain, None
        if lists is None:
            query |= filters
        else:
            route, body = self.filtered, {name: value for name, value in filters.items() if value is not None}
        response = await self.connection.fetch(route, body=body, query=query, **self.variables)
        found = decode_response(response, self.page, str(route))
        return attrs.evolve(found, items=pack(response.body)) if self.packs else found


class Slices:
    """Pages made of the answers to slices of a list, in the slices' order.

    Args:
        stream: the answers.
        limit: records in all.
        offset: records to skip.
    """

    def __init__(
        self, stream: BoundedStream[list[Any]] | Iterator[list[Any]], *, limit: int | None, offset: int | None
    ) -> None:
        self._stream = stream
        self._left = limit
        self._skip = offset or 0

    async def next_page(self) -> list[Any] | None:
        """Return the next records, `None` at the end."""
        while self._left is None or self._left > 0:
            page = await self._next()
            if page is None:
                return None
            skipped = min(self._skip, len(page))
            self._skip -= skipped
            page = page[skipped : None if self._left is None else skipped + self._left]
            if self._left is not None:
                self._left -= len(page)
            if page:
                return page
        await self.aclose()
        return None

    async def aclose(self) -> None:
        """Stop the read-ahead."""
        if isinstance(self._stream, BoundedStream):
            await self._stream.aclose()

    async def _next(self) -> list[Any] | None:
        if isinstance(self._stream, BoundedStream):
            return await anext(self._stream, None)
        return next(self._stream, None)


class LazyPages:
    """Pages of a source that begins with its first page, once the connection is open.

    Args:
        connection: the platform.
        begin: gives the source; what the platform offers is known by then.
    """

    def __init__(self, connection: Connection, begin: Callable[[], PageSource]) -> None:
        self._connection = connection
        self._begin = begin
        self._source: PageSource | None = None
        self._closed = False

    async def next_page(self) -> list[Any] | None:
        """Return the next records, `None` at the end."""
        if self._closed:
            return None
        if self._source is None:
            await self._connection.open()
            self._source = self._begin()
        return await self._source.next_page()

    async def aclose(self) -> None:
        """Stop reading."""
        self._closed = True
        if self._source is not None:
            await self._source.aclose()


async def read_all(source: PageSource) -> list[Any]:
    """Return every record of a listing."""
    records: list[Any] = []
    try:
        while (page := await source.next_page()) is not None:
            records.extend(page)
    finally:
        await source.aclose()
    return records


def tag_query(path: str, names: Sequence[str] | None, *, every: bool) -> str | None:
    """Return the query for tags: any of the names, or every one.

    An empty list matches nothing.

    Example:
        >>> tag_query("tags.name", ["a", "b"], every=True)
        '(tags.name = "a") and (tags.name = "b")'
        >>> tag_query("tags.name", ["a", "b"], every=False)
        'tags.name in ("a","b")'
    """
    if names is None:
        return None
    if every and names:
        return builder.all_of(*(builder.equals(path, name) for name in names))
    return builder.one_of(path, names)
