"""Deleting many annotations of a version, in parts, so that nobody who writes waits long."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from sqlalchemy import bindparam, delete, func, select

from asyncsdk.server.services.annotation_filters import AnnotationFilter
from asyncsdk.server.services.dataset_versions import require_unlocked
from asyncsdk.server.services.rules import Document, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, shape, track
from asyncsdk.server.store.statements import Prepared, statement

__all__ = ["delete_many_annotations", "delete_some_annotations"]

_MOST = 2000
"""Annotations of one part."""

_MOST_ROWS = 5000
"""Rows of one part: annotations, shapes and tracks; one annotation may have more."""

_DELETE = Prepared(delete(annotation).where(any_of(annotation.c.seq, bindparam("keys"))))

_shapes, _tracks = (
    select(func.count()).select_from(table).where(table.c.annotation == annotation.c.seq).scalar_subquery()
    for table in (shape, track)
)
_rows = (1 + _shapes + _tracks).label("rows")


def delete_some_annotations(
    scope: Scope, version_id: str, wanted: AnnotationFilter, already: int
) -> Work[int | None]:
    """Delete a part of the annotations that match; `None` when few are left.

    Args:
        scope: who asks.
        version_id: their version.
        wanted: which.
        already: how many were deleted before; it is returned with those that this part deletes.

    Raises:
        LockedError: the version is locked.
    """
    part, whole = yield from _next_part(scope, version_id, wanted)
    if whole:
        return None
    yield _DELETE(keys=json_list(part))
    return already + len(part)


def delete_many_annotations(
    scope: Scope, version_id: str, wanted: AnnotationFilter, already: int
) -> Work[Document]:
    """Delete the last annotations that match, with their shapes; ids that are not of the version are skipped.

    Args:
        scope: who asks.
        version_id: their version.
        wanted: which.
        already: how many were deleted before.

    Raises:
        LockedError: the version is locked.
    """
    version = yield from require_unlocked(scope, version_id)
    conditions = wanted.conditions(version["seq"])
    gone = yield statement(delete(annotation).where(*conditions).returning(annotation.c.seq))
    return {"count": already + len(gone)}


def _next_part(scope: Scope, version_id: str, wanted: AnnotationFilter) -> Work[tuple[Sequence[int], bool]]:
    """Return the keys of the next annotations, and whether they are all."""
    version = yield from require_unlocked(scope, version_id)
    conditions = wanted.conditions(version["seq"])
    rows: Rows = yield statement(
        select(annotation.c.seq, _rows).where(*conditions).order_by(annotation.c.seq).limit(_MOST)
    )
    totals = accumulate(row["rows"] for row in rows)
    part = [row["seq"] for row, total in zip(rows, totals, strict=True) if total <= _MOST_ROWS]
    part = part or [row["seq"] for row in rows[:1]]
    return part, len(part) == len(rows) < _MOST
