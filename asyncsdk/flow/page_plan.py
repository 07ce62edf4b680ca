"""Which pages to ask for: decisions about a listing, without I/O.

A listing is walked in lanes. A lane starts with one request and follows the cursors of its answers.
Plain cursor paging is one lane; each shard that the first page offers is a lane; with offsets, each
page is a lane. Lanes may be fetched at the same time and are consumed in order.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import attrs

from asyncsdk.errors import ProtocolError
from asyncsdk.records.paging import Page

__all__ = ["PagePlan", "PageRequest"]

T = TypeVar("T")


@attrs.frozen
class PageRequest:
    """Asks for one page."""

    limit: int
    """Most items in the answer."""

    offset: int | None = None
    """Items to skip, from the start of the listing."""

    cursor: str | None = None
    """Where to start; opaque text of an earlier answer."""


class PagePlan(Generic[T]):
    """Decides which page comes next, and what of a page counts.

    Args:
        page_size: items to ask for per page.
        limit: items in all; `None` takes everything.
        offset: items to skip at the start.
        parallel_offsets: page by offset even where cursors are offered.
    """

    def __init__(
        self, *, page_size: int, limit: int | None, offset: int | None, parallel_offsets: bool
    ) -> None:
        self._page_size = page_size
        self._left = limit
        self._start = offset
        self._parallel_offsets = parallel_offsets
        self._shards: deque[str] = deque()
        self._next_offset: int | None = None
        self._seen: set[str] = set()
        self.count: int | None = None

    @property
    def complete(self) -> bool:
        """Whether the caller's limit is reached."""
        return self._left == 0

    def first(self) -> PageRequest:
        """Return the request of the first page."""
        return PageRequest(self._within_limit(self._page_size), offset=self._start)

    def next_lane(self, running: int) -> PageRequest | None:
        """Return the request that starts another lane; `None` when none is needed beside `running`."""
        if self._left is not None and running * self._page_size >= self._left:
            return None
        if self._shards:
            return PageRequest(self._page_size, cursor=self._shards.popleft())
        return self._offset_lane(running)

    def _offset_lane(self, running: int) -> PageRequest | None:
        offset = self._next_offset
        if offset is None or self.count is None or offset >= self.count:
            return None
        size = self._page_size
        if self._left is not None:
            size = min(size, self._left - running * self._page_size)
        self._next_offset = offset + size
        return PageRequest(size, offset=offset)

    def take(self, request: PageRequest, page: Page[T]) -> tuple[list[T], PageRequest | None]:
        """Return what counts of a page, and the request that goes on in its lane, if any.

        Pages are taken in listing order.

        Raises:
            ProtocolError: the answer contradicts itself, so that items would be lost or repeated.
        """
        first = self.count is None
        items = page.items if self._left is None else page.items[: self._left]
        if self._left is not None:
            self._left -= len(items)
        if first:
            self.count = page.count
            return items, self._open(request, page)
        if request.cursor is None:
            self._check_offset_page(request, page)
            return items, None
        return items, self._follow(page)

    def _open(self, request: PageRequest, page: Page[T]) -> PageRequest | None:
        """Choose how to walk on after the first page."""
        if not self._parallel_offsets:
            if page.shards and (self._left is None or self._left > self._page_size):
                self._shards.extend(page.shards)
                return None
            if page.next_cursor:
                return self._follow(page)
        reached = (request.offset or 0) + len(page.items)
        if reached >= page.count or self._left == 0:
            return None
        if not page.items:
            raise ProtocolError(f"the listing counts {page.count} items, but its first page is empty")
        # a server may cap the page below what was asked for
        self._page_size = min(self._page_size, len(page.items))
        self._next_offset = reached
        return None

    def _follow(self, page: Page[T]) -> PageRequest | None:
        cursor = page.next_cursor
        if not cursor or self._left == 0:
            return None
        if cursor in self._seen:
            raise ProtocolError("the listing goes round in circles: a page repeats an earlier cursor")
        self._seen.add(cursor)
        return PageRequest(self._within_limit(self._page_size), cursor=cursor)

    def _check_offset_page(self, request: PageRequest, page: Page[T]) -> None:
        """Follow a count that grows or shrinks; refuse a page that leaves out or adds items."""
        offset, got = request.offset or 0, len(page.items)
        expected = min(request.limit, max(0, page.count - offset))
        if got != expected:
            raise ProtocolError(
                f"the page at offset {offset} holds {got} items where the listing's count of "
                f"{page.count} promises {expected}"
            )
        self.count = page.count

    def _within_limit(self, size: int) -> int:
        return size if self._left is None else min(size, self._left)
