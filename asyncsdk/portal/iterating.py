"""Listings as plain iterators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from asyncsdk.portal.process import current

__all__ = ["Pages", "SyncIterator"]

T = TypeVar("T")


class Pages(Protocol):
    """An async iterator that also gives whole pages."""

    async def next_page(self) -> list[Any] | None:
        """Return the next page, `None` at the end."""
        ...

    async def aclose(self) -> None:
        """Stop the read-ahead."""
        ...


class SyncIterator(Generic[T]):
    """An iterator over a listing, in listing order, with bounded memory and read-ahead.

    Use it with `for`. It goes to the event loop once a page, and the pages that follow are on their way
    meanwhile. Its read-ahead stops when it is exhausted, closed or dropped; `close()`, or `with`, stops it
    at a known moment.

    Args:
        source: the async iterator.
        wrap: makes an item out of an async one; `None` leaves it as it is.

    Example:
        >>> def count_wide(version) -> int:
        ...     with version.iter_assets() as assets:
        ...         return sum([asset.width > 1000 for asset in assets])
    """

    __slots__ = ("__weakref__", "_ended", "_items", "_portal", "_source", "_wrap")

    def __init__(self, source: Pages, wrap: Callable[[Any], T] | None = None) -> None:
        self._source = source
        self._wrap = wrap
        self._portal = current()
        self._items: Iterator[T] = iter(())
        self._ended = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        while True:
            for item in self._items:
                return item
            if not self._fetch():
                raise StopIteration

    def next_page(self) -> list[T] | None:
        """Return the items of the rest of this page or of the next one; `None` at the end."""
        rest = list(self._items)
        if rest or self._fetch():
            return rest or list(self._items)
        return None

    def close(self) -> None:
        """Stop the read-ahead; the iterator gives nothing more."""
        if not self._ended and self._portal is current():  # else it is a forked child's copy
            self._portal.call(self._source.aclose)
        self._ended = True
        self._items = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_ended", True):  # Ctrl-C may strike while it is made
            self._portal.finish(self._source.aclose)

    def _fetch(self) -> bool:
        if self._ended:
            return False
        page = self._portal.call(self._source.next_page)
        if page is None:
            self.close()
            return False
        self._items = iter(page) if self._wrap is None else map(self._wrap, page)
        return True
