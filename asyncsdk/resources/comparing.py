"""Comparing two versions of a dataset: on our platform, or by the documented routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

import attrs

from asyncsdk.flow.bounded import map_bounded
from asyncsdk.records.differences import (
    AssetDifference,
    DifferencePage,
    NameDifference,
    VersionDifference,
)
from asyncsdk.records.labels import LabelRecord
from asyncsdk.records.tags import TagRecord
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.documented_comparing import documented_differences
from asyncsdk.resources.iterating import PageSource
from asyncsdk.resources.labelling import list_labels
from asyncsdk.resources.listing import LazyPages, read_all
from asyncsdk.resources.tagging import TagHome
from asyncsdk.resources.version_pair import VersionPair
from asyncsdk.wire import capabilities, routes

__all__ = ["compare_versions", "read_differences"]

_AT_ONCE = 4
"""Requests for the names of both versions in flight."""


async def compare_versions(connection: Connection, pair: VersionPair) -> VersionDifference:
    """Return the report on two versions."""
    await connection.open()
    labels, tags = await _names(connection, pair)
    found = await read_all(read_differences(connection, pair))
    changed = (one for one in found if not (one.is_added or one.is_removed))
    return VersionDifference(
        this=pair.title,
        other=pair.other_title,
        added=_by_name(one for one in found if one.is_added),
        removed=_by_name(one for one in found if one.is_removed),
        changed=_by_name(changed),
        labels=labels,
        asset_tags=tags,
    )


def read_differences(connection: Connection, pair: VersionPair) -> PageSource:
    """Return the assets that differ, page by page, in bounded memory.

    Raises, with a page that shows it:
        NotSupportedError: the platform ignores the worker.
        PartialFailure: some annotations could not be loaded.
    """
    return LazyPages(connection, partial(_begin, connection, pair))


def _begin(connection: Connection, pair: VersionPair) -> PageSource:
    """Compare by whichever way the platform offers."""
    if connection.supports(capabilities.VERSION_DIFF):
        return _OnPlatform(connection, pair)
    return documented_differences(connection, pair)


@attrs.define(eq=False)
class _OnPlatform:
    """What the platform itself finds, a page of assets per request."""

    _connection: Connection
    _pair: VersionPair
    _cursor: str | None = None
    _at_end: bool = False

    async def next_page(self) -> list[AssetDifference] | None:
        size = self._connection.settings.limits.page_size
        while not self._at_end:
            page = await self._connection.call(
                routes.COMPARE_VERSIONS,
                DifferencePage,
                query=self._pair.query | {"limit": size, "cursor": self._cursor},
                version=self._pair.version_id,
                other=self._pair.other_id,
            )
            self._cursor, self._at_end = page.next_cursor, page.next_cursor is None
            if page.items:
                return list(page.items)
        return None

    async def aclose(self) -> None:
        self._at_end = True


async def _names(connection: Connection, pair: VersionPair) -> tuple[NameDifference, NameDifference]:
    """Compare the names of labels and of asset tags."""

    async def read(listing: Callable[[], Awaitable[Sequence[LabelRecord | TagRecord]]]) -> list[str]:
        return [record.name for record in await listing()]

    versions = pair.version_id, pair.other_id
    listings: list[Callable[[], Awaitable[Sequence[LabelRecord | TagRecord]]]] = [
        *(partial(list_labels, connection, version_id) for version_id in versions),
        *(TagHome.of_version(connection, version_id).list for version_id in versions),
    ]
    labels, other_labels, tags, other_tags = await map_bounded(read, listings, limit=_AT_ONCE)
    return NameDifference.between(labels, other_labels), NameDifference.between(tags, other_tags)


def _by_name(found: Iterable[AssetDifference]) -> tuple[AssetDifference, ...]:
    return tuple(sorted(found, key=lambda one: (one.filename, one.data_id)))
