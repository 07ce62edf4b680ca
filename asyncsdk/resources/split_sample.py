"""What a split is made from: assets in the platform's order, with the labels that they use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs

from asyncsdk.errors import NoDataError
from asyncsdk.records.annotations import ExtendedAsset
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.paging import Page
from asyncsdk.records.splits import COUNTING_ORDER, CountedAsset, LabelCount
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import PageSource
from asyncsdk.resources.listing import Listing
from asyncsdk.resources.split_grouping import DATA_SOURCE, group_reader
from asyncsdk.resources.split_options import SplitOptions
from asyncsdk.wire import capabilities, routes

__all__ = ["Sample", "label_counts", "read_sample"]

_ANNOTATED = "annotations.id != None"


@attrs.frozen
class Sample:
    """The assets to be split, in the platform's order; the lists go side by side.

    Attributes:
        records: the assets.
        label_counts: labels of each one's newest annotation, by id, in the order of their first use.
        groups: what each one belongs to.
    """

    records: list[AssetRecord] = attrs.field(factory=list)
    label_counts: list[tuple[LabelCount, ...]] = attrs.field(factory=list)
    groups: list[str | None] = attrs.field(factory=list)


async def read_sample(connection: Connection, version_id: str, options: SplitOptions) -> Sample:
    """Read the assets; our platform counts their labels, others tell every shape of a page.

    Raises:
        NoDataError: there is nothing to split.
        NotSupportedError: assets are grouped by data source, and the platform does not tell it.
    """
    await connection.open()
    if options.group_by == DATA_SOURCE:
        connection.require(capabilities.COUNTED_ASSETS, 'group_by="data_source"')
    sample, group_of = Sample(), group_reader(connection, version_id, options.group_by)
    known: dict[LabelCount, LabelCount] = {}
    source = _source(connection, version_id, options)
    try:
        while (page := await source.next_page()) is not None:
            for record, counts in map(_counted, page):
                if counts is not None or not options.annotated_only:
                    sample.records.append(record)
                    sample.label_counts.append(tuple(known.setdefault(one, one) for one in counts or ()))
                    sample.groups.append(group_of(record))
    finally:
        await source.aclose()
    if not sample.records:
        raise NoDataError(_nothing(options))
    return sample


def label_counts(asset: ExtendedAsset) -> tuple[LabelCount, ...] | None:
    """Count the labels of an asset's newest annotation, in counting order; `None` where there is none."""
    if not asset.annotations:
        return None
    newest = asset.annotations[0]
    found = Counter(use.label_id for plural in COUNTING_ORDER for use in getattr(newest, plural))
    return tuple(found.items())


def _source(connection: Connection, version_id: str, options: SplitOptions) -> PageSource:
    counted = connection.supports(capabilities.COUNTED_ASSETS)
    route = routes.LIST_COUNTED_ASSETS if counted else routes.LIST_EXTENDED_ASSETS
    page: Any = Page[CountedAsset] if counted else Page[ExtendedAsset]
    return Listing(
        connection=connection,
        plain=route,
        filtered=route,
        page=page,
        variables={"version": version_id},
        q=_ANNOTATED if counted and options.annotated_only else None,
    ).read(limit=None, offset=None, page_size=options.page_size)


def _counted(item: CountedAsset | ExtendedAsset) -> tuple[AssetRecord, Sequence[LabelCount] | None]:
    if isinstance(item, CountedAsset):
        return item.asset, item.label_counts
    return AssetRecord(item.id, item.data, item.created_at), label_counts(item)


def _nothing(options: SplitOptions) -> str:
    if options.annotated_only:
        return "nothing to split: no asset is annotated; annotated_only=False takes all assets"
    return "nothing to split: the dataset version has no assets"
