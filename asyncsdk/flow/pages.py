"""Listings as async iterators that read ahead."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, Self, TypeVar

import attrs

from asyncsdk.errors import AsyncSDKError, InvalidArgumentError
from asyncsdk.flow.owned import ReadAhead
from asyncsdk.flow.page_plan import PagePlan, PageRequest
from asyncsdk.records.paging import Page

__all__ = ["PageReader", "PageRequest", "Pages"]

T = TypeVar("T")

Fetch = Callable[[PageRequest], Awaitable[Page[T]]]


@attrs.define(eq=False)
class _Lane(Generic[T]):
    request: PageRequest
    task: asyncio.Task[Page[T]]


class PageReader(ReadAhead, Generic[T]):
    """Async iterator over the items of a listing, in its order, with pages fetched ahead.

    Close it with `aclose()` or `async with`, or just drop it: its read-ahead stops. An error in a page
    is raised when the iteration reaches it, and again by each further step. A reader has one consumer.

    Args:
        fetch: fetches one page.
        page_size: items to ask for per page.
        limit: items in all; `None` takes everything.
        offset: items to skip at the start.
        read_ahead: most pages that are fetched or held ahead of the consumer.
        parallel_offsets: page by offset, several pages at once, even where the server offers cursors.
            Without it cursors are followed, shards in parallel where the first page offers them, and
            offsets serve only where the server gives no cursor although there is more.

    Example:
        >>> import anyio
        >>> async def fetch(request: PageRequest) -> Page[int]:
        ...     start = int(request.cursor or 0)
        ...     more = str(start + 2) if start + 2 < 5 else None
        ...     return Page(items=list(range(start, min(start + 2, 5))), count=5, next_cursor=more)
        >>> async def main() -> None:
        ...     print([number async for number in PageReader(fetch, page_size=2)])
        >>> anyio.run(main)
        [0, 1, 2, 3, 4]
    """

    def __init__(
        self,
        fetch: Fetch[T],
        *,
        page_size: int = 1000,
        limit: int | None = None,
        offset: int | None = None,
        read_ahead: int = 4,
        parallel_offsets: bool = False,
    ) -> None:
        super().__init__()
        if page_size < 1 or read_ahead < 1 or (limit or 0) < 0 or (offset or 0) < 0:
            raise InvalidArgumentError(
                "page_size and read_ahead must be at least 1, limit and offset at least 0"
            )
        self._fetch = fetch
        self._read_ahead = read_ahead
        self._plan: PagePlan[T] = PagePlan(
            page_size=page_size, limit=limit, offset=offset, parallel_offsets=parallel_offsets
        )
        self._lanes: deque[_Lane[T]] | None = None
        self._items: Iterator[T] = iter(())
        self._count: int | None = None
        self._busy = False

    @property
    def count(self) -> int | None:
        """Everything that matches, before limit and offset; `None` until the first page is there."""
        return self._count

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while True:
            for item in self._items:
                return item
            page = await self._step(self._pull)
            if page is None:
                raise StopAsyncIteration
            self._items = iter(page)

    async def next_page(self) -> list[T] | None:
        """Return the items of the next page, or what is left of a page that was begun; `None` at the end."""
        rest = list(self._items)
        return rest or await self._step_to_end()

    def pages(self) -> Pages[T]:
        """Return this walk as an async iterator over whole pages."""
        return Pages(self)

    async def _step_to_end(self) -> list[T] | None:
        try:
            return await self._step(self._pull)
        except StopAsyncIteration:
            return None

    async def _pull(self) -> list[T] | None:
        if self._busy:
            raise AsyncSDKError("a listing has one consumer: it is already waiting for a page")
        self._busy = True
        try:
            return await self._next_items()
        finally:
            self._busy = False

    async def _next_items(self) -> list[T] | None:
        if self._lanes is None:
            self._lanes = deque()
            if not self._plan.complete:
                self._lanes.append(self._start(self._plan.first()))
        while self._lanes:
            lane = self._lanes[0]
            page = await lane.task
            items, follow = self._plan.take(lane.request, page)
            if self._count is None:
                self._count = page.count
            self._go_on(self._lanes, follow)
            if items:
                return items
        return None

    def _go_on(self, lanes: deque[_Lane[T]], follow: PageRequest | None) -> None:
        lanes.popleft()
        if self._plan.complete:
            lanes.clear()
            self._owned.cancel()
            return
        if follow is not None:
            lanes.appendleft(self._start(follow))
        while len(lanes) < self._read_ahead:
            request = self._plan.next_lane(len(lanes))
            if request is None:
                return
            lanes.append(self._start(request))

    def _end(self, ending: Exception) -> None:
        self._items = iter(())
        self._lanes = deque()
        super()._end(ending)

    def _start(self, request: PageRequest) -> _Lane[T]:
        return _Lane(request, self._owned.start(_call(self._fetch, request)))


async def _call(fetch: Fetch[T], request: PageRequest) -> Page[T]:
    return await fetch(request)


class Pages(Generic[T]):
    """Async iterator over the pages of a listing."""

    def __init__(self, reader: PageReader[T]) -> None:
        self._reader = reader

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[T]:
        page = await self._reader.next_page()
        if page is None:
            raise StopAsyncIteration
        return page

    async def aclose(self) -> None:
        """Stop the read-ahead."""
        await self._reader.aclose()
