"""Listing the annotations of a version, and their ids alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from asyncsdk.server.services.annotation_filters import AnnotationFilter
from asyncsdk.server.services.annotation_rows import annotation_document, annotations_joined
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors, fingerprint
from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.listings import Listing, PageRequest, list_page, order_terms
from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.schema import annotation
from asyncsdk.server.store.statements import statement

__all__ = ["list_annotation_ids", "list_annotations", "page_annotation_ids"]

_ORDER = {name: annotation.c[name] for name in ("created_at", "duration", "status")}


def list_annotations(
    scope: Scope,
    version_id: str,
    wanted: AnnotationFilter,
    page: PageRequest,
    *,
    cursors: Cursors,
    counts: Counts,
) -> Work[Document]:
    """Return a page of the version's annotations, newest first where no order is asked for."""
    version = yield from require_version(scope, version_id)
    conditions = wanted.conditions(version["seq"])
    listing = _listing(
        annotations_joined(), conditions, page, annotation_document, ("annotation", version_id, wanted.key())
    )
    return (yield from list_page(listing, page, cursors, counts))


def page_annotation_ids(
    scope: Scope,
    version_id: str,
    wanted: AnnotationFilter,
    page: PageRequest,
    *,
    cursors: Cursors,
    counts: Counts,
) -> Work[Document]:
    """Return a page of ids, newest first: our addition, for walks of any length."""
    version = yield from require_version(scope, version_id)
    conditions = wanted.conditions(version["seq"])
    listing = _listing(
        select(annotation.c.id), conditions, page, _id_of, ("annotation-ids", version_id, wanted.key())
    )
    return (yield from list_page(listing, page, cursors, counts))


def list_annotation_ids(scope: Scope, version_id: str, wanted: AnnotationFilter) -> Work[list[str]]:
    """Return all ids at once, newest first."""
    version = yield from require_version(scope, version_id)
    chosen = select(annotation.c.id).where(*wanted.conditions(version["seq"]))
    return [row[0] for row in (yield statement(chosen.order_by(annotation.c.seq.desc())))]


def _id_of(row: Row) -> Any:
    return row["id"]


def _listing(
    rows: Select[Any],
    conditions: Sequence[ColumnElement[bool]],
    page: PageRequest,
    document: Callable[[Row], Any],
    asked: tuple[Any, ...],
) -> Listing:
    inside = conditions[0]
    return Listing(
        select=rows.where(*conditions),
        key=annotation.c.seq,
        order=order_terms(page.order_by, _ORDER),
        fingerprint=fingerprint(*asked, list(page.order_by)),
        count=statement(select(func.count().label("n")).select_from(annotation).where(*conditions)),
        lowest=statement(select(func.min(annotation.c.seq).label("n")).where(inside)),
        document=document,
    )
