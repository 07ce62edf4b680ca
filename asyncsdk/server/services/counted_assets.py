"""Assets with the labels of their newest annotation, counted here: our addition, for splits."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import bindparam, func, select

from asyncsdk.records.splits import COUNTING_ORDER, LabelCount
from asyncsdk.server.services.assets import list_assets
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.label_uses import LabelUses, label_uses
from asyncsdk.server.services.listings import PageRequest
from asyncsdk.server.services.rules import Document, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, asset, data, data_source
from asyncsdk.server.store.statements import Prepared

__all__ = ["list_counted_assets"]

_NEWEST = Prepared(
    select(asset.c.id, func.max(annotation.c.seq))
    .join(annotation, annotation.c.asset == asset.c.seq)
    .where(any_of(asset.c.id, bindparam("ids")))
    .group_by(asset.c.id)
)
_SOURCES = Prepared(
    select(data.c.id, data_source.c.id, data_source.c.name)
    .join(data_source, data_source.c.seq == data.c.data_source)
    .where(any_of(data.c.id, bindparam("ids")))
)


def list_counted_assets(
    scope: Scope,
    version_id: str,
    wanted: Filter,
    page: PageRequest,
    *,
    documents: DataDocuments,
    cursors: Cursors,
    counts: Counts,
) -> Work[Document]:
    """Return a page of assets, each with the label counts of its newest annotation.

    The data of the assets tell their data source.
    """
    document = yield from list_assets(
        scope, version_id, wanted, page, documents=documents, cursors=cursors, counts=counts
    )
    assets = document["items"]
    newest = dict(map(tuple, (yield _NEWEST(ids=json_list(one["id"] for one in assets)))))
    uses = yield from label_uses(newest.values())
    sources = yield _SOURCES(ids=json_list(one["data"]["id"] for one in assets))
    source_of = {owner: {"id": source, "name": name} for owner, source, name in sources}
    for one in assets:
        one["data"]["data_source"] = source_of.get(one["data"]["id"])
    document["items"] = [
        {"asset": one, "label_counts": _counts(uses, newest[one["id"]]) if one["id"] in newest else None}
        for one in assets
    ]
    return document


def _counts(uses: LabelUses, annotation_key: int) -> list[LabelCount]:
    """Return the labels of an annotation, over all kinds, in counting order."""
    found: Counter[str] = Counter()
    for plural in COUNTING_ORDER:
        for label_id, count in uses.get((annotation_key, plural), ()):
            found[label_id] += count
    return list(found.items())
