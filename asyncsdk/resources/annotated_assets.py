"""Assets with their newest annotation, read from the platform in bounded memory, in the platform's own order."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from functools import partial
from typing import Any, TypeAlias

import attrs

from asyncsdk.enums import AnnotationExportKey, DataType, choose
from asyncsdk.flow.bounded import both, stream_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.flow.stream import BoundedStream
from asyncsdk.formats.annotated import AnnotatedAsset, AssetNames
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.boxes import BoxedAnnotation
from asyncsdk.records.data import DataOutline, ImageSize
from asyncsdk.records.datasets import AssetOutline
from asyncsdk.records.paging import Page
from asyncsdk.resources.annotation_listing import AnnotationSelection
from asyncsdk.resources.annotation_loading import (
    LOADED_AT_ONCE,
    asset_ids_of,
    asset_parts,
    loaded_pages,
)
from asyncsdk.resources.asset import Asset
from asyncsdk.resources.asset_listing import asset_listing
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import ItemIterator, PageSource
from asyncsdk.resources.listing import read_all

__all__ = ["AnnotatedAssets", "export_key_of", "outlines_of"]

_ASSETS_AT_ONCE = 100
"""The platform is asked for the annotations of so many at once."""

_REQUESTS_AT_ONCE = 8

_Annotation: TypeAlias = LoadedAnnotation | BoxedAnnotation


def export_key_of(key: AnnotationExportKey | str | None, *, use_id: bool) -> AnnotationExportKey:
    """Return what a file calls assets by: the key where one is given, else what `use_id` says.

    Raises:
        InvalidArgumentError: the key is unknown.
    """
    if key is not None:
        return choose(AnnotationExportKey, key)
    return AnnotationExportKey.ASSET_ID if use_id else AnnotationExportKey.FILENAME


def outlines_of(assets: Any, version_id: str) -> list[AssetOutline] | None:
    """Return what files tell of one or more assets, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: something is no asset, or one of another dataset version.
    """
    if assets is None:
        return None
    parts = asset_parts(assets)
    asset_ids_of(parts, version_id)
    found: dict[str, AssetOutline] = {}
    for part in parts:
        for asset in [part] if isinstance(part, Asset) else part:
            found.setdefault(asset.id, _outline_of(asset))
    return list(found.values())


def _outline_of(asset: Asset) -> AssetOutline:
    known = asset.width and asset.height
    data = DataOutline(
        id=asset.data_id,
        object_name=asset.object_name,
        filename=asset.filename,
        type=asset.type,
        meta=ImageSize(asset.width, asset.height) if known else None,
    )
    return AssetOutline(asset.id, data)


@attrs.frozen(kw_only=True)
class AnnotatedAssets:
    """Which assets a file is built from.

    Attributes:
        connection: the platform.
        chosen: the version, worker and status; of each asset the newest annotation that fits is taken.
        assets: the assets, in the order of the file; `None` takes all of the version in listing order.
        key: what the file calls them by.
        only_videos: leave images out.
        boxed: load annotations of rectangles only in the short form, which files of other kinds have no use for.
    """

    connection: Connection
    chosen: AnnotationSelection
    assets: list[AssetOutline] | None
    key: AnnotationExportKey
    only_videos: bool = False
    boxed: bool = False

    async def names(self) -> dict[str, str]:
        """Return the names of all assets, annotated or not, by id."""
        names: dict[str, str] = {}
        async with aclosing(self._groups()) as groups:
            async for group in groups:
                names |= {asset.id: self._name(asset) for asset in group}
        return names

    async def read_at_once(self) -> Iterator[AnnotatedAsset]:
        """Return the same as `read`, with the fewest requests: assets and annotations are held in memory.

        Raises:
            PartialFailure: annotations could not be loaded.
            NotSupportedError: the platform ignores the worker.
        """
        if self.assets is not None:
            async with self.read() as groups:
                return iter([asset async for group in groups for asset in group])
        outlines, newest = await both(partial(read_all, self._listing()), self._newest)
        return self._joined(self._wanted(outlines), newest)

    async def _newest(self) -> dict[str, _Annotation]:
        found: dict[str, _Annotation] = {}
        annotations = loaded_pages(self.connection, self.chosen, max_workers=LOADED_AT_ONCE, boxed=self.boxed)
        try:
            while (page := await annotations.next_page()) is not None:
                for annotation in page:
                    found.setdefault(annotation.asset_id, annotation)
        finally:
            await annotations.aclose()
        return found

    def read(self) -> BoundedStream[list[AnnotatedAsset]]:
        """Return the assets that have an annotation, some at a time, in order.

        Raises, while it is iterated over:
            PartialFailure: annotations could not be loaded.
            NotSupportedError: the platform ignores the worker.
        """
        return stream_bounded(self._annotated, self._groups(), limit=_REQUESTS_AT_ONCE)

    async def _annotated(self, group: tuple[AssetOutline, ...]) -> list[AnnotatedAsset]:
        chosen = attrs.evolve(self.chosen, asset_ids=tuple(asset.id for asset in group))
        newest: dict[str, _Annotation] = {}
        annotations = loaded_pages(self.connection, chosen, boxed=self.boxed)
        async with ItemIterator(annotations, lambda record: record) as loaded:
            async for annotation in loaded:
                newest.setdefault(annotation.asset_id, annotation)
        return list(self._joined(group, newest))

    def _joined(
        self, group: Iterable[AssetOutline], newest: dict[str, _Annotation]
    ) -> Iterator[AnnotatedAsset]:
        """Give the assets that have an annotation; each annotation is let go."""
        for asset in group:
            annotation = newest.pop(asset.id, None)
            if annotation is not None:
                size = asset.data.meta
                yield AnnotatedAsset(
                    id=asset.id,
                    name=self._name(asset),
                    annotation=annotation,
                    width=size.width if size else None,
                    height=size.height if size else None,
                )

    def _name(self, asset: AssetOutline) -> str:
        data = asset.data
        if self.key is AnnotationExportKey.FILENAME:
            return data.filename
        names = AssetNames(id=asset.id, data_id=data.id, filename=data.filename, object_name=data.object_name)
        return names.by(self.key)

    async def _groups(self) -> AsyncGenerator[tuple[AssetOutline, ...], None]:
        if self.assets is not None:
            for group in chunked(self._wanted(self.assets), _ASSETS_AT_ONCE):
                yield group
            return
        source = self._listing()
        try:
            while (page := await source.next_page()) is not None:
                for group in chunked(self._wanted(page), _ASSETS_AT_ONCE):
                    yield group
        finally:
            await source.aclose()

    def _listing(self) -> PageSource:
        listing = asset_listing(self.connection, self.chosen.version_id)
        outlines = attrs.evolve(listing, page=Page[AssetOutline])
        return outlines.read_lazily(limit=None, offset=None, page_size=None)

    def _wanted(self, assets: Iterable[AssetOutline]) -> list[AssetOutline]:
        return [asset for asset in assets if asset.data.type is DataType.VIDEO or not self.only_videos]
