"""Annotations in chunks: from ids to what they stand for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from operator import attrgetter
from typing import Any, Generic, TypeVar

import attrs

from asyncsdk.errors import AsyncSDKError, TooLargeError
from asyncsdk.flow.bounded import stream_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.records.annotations import AnnotationOwner
from asyncsdk.records.paging import Page
from asyncsdk.records.reports import Failure
from asyncsdk.resources.annotation_listing import AnnotationSelection, read_annotations
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import PageSource
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.requests import Response

__all__ = ["Chunk", "ChunkLoader", "id_chunks", "pages_of_ids"]

T = TypeVar("T")

_ASSETS_PER_REQUEST = 50
"""Assets whose annotations one request asks for: their ids travel in the query."""


@attrs.frozen
class Chunk(Generic[T]):
    """What became of some ids."""

    annotations: list[T]
    """What was loaded, in the order of the ids; annotations that are gone are left out."""

    failed: tuple[Failure, ...]
    """The ids that could not be loaded, and why."""


class ChunkLoader(Generic[T]):
    """Loads annotations with their shapes, as many per request as the platform takes.

    Args:
        connection: the platform.
        version_id: the dataset version.
        read: gives what the annotations of an answer become.
        id_of: gives the id of one.
    """

    def __init__(
        self,
        connection: Connection,
        version_id: str,
        read: Callable[[Response], list[T]],
        id_of: Callable[[T], str],
    ) -> None:
        self._connection = connection
        self._version_id = version_id
        self._read = read
        self._id_of = id_of

    async def load(self, ids: Sequence[str]) -> Chunk[T]:
        """Return what became of some ids; what is too large for one request goes in smaller ones."""
        found: list[T] = []
        failed: list[Failure] = []
        start, most = 0, len(ids)
        while start < len(ids):
            some = ids[start : start + most]
            try:
                found += await self._load(some)
            except AsyncSDKError as error:
                if isinstance(error, TooLargeError) and len(some) > 1:
                    most = (len(some) + 1) // 2
                    continue
                failed += [Failure(one, error) for one in some]
            start += len(some)
        return Chunk(found, tuple(failed))

    async def _load(self, ids: Sequence[str]) -> list[T]:
        """Ask again for what an answer leaves out, until one has nothing new: a platform may give fewer."""
        found: dict[str, T] = {}
        while missing := [one for one in ids if one not in found]:
            response = await self._connection.fetch(
                routes.LOAD_ANNOTATIONS, body=missing, version=self._version_id
            )
            answer = self._read(response)
            given = [self._id_of(one) for one in answer]
            if given == list(ids):  # nearly always
                return answer
            if set(given).isdisjoint(missing):
                break
            found |= zip(given, answer, strict=True)
        return [found[one] for one in ids if one in found]


async def id_chunks(
    pages: AsyncGenerator[Sequence[str], None], size: int
) -> AsyncGenerator[tuple[str, ...], None]:
    """Yield the ids of all pages in tuples of `size`; the last one may be shorter."""
    rest: list[str] = []
    try:
        async for page in pages:
            rest.extend(page)
            full = len(rest) - len(rest) % size
            for chunk in chunked(rest[:full], size):
                yield chunk
            rest = rest[full:]
    finally:
        await pages.aclose()
    if rest:
        yield tuple(rest)


async def pages_of_ids(
    connection: Connection, chosen: AnnotationSelection
) -> AsyncGenerator[Sequence[str], None]:
    """Yield the ids of annotations in listing order, in bounded memory wherever the protocol allows it.

    Raises:
        NotSupportedError: the platform ignores the worker.
    """
    await connection.open()
    source, id_of = _source(connection, chosen)
    try:
        while (page := await source.next_page()) is not None:
            yield [id_of(record) for record in page]
    finally:
        await source.aclose()


def _source(connection: Connection, chosen: AnnotationSelection) -> tuple[PageSource, Callable[[Any], str]]:
    if chosen.asset_ids is not None:
        return _IdsOfAssets(connection, chosen, chosen.asset_ids), str
    if connection.supports(capabilities.ID_PAGES):
        return chosen.listing(connection, routes.LIST_ANNOTATION_IDS, Page[str]), str
    return read_annotations(connection, chosen, AnnotationOwner), attrgetter("id")


class _IdsOfAssets:
    """The ids of the annotations on some assets, in the order of the assets, a few requests at once."""

    def __init__(self, connection: Connection, chosen: AnnotationSelection, asset_ids: Sequence[str]) -> None:
        self._connection = connection
        self._chosen = chosen
        chunks = chunked(asset_ids, _ASSETS_PER_REQUEST)
        self._stream = stream_bounded(self._read, chunks, limit=connection.settings.limits.read_ahead)

    async def next_page(self) -> list[str] | None:
        return await anext(self._stream, None)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def _read(self, asset_ids: Sequence[str]) -> list[str]:
        query = self._chosen.query | {"asset_ids": list(asset_ids)}
        return await self._connection.call(
            routes.LIST_ANNOTATION_IDS, list[str], query=query, version=self._chosen.version_id
        )
