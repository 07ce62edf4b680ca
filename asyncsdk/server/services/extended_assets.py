"""Assets with what their annotations use: enough to split a version by its labels."""

from __future__ import annotations

from collections import defaultdict

import orjson
from sqlalchemy import bindparam, func, select

from asyncsdk.server.services.annotation_rows import annotations_joined
from asyncsdk.server.services.assets import list_assets
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import PageRequest
from asyncsdk.server.services.rules import Document, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.shape_drafts import KINDS
from asyncsdk.server.store.base import Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, asset, label, shape
from asyncsdk.server.store.statements import Prepared

__all__ = ["list_extended_assets"]

_ANNOTATIONS = Prepared(
    annotations_joined().where(any_of(asset.c.id, bindparam("ids"))).order_by(annotation.c.seq.desc())
)
_USES = Prepared(
    select(shape.c.annotation, shape.c.kind, label.c.id, func.count())
    .join(label, label.c.seq == shape.c.label)
    .where(any_of(shape.c.annotation, bindparam("keys")))
    .group_by(shape.c.annotation, shape.c.kind, label.c.id)
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
    uses = _by_annotation((yield _USES(keys=json_list(row["seq"] for row in rows))))
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for row in rows:
        found[row["asset_id"]].append(
            {"id": row["id"], "worker_id": row["worker_id"], "status": row["status"]}
            | {
                plural: orjson.Fragment(f"[{','.join(uses[row['seq'], kind.name])}]")
                for plural, kind in KINDS.items()
            }
        )
    for item in document["items"]:
        item["annotations"] = found[item["id"]]
    return document


def _by_annotation(rows: Rows) -> defaultdict[tuple[int, str], list[str]]:
    """Return the JSON texts of shapes, by annotation and kind."""
    uses: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for owner, kind, label_id, count in rows:
        uses[owner, kind] += [f'{{"label_id":"{label_id}"}}'] * count
    return uses
