"""What the listings of annotations select."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, literal, select

from asyncsdk.enums import AnnotationStatus
from asyncsdk.server.services.rules import check_ids, json_list
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, asset, user

__all__ = ["EVERYTHING", "AnnotationFilter"]

EVERYTHING = "__all__"
"""In a list of ids: all of them."""


@attrs.frozen(kw_only=True)
class AnnotationFilter:
    """The filters of the protocol; all that are given must hold. An empty list matches nothing."""

    ids: Sequence[str] | None = None
    asset_ids: Sequence[str] | None = None
    worker_ids: Sequence[str] | None = None
    statuses: Sequence[AnnotationStatus] | None = None

    def conditions(self, version: int) -> list[ColumnElement[bool]]:
        """Return what must hold for the annotations of a version.

        Raises:
            BadRequestError: an id is malformed.
        """
        found: list[ColumnElement[bool]] = []
        if self.ids is not None:
            found.append(any_of(annotation.c.id, literal(json_list(check_ids(self.ids, "annotation_ids")))))
        if self.asset_ids is not None and EVERYTHING not in self.asset_ids:
            ids = literal(json_list(check_ids(self.asset_ids, "asset_ids")))
            own = select(asset.c.seq).where(any_of(asset.c.id, ids), asset.c.version + 0 == version)
            found.append(annotation.c.asset.in_(own))
        # The sums keep databases from walking the whole version in place of the few that are named.
        home = annotation.c.version + 0 if found else annotation.c.version
        found.insert(0, home == version)
        if self.worker_ids is not None and EVERYTHING not in self.worker_ids:
            ids = literal(json_list(check_ids(self.worker_ids, "worker_ids")))
            found.append(annotation.c.user_account.in_(select(user.c.seq).where(any_of(user.c.id, ids))))
        if self.statuses is not None and set(self.statuses) != set(AnnotationStatus):
            found.append(any_of(annotation.c.status, literal(json_list(self.statuses))))
        return found

    def key(self) -> list[Any]:
        """Return the filters as JSON values, for a cursor's fingerprint."""
        return [None if value is None else list(value) for value in attrs.astuple(self, recurse=False)]
