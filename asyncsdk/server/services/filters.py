"""What a listing of data or assets selects: the protocol's filters as one condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import attrs
from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.assignment_filters import AssignmentFilter
from asyncsdk.server.services.rules import NAME_LENGTH, check_ids, json_list
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.query import compile_query
from asyncsdk.server.store.schema import asset, assignment, data
from asyncsdk.wire.query.syntax import And, Comparison, Operator, Or

__all__ = ["Filter"]

_MOST_KEYS = 100
_MOST_RANGES = 16

Subject = Literal["data", "asset"]


@attrs.frozen(kw_only=True)
class Filter:
    """The filters of the protocol; all that are given must hold. An empty list matches nothing."""

    q: str | None = None
    ids: Sequence[str] | None = None
    data_ids: Sequence[str] | None = None
    filenames: Sequence[str] | None = None
    object_names: Sequence[str] | None = None
    filename_startswith: Sequence[str] | None = None
    upload_statuses: Sequence[DataUploadStatus] | None = None
    types: Sequence[DataType] | None = None
    custom_metadata: dict[str, Any] | None = None
    assignment: AssignmentFilter = AssignmentFilter()
    """What must hold for the assignment of an asset; for assets only."""

    def conditions(self, subject: Subject) -> list[ColumnElement[bool]]:
        """Return what must hold for the rows of a subject.

        Raises:
            BadRequestError: a filter is malformed.
        """
        found: list[ColumnElement[bool]] = []
        table = asset if subject == "asset" else data
        for column, values in (
            (table.c.id, None if self.ids is None else check_ids(self.ids, "ids")),
            (data.c.id, None if self.data_ids is None else check_ids(self.data_ids, "data_ids")),
            (data.c.filename, self.filenames),
            (data.c.object_name, self.object_names),
        ):
            if values is not None:
                found.append(any_of(column, literal(json_list(values))))
        if self.filename_startswith is not None:
            found.append(_starts_with(self.filename_startswith, subject))
        for column, chosen, every in (
            (data.c.upload_status, self.upload_statuses, DataUploadStatus),
            (data.c.type, self.types, DataType),
        ):
            if chosen is not None and set(chosen) != set(every):
                found.append(any_of(column, literal(json_list(chosen))))
        if self.custom_metadata:
            found.append(_equal_metadata(self.custom_metadata, subject))
        if assigned := self.assignment.conditions():
            own = select(literal(1)).where(assignment.c.asset == asset.c.seq, *assigned)
            found.append(own.correlate(asset).exists())
        if self.q and self.q.strip():
            found.append(compile_query(self.q, subject))
        return found

    @property
    def is_by_id(self) -> bool:
        """Whether ids are named: their rows are found one by one, where databases would rather walk the home.

        Listings add zero to the home's key then, so that no index on it is walked.
        """
        return self.ids is not None or self.data_ids is not None

    @property
    def is_by_file(self) -> bool:
        """Whether names of files are all that rows are named by: an index of a datalake has them."""
        return not self.is_by_id and (self.filenames is not None or self.object_names is not None)

    def condition(self, subject: Subject) -> ColumnElement[bool] | None:
        """Return the one condition of all filters; `None` when there is none."""
        found = self.conditions(subject)
        return and_(*found) if found else None

    def key(self) -> list[Any]:
        """Return the filters as JSON values, for a cursor's fingerprint."""
        own = attrs.asdict(self, recurse=False) | {"assignment": self.assignment.key()}
        return [list(value) if isinstance(value, tuple) else value for value in own.values()]


def _starts_with(prefixes: Sequence[str], subject: Subject) -> ColumnElement[bool]:
    if not prefixes:
        return false()
    if len(prefixes) <= _MOST_RANGES:  # each is a range of the index
        parts = [Comparison(("filename",), Operator.STARTS_WITH, prefix, 0, 0) for prefix in prefixes]
        return compile_query(Or(tuple(parts)), subject)
    by_length: dict[int, list[str]] = {}
    for prefix in prefixes:
        by_length.setdefault(len(prefix), []).append(prefix)
    heads = (
        any_of(func.substr(data.c.filename, 1, length), literal(json_list(group)))
        for length, group in by_length.items()
        if length <= NAME_LENGTH
    )
    return or_(false(), *heads)


def _equal_metadata(wanted: dict[str, Any], subject: Subject) -> ColumnElement[bool]:
    if len(wanted) > _MOST_KEYS:
        raise BadRequestError(f"custom_metadata: more than {_MOST_KEYS} keys", status=400)
    parts = []
    for name, value in wanted.items():
        if isinstance(value, dict | list):
            raise BadRequestError(
                f"custom_metadata: {name!r} must be compared with a single value", status=400
            )
        parts.append(Comparison(("custom_metadata", name), Operator.EQUAL, value, 0, 0))
    return compile_query(And(tuple(parts)), subject)
