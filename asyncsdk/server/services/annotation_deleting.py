"""Deleting many annotations of a version."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from asyncsdk.server.services.annotation_filters import AnnotationFilter
from asyncsdk.server.services.dataset_versions import require_unlocked
from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import annotation
from asyncsdk.server.store.statements import statement

__all__ = ["delete_many_annotations"]


def delete_many_annotations(scope: Scope, version_id: str, wanted: AnnotationFilter) -> Work[Document]:
    """Delete the annotations that match, with their shapes; ids that are not of the version are skipped.

    Raises:
        LockedError: the version is locked.
    """
    version = yield from require_unlocked(scope, version_id)
    conditions = wanted.conditions(version["seq"])
    count = (yield statement(select(func.count().label("n")).select_from(annotation).where(*conditions)))[0][
        "n"
    ]
    yield statement(delete(annotation).where(*conditions))
    return {"count": count}
