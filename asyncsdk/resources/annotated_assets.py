"""Assets with their newest annotation, read from the platform in bounded memory, in the platform's own order."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from typing import Any

import attrs

from asyncsdk.enums import AnnotationExportKey, DataType, choose
from asyncsdk.flow.bounded import stream_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.flow.stream import BoundedStream
from asyncsdk.formats.annotated import AnnotatedAsset, AssetNames
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.resources.annotation_listing import AnnotationSelection
from asyncsdk.resources.annotation_loading import (
    LOADED_AT_ONCE,
    asset_ids_of,
    asset_parts,
    loaded_pages,
    stream_loaded,
)
from asyncsdk.resources.asset import Asset
from asyncsdk.resources.asset_listing import asset_listing
from asyncsdk.resources.connection import Connection

__all__ = ["AnnotatedAssets", "AssetFacts", "export_key_of", "facts_of_assets"]

_ASSETS_AT_ONCE = 100
"""The platform is asked for the annotations of so many at once."""

_REQUESTS_AT_ONCE = 8


@attrs.frozen(kw_only=True)
class AssetFacts:
    """What files say of an asset itself."""

    names: AssetNames
    width: int | None
    height: int | None
    is_video: bool


def export_key_of(key: AnnotationExportKey | str | None, *, use_id: bool) -> AnnotationExportKey:
    """Return what a file calls assets by: the key where one is given, else what `use_id` says.

    Raises:
        InvalidArgumentError: the key is unknown.
    """
    if key is not None:
        return choose(AnnotationExportKey, key)
    return AnnotationExportKey.ASSET_ID if use_id else AnnotationExportKey.FILENAME


def facts_of_assets(assets: Any, version_id: str) -> list[AssetFacts] | None:
    """Return the facts of one or more assets, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: something is no asset, or one of another dataset version.
    """
    if assets is None:
        return None
    parts = asset_parts(assets)
    asset_ids_of(parts, version_id)
    found: dict[str, AssetFacts] = {}
    for part in parts:
        for asset in [part] if isinstance(part, Asset) else part:
            found.setdefault(asset.id, _facts_of_asset(asset))
    return list(found.values())


def _facts_of_asset(asset: Asset) -> AssetFacts:
    names = AssetNames(
        id=asset.id, data_id=asset.data_id, filename=asset.filename, object_name=asset.object_name
    )
    is_video = asset.type is DataType.VIDEO
    return AssetFacts(names=names, width=asset.width or None, height=asset.height or None, is_video=is_video)


def _facts_of_record(record: AssetRecord) -> AssetFacts:
    data = record.data
    return AssetFacts(
        names=AssetNames(id=record.id, data_id=data.id, filename=data.filename, object_name=data.object_name),
        width=data.meta.width if data.meta else None,
        height=data.meta.height if data.meta else None,
        is_video=data.type is DataType.VIDEO,
    )


@attrs.frozen(kw_only=True)
class AnnotatedAssets:
    """Which assets a file is built from.

    Attributes:
        connection: the platform.
        chosen: the version, worker and status; of each asset the newest annotation that fits is taken.
        assets: the assets, in the order of the file; `None` takes all of the version in listing order.
        key: what the file calls them by.
        only_videos: leave images out.
    """

    connection: Connection
    chosen: AnnotationSelection
    assets: list[AssetFacts] | None
    key: AnnotationExportKey
    only_videos: bool = False

    async def names(self) -> dict[str, str]:
        """Return the names of all assets, annotated or not, by id."""
        names: dict[str, str] = {}
        async with aclosing(self._groups()) as groups:
            async for group in groups:
                names |= {facts.names.id: facts.names.by(self.key) for facts in group}
        return names

    async def read_at_once(self) -> BoundedStream[list[AnnotatedAsset]]:
        """Return the same as `read`, with the fewest requests: all annotations are held in memory.

        Raises:
            PartialFailure: annotations could not be loaded.
            NotSupportedError: the platform ignores the worker.
        """
        if self.assets is not None:
            return self.read()
        newest = await self._newest()

        async def join(group: tuple[AssetFacts, ...]) -> list[AnnotatedAsset]:
            return self._joined(group, newest)

        return stream_bounded(join, self._groups(), limit=_REQUESTS_AT_ONCE)

    async def _newest(self) -> dict[str, LoadedAnnotation]:
        found: dict[str, LoadedAnnotation] = {}
        annotations = loaded_pages(self.connection, self.chosen, max_workers=LOADED_AT_ONCE)
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

    async def _annotated(self, group: tuple[AssetFacts, ...]) -> list[AnnotatedAsset]:
        chosen = attrs.evolve(self.chosen, asset_ids=tuple(facts.names.id for facts in group))
        newest: dict[str, LoadedAnnotation] = {}
        async with stream_loaded(self.connection, chosen) as loaded:
            async for annotation in loaded:
                newest.setdefault(annotation.asset_id, annotation)
        return self._joined(group, newest)

    def _joined(
        self, group: Iterable[AssetFacts], newest: Mapping[str, LoadedAnnotation]
    ) -> list[AnnotatedAsset]:
        return [
            AnnotatedAsset(
                id=facts.names.id,
                name=facts.names.by(self.key),
                annotation=newest[facts.names.id],
                width=facts.width,
                height=facts.height,
            )
            for facts in group
            if facts.names.id in newest
        ]

    async def _groups(self) -> AsyncGenerator[tuple[AssetFacts, ...], None]:
        if self.assets is not None:
            for group in chunked(self._wanted(self.assets), _ASSETS_AT_ONCE):
                yield group
            return
        listing = asset_listing(self.connection, self.chosen.version_id)
        source = listing.read_lazily(limit=None, offset=None, page_size=None)
        try:
            while (page := await source.next_page()) is not None:
                for group in chunked(self._wanted(map(_facts_of_record, page)), _ASSETS_AT_ONCE):
                    yield group
        finally:
            await source.aclose()

    def _wanted(self, assets: Iterable[AssetFacts]) -> list[AssetFacts]:
        return [facts for facts in assets if facts.is_video or not self.only_videos]
