"""Assets with what their annotations use: enough to split a version by its labels."""

from __future__ import annotations

from collections import defaultdict

import orjson
from sqlalchemy import bindparam

from asyncsdk.server.services.annotation_rows import annotations_joined
from asyncsdk.server.services.assets import list_assets
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.label_uses import LabelUses, label_uses
from asyncsdk.server.services.listings import PageRequest
from asyncsdk.server.services.rules import Document, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.shape_drafts import KINDS
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, asset
from asyncsdk.server.store.statements import Prepared

__all__ = ["list_extended_assets"]

_ANNOTATIONS = Prepared(
    annotations_joined().where(any_of(asset.c.id, bindparam("ids"))).order_by(annotation.c.seq.desc())
)


def list_extended_assets(
    scope: Scope,
    version_id: str,
    page: PageRequest,
    *,
    documents: DataDocuments,
    cursors: Cursors,
    counts: Counts,
) -> Work[Document]:
    """Return a page of assets, each with its annotations, newest first.

    Shapes are told by their label alone, one entry for each.
    """
    document = yield from list_assets(
        scope, version_id, Filter(), page, documents=documents, cursors=cursors, counts=counts
    )
    rows = yield _ANNOTATIONS(ids=json_list(item["id"] for item in document["items"]))
    uses = yield from label_uses(row["seq"] for row in rows)
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for row in rows:
        found[row["asset_id"]].append(_annotation(row, uses))
    for item in document["items"]:
        item["annotations"] = found[item["id"]]
    return document


def _annotation(row: Row, uses: LabelUses) -> Document:
    """Return an annotation; tracks are told where there are some, as in the loaded form."""
    key = row["seq"]
    plurals = [*KINDS, *(["tracks"] if (key, "tracks") in uses else [])]
    return {"id": row["id"], "worker_id": row["worker_id"], "status": row["status"]} | {
        plural: _shapes(uses, key, plural) for plural in plurals
    }


def _shapes(uses: LabelUses, annotation_key: int, plural: str) -> orjson.Fragment:
    """Return the shapes of a kind as JSON text: there may be very many."""
    texts: list[str] = []
    for label_id, count in uses.get((annotation_key, plural), ()):
        texts += [f'{{"label_id":"{label_id}"}}'] * count
    return orjson.Fragment(f"[{','.join(texts)}]")
