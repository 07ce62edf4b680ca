"""Download URLs that are renewed when they have expired, a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from asyncsdk.errors import NotFoundError

__all__ = ["PageUrls"]


class PageUrls:
    """The URLs of one page of a listing; one request renews them all.

    Args:
        ids: the page's ids.
        read: reads the page anew and gives id to URL.
    """

    def __init__(
        self, ids: Sequence[str], read: Callable[[Sequence[str]], Awaitable[Mapping[str, str | None]]]
    ) -> None:
        self._ids = ids
        self._read = read
        self._fresh: Mapping[str, str | None] = {}
        self._given: set[str] = set()
        self._one_at_a_time = asyncio.Lock()

    def newest(self, item_id: str) -> str | None:
        """Return the URL of the last renewal, `None` when there was none."""
        if item_id in self._fresh:
            self._given.add(item_id)
        return self._fresh.get(item_id)

    async def renewed(self, item_id: str) -> str:
        """Return a URL that is newer than the one that the item had.

        Raises:
            NotFoundError: the item is gone, or has no file.
        """
        async with self._one_at_a_time:
            if item_id in self._given or item_id not in self._fresh:
                self._fresh, self._given = await self._read(self._ids), set()
            url = self.newest(item_id)
        if url is None:
            raise NotFoundError(f"{item_id}: it is gone, or has no file", status=404)
        return url
