"""How a version is annotated, in numbers."""

from __future__ import annotations

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.sql import ColumnElement

from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import annotation, label, shape, track
from asyncsdk.server.store.statements import Prepared

__all__ = ["version_stats"]


def _uses(table: Table) -> ColumnElement[int]:
    """Count what carries a label, from the index on labels alone."""
    return select(func.count()).select_from(table).where(table.c.label == label.c.seq).scalar_subquery()


_BY_LABEL = Prepared(
    select(label.c.name, (_uses(shape) + _uses(track)).label("n"))
    .where(label.c.version == bindparam("version"))
    .order_by(label.c.seq)
)
_ANNOTATIONS = Prepared(
    select(func.count().label("n"))
    .select_from(annotation)
    .where(annotation.c.version == bindparam("version"))
)


def version_stats(scope: Scope, version_id: str) -> Work[Document]:
    """Return how many shapes and tracks each label has; labels that nothing uses are left out."""
    version = yield from require_version(scope, version_id)
    rows = yield _BY_LABEL(version=version["seq"])
    repartition = {row["name"]: row["n"] for row in rows if row["n"]}
    return {
        "label_repartition": repartition,
        "nb_objects": sum(repartition.values()),
        "nb_annotations": (yield _ANNOTATIONS(version=version["seq"]))[0]["n"],
    }
