"""Listings as plain async iterators over resource objects."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from asyncsdk.flow.stream import BoundedStream

__all__ = ["ItemIterator", "PageSource", "StreamedPages"]

T = TypeVar("T")


class PageSource(Protocol):
    """Where the records come from, a page at a time."""

    async def next_page(self) -> list[Any] | None:
        """Return the next page, `None` at the end."""
        ...

    async def aclose(self) -> None:
        """Stop the read-ahead."""
        ...


class StreamedPages:
    """The lists that a stream gives, as pages."""

    def __init__(self, lists: BoundedStream[list[Any]]) -> None:
        self._lists = lists

    async def next_page(self) -> list[Any] | None:
        """Return the next list, `None` at the end."""
        return await anext(self._lists, None)

    async def aclose(self) -> None:
        """Stop the stream."""
        await self._lists.aclose()


class ItemIterator(Generic[T]):
    """An async iterator over a listing, in listing order, with bounded memory and read-ahead.

    Use it with `async for`. Its read-ahead stops when it is exhausted, closed, abandoned or cancelled;
    `aclose()`, or `async with`, stops it at a known moment.

    Example:
        >>> async def count_wide(version) -> int:
        ...     async with version.iter_assets() as assets:
        ...         return sum([asset.width > 1000 async for asset in assets])
    """

    def __init__(self, source: PageSource, wrap: Callable[[Any], T]) -> None:
        self._source = source
        self._wrap = wrap
        self._page: list[Any] = []
        self._at = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while self._at >= len(self._page):
            page = await self._source.next_page()
            if page is None:
                raise StopAsyncIteration
            self._page, self._at = page, 0
        record = self._page[self._at]
        self._at += 1
        return self._wrap(record)

    async def next_page(self) -> list[T] | None:
        """Return the objects of the rest of this page or of the next one; `None` at the end."""
        rest, self._page, self._at = self._page[self._at :], [], 0
        page = rest or await self._source.next_page()
        return None if page is None else [self._wrap(record) for record in page]

    async def aclose(self) -> None:
        """Stop the read-ahead; the iterator gives nothing more."""
        self._page, self._at = [], 0
        await self._source.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
