"""Loading annotations with their shapes: chunk by chunk, in parallel, in listing order."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from operator import attrgetter
from typing import Any

from asyncsdk.errors import InvalidArgumentError, PartialFailure, ProtocolError
from asyncsdk.flow.bounded import stream_bounded
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.boxes import read_boxed
from asyncsdk.records.collection import rare_collection
from asyncsdk.records.loading import LoadedAnnotations
from asyncsdk.records.reports import Failure
from asyncsdk.resources.annotation_chunks import Chunk, ChunkLoader, id_chunks, pages_of_ids
from asyncsdk.resources.annotation_listing import AnnotationSelection
from asyncsdk.resources.arguments import as_list, check_count
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import ItemIterator, PageSource, StreamedPages
from asyncsdk.resources.worker_filters import check_worker
from asyncsdk.transport.base import decode_response
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Response

__all__ = [
    "LOADED_AT_ONCE",
    "asset_ids_of",
    "asset_parts",
    "load_annotations",
    "load_ids",
    "loaded_pages",
    "stream_loaded",
]

_MOST_PER_REQUEST = 1000
"""Annotations that one request may load (protocol, section 3.3)."""

_STREAMED_AT_ONCE = 8
"""Requests of a stream in flight; at most twice as many chunks are held."""

LOADED_AT_ONCE = 64
"""Requests in flight where everything is loaded into memory."""

_NAMED = 20
"""Ids that the text of an error names; its report has them all."""


def asset_ids_of(assets: Any, version_id: str) -> tuple[str, ...] | None:
    """Return the ids of one or more assets, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: something is no asset, or one of another dataset version.
    """
    if assets is None:
        return None
    ids: list[str] = []
    for part in asset_parts(assets):
        if getattr(part, "dataset_version_id", None) != version_id:
            raise InvalidArgumentError(f"{part!r} is no asset of this dataset version")
        ids.extend(part.ids)
    return tuple(dict.fromkeys(ids))


def asset_parts(assets: Any) -> list[Any]:
    """Return what an argument for assets holds: single assets and sequences of them."""
    return [assets] if hasattr(assets, "dataset_version_id") else as_list(assets)


async def load_annotations(
    connection: Connection,
    chosen: AnnotationSelection,
    *,
    chunk_size: int,
    max_workers: int | None,
    skip_error: bool,
) -> LoadedAnnotations:
    """Load the annotations of a selection, by asset.

    The assets come in the order of the selection's, or else in the order of their first annotation.

    Raises:
        PartialFailure: some could not be loaded; the report has the others.
        NotSupportedError: the platform ignores the worker.
    """
    pages = pages_of_ids(connection, chosen)
    loaded = await _load(connection, chosen, pages, chunk_size, max_workers)
    if chosen.asset_ids is not None:
        ordered = {one: loaded[one] for one in chosen.asset_ids if one in loaded}
        loaded = LoadedAnnotations(ordered, loaded.failed)
    return _checked(loaded, skip_error=skip_error)


async def load_ids(
    connection: Connection,
    version_id: str,
    ids: Sequence[str],
    *,
    chunk_size: int,
    max_workers: int | None,
    skip_error: bool,
) -> LoadedAnnotations:
    """Load annotations by their ids, by asset, in the order of the ids; those that are gone are left out.

    Raises:
        PartialFailure: some could not be loaded; the report has the others.
    """
    chosen = AnnotationSelection(version_id=version_id)
    loaded = await _load(connection, chosen, _one_page(ids), chunk_size, max_workers)
    return _checked(loaded, skip_error=skip_error)


def stream_loaded(
    connection: Connection,
    chosen: AnnotationSelection,
    *,
    chunk_size: int = 100,
    max_workers: int | None = None,
) -> ItemIterator[LoadedAnnotation]:
    """Return the annotations of a selection as records, in bounded memory; see `loaded_pages`."""
    pages = loaded_pages(connection, chosen, chunk_size=chunk_size, max_workers=max_workers)
    return ItemIterator(pages, lambda record: record)


def loaded_pages(
    connection: Connection,
    chosen: AnnotationSelection,
    *,
    chunk_size: int = 100,
    max_workers: int | None = None,
    boxed: bool = False,
) -> PageSource:
    """Return the annotations of a selection as records, chunk by chunk, in listing order.

    With `asset_ids` they come by 50 assets each, in the assets' order, and inside in listing order.

    Args:
        connection: the platform.
        chosen: which annotations.
        chunk_size: annotations per request, 1 to 1000.
        max_workers: most requests in flight; `None` takes 8. Twice as many chunks are held at most.
        boxed: give chunks of annotations of rectangles only as `BoxedAnnotation`.

    Raises, with the page that shows it:
        PartialFailure: some could not be loaded; the text names them and the reason.
        NotSupportedError: the platform ignores the worker.
    """
    read = _read_boxed if boxed else _read_records
    loader = ChunkLoader(connection, chosen.version_id, read, attrgetter("id"))

    async def load(ids: tuple[str, ...]) -> list[Any]:
        chunk = await loader.load(ids)
        if chosen.worker_id is not None:
            for record in chunk.annotations:
                check_worker(record.worker_id, chosen.worker_id)
        if chunk.failed:
            raise _failure(chunk.failed, chunk.failed) from chunk.failed[0].error
        return chunk.annotations

    chunks = id_chunks(pages_of_ids(connection, chosen), _size(chunk_size))
    limit = check_count(max_workers, "max_workers", least=1) or _STREAMED_AT_ONCE
    return StreamedPages(stream_bounded(load, chunks, limit=limit))


def _read_records(response: Response) -> list[LoadedAnnotation]:
    return decode_response(response, list[LoadedAnnotation], str(routes.LOAD_ANNOTATIONS))


def _read_boxed(response: Response) -> list[Any]:
    boxed = read_boxed(response.body)
    return _read_records(response) if boxed is None else boxed


def _read_objects(response: Response) -> list[dict[str, Any]]:
    return decode_response(response, list[dict[str, Any]], str(routes.LOAD_ANNOTATIONS))


async def _load(
    connection: Connection,
    chosen: AnnotationSelection,
    pages: AsyncGenerator[Sequence[str], None],
    chunk_size: int,
    max_workers: int | None,
) -> LoadedAnnotations:
    loader = ChunkLoader(connection, chosen.version_id, _read_objects, _id_of)
    limit = check_count(max_workers, "max_workers", least=1) or LOADED_AT_ONCE
    found: dict[str, list[dict[str, Any]]] = {}
    failed: list[Failure] = []
    size = _size(chunk_size)
    with rare_collection():
        async with stream_bounded(loader.load, id_chunks(pages, size), limit=limit) as chunks:
            async for chunk in chunks:
                _sort_in(chunk, found, chosen.worker_id)
                failed.extend(chunk.failed)
    return LoadedAnnotations(found, failed)


def _sort_in(
    chunk: Chunk[dict[str, Any]], found: dict[str, list[dict[str, Any]]], worker: str | None
) -> None:
    for annotation in chunk.annotations:
        if worker is not None:
            check_worker(annotation.get("worker_id"), worker)
        asset_id = annotation.pop("asset_id", None)
        if type(asset_id) is not str:
            raise _lacks(annotation, "asset_id")
        found.setdefault(asset_id, []).append(annotation)


def _id_of(annotation: dict[str, Any]) -> str:
    value = annotation.get("id")
    if type(value) is not str:
        raise _lacks(annotation, "id")
    return value


def _lacks(annotation: dict[str, Any], field: str) -> ProtocolError:
    return ProtocolError(f"{routes.LOAD_ANNOTATIONS}: an annotation has no {field}: {str(annotation)[:120]}")


async def _one_page(ids: Sequence[str]) -> AsyncGenerator[Sequence[str], None]:
    yield list(dict.fromkeys(ids))


def _size(chunk_size: int) -> int:
    check_count(chunk_size, "chunk_size", least=1)
    return min(chunk_size, _MOST_PER_REQUEST)


def _checked(loaded: LoadedAnnotations, *, skip_error: bool) -> LoadedAnnotations:
    if loaded.failed and not skip_error:
        raise _failure(loaded.failed, loaded) from loaded.failed[0].error
    return loaded


def _failure(failed: Sequence[Failure], report: Any) -> PartialFailure:
    named = ", ".join(one.item for one in failed[:_NAMED]) + (", …" if len(failed) > _NAMED else "")
    reasons = "; ".join(dict.fromkeys(str(one.error) for one in failed[:_NAMED]))
    what = "1 annotation" if len(failed) == 1 else f"{len(failed)} annotations"
    return PartialFailure(f"{what} could not be loaded ({reasons}): {named}", report)
