"""Comparing two versions by the documented routes: both are listed, what both have is loaded from both."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import attrs

from asyncsdk.errors import ProtocolError
from asyncsdk.flow.bounded import map_bounded, stream_bounded
from asyncsdk.formats.shape_equality import label_differences, shape_key
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.differences import AssetDifference
from asyncsdk.resources.annotation_listing import AnnotationSelection
from asyncsdk.resources.annotation_loading import load_annotations
from asyncsdk.resources.asset_listing import asset_listing
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import PageSource, StreamedPages
from asyncsdk.resources.listing import read_all
from asyncsdk.resources.version_pair import VersionPair
from asyncsdk.wire import routes

__all__ = ["documented_differences"]

_ASSETS_AT_ONCE = 200
"""Assets that are compared in one go; as many goes are under way as pages are read ahead."""

_KINDS = ("classifications", "rectangles", "polygons", "lines", "points", "keypoints", "masks", "tracks")

_Annotations = Sequence[Mapping[str, Any]]


@attrs.frozen
class _Slice:
    """Some assets of one of the versions."""

    assets: list[AssetRecord]
    of_other: bool


def documented_differences(connection: Connection, pair: VersionPair) -> PageSource:
    """Return the assets that differ: removed and changed ones as this version lists them, then added ones.

    Raises, with a page that shows it:
        NotSupportedError: the platform ignores the worker.
        PartialFailure: some annotations could not be loaded.
    """
    compare = partial(_compare, connection, pair)
    limit = connection.settings.limits.read_ahead
    return StreamedPages(stream_bounded(compare, _slices(connection, pair), limit=limit))


async def _slices(connection: Connection, pair: VersionPair) -> AsyncGenerator[_Slice, None]:
    for version_id, of_other in ((pair.version_id, False), (pair.other_id, True)):
        listing = asset_listing(connection, version_id)
        pages = listing.read(limit=None, offset=None, page_size=_ASSETS_AT_ONCE)
        try:
            while (page := await pages.next_page()) is not None:
                yield _Slice(page, of_other)
        finally:
            await pages.aclose()


async def _compare(connection: Connection, pair: VersionPair, some: _Slice) -> list[AssetDifference]:
    opposite = pair.version_id if some.of_other else pair.other_id
    listing = asset_listing(connection, opposite, data_ids=[asset.data.id for asset in some.assets])
    found = await read_all(listing.read(limit=None, offset=None, page_size=None))
    twins = {asset.data.id: asset for asset in found}
    alone = [asset for asset in some.assets if asset.data.id not in twins]
    if some.of_other:
        return [_difference(asset, other_asset_id=asset.id) for asset in alone]
    common = [(asset, twins[asset.data.id]) for asset in some.assets if asset.data.id in twins]
    changed = await _compare_annotations(connection, pair, common)
    return [*(_difference(asset, asset_id=asset.id) for asset in alone), *changed]


def _difference(asset: AssetRecord, **more: Any) -> AssetDifference:
    return AssetDifference(data_id=asset.data.id, filename=asset.data.filename, **more)


async def _compare_annotations(
    connection: Connection, pair: VersionPair, common: Sequence[tuple[AssetRecord, AssetRecord]]
) -> list[AssetDifference]:
    async def load(wanted: tuple[str, tuple[str, ...]]) -> Mapping[str, _Annotations]:
        version_id, asset_ids = wanted
        chosen = AnnotationSelection(version_id=version_id, worker_id=pair.worker_id, asset_ids=asset_ids)
        return await load_annotations(connection, chosen, chunk_size=100, max_workers=None, skip_error=False)

    ids = tuple(one.id for one, _ in common), tuple(twin.id for _, twin in common)
    versions = zip((pair.version_id, pair.other_id), ids, strict=True)
    here, there = await map_bounded(load, list(versions), limit=2)
    found = []
    for asset, twin in common:
        balance: Counter[tuple[str, str]] = Counter()
        balance.update(_drawn(pair, there.get(twin.id, ())))
        balance.subtract(_drawn(pair, here.get(asset.id, ())))
        labels = label_differences(balance)
        if labels:
            found.append(_difference(asset, asset_id=asset.id, other_asset_id=twin.id, labels=labels))
    return found


def _drawn(pair: VersionPair, annotations: _Annotations) -> Iterable[tuple[str, str]]:
    """Return label and key of each shape that is compared."""
    for annotation in annotations[:1] if pair.is_newest_only else annotations:
        for kind in _KINDS:
            for shape in annotation.get(kind) or ():
                label = shape.get("label")
                if not isinstance(label, str):
                    raise ProtocolError(f"{routes.LOAD_ANNOTATIONS}: one of the {kind} has no label")
                yield label, "" if pair.labels_only else _key(kind, shape)


def _key(kind: str, shape: Mapping[str, Any]) -> str:
    return shape_key(kind, shape, shape.get("text"), shape.get("attributes"))
