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
        self._one_at_a_time = asyncio.Lock()

    async def renewed(self, item_id: str, expired: str | None) -> str:
        """Return a URL that is newer than the one that has expired.

        Raises:
            NotFoundError: the item is gone, or has no file.
        """
        async with self._one_at_a_time:
            if self._fresh.get(item_id) in (None, expired):
                self._fresh = await self._read(self._ids)
            url = self._fresh.get(item_id)
        if url is None:
            raise NotFoundError(f"{item_id}: it is gone, or has no file", status=404)
        return url
