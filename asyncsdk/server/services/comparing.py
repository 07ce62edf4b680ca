"""Comparing two versions of a dataset: a walk over the data of both, a bounded window at a time.

What has no equal is found by the database, as text; here it is compared again by what it means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
import orjson

from asyncsdk.errors import BadRequestError
from asyncsdk.formats.shape_equality import label_differences, shape_key
from asyncsdk.records import codec
from asyncsdk.records.differences import AssetDifference, LabelDifference
from asyncsdk.server.services.cursors import Cursor, Cursors, fingerprint
from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.rules import Document, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.version_differences import DATA_NAMES, WINDOW, unequal_shapes
from asyncsdk.server.store.base import Row, Rows, Work

__all__ = ["MOST_ASSETS", "MOST_SHAPES", "Comparison", "compare_versions"]

MOST_ASSETS = 1000
"""Assets of each version that one request looks at."""

MOST_SHAPES = 20_000
"""Shapes that one request compares; more only where a single asset has them."""

_Assets = dict[int, Row]
"""Assets by the `seq` of their data."""


@attrs.frozen(kw_only=True)
class Comparison:
    """What is compared: the newest annotation of each asset where nothing else is said."""

    worker_id: str | None = None
    """Only what this worker drew."""

    labels_only: bool = False
    """Compare how many shapes each label has, whatever they look like."""

    all_annotations: bool = False
    """Compare what all workers drew, taken together."""


@attrs.frozen
class _Window:
    """Assets of the two versions between two data."""

    here: _Assets
    there: _Assets
    after: int
    until: int
    is_last: bool


def compare_versions(
    scope: Scope,
    version_id: str,
    other_id: str,
    wanted: Comparison,
    *,
    limit: int,
    cursor: str | None,
    cursors: Cursors,
) -> Work[Document]:
    """Return what differs in the next part of the two versions, and where to go on.

    Raises:
        BadRequestError: the versions belong to two datasets.
    """
    version = yield from require_version(scope, version_id)
    other = yield from require_version(scope, other_id)
    if version["dataset"] != other["dataset"]:
        raise BadRequestError("the versions belong to two datasets; compare those of one", status=400)
    asked = fingerprint("differences", version_id, other_id, list(attrs.astuple(wanted)))
    after = cursors.read(cursor, asked).after[0] if cursor else 0
    window = yield from _window(version["seq"], other["seq"], after, limit)
    found = yield from _differences(version["seq"], other["seq"], window, wanted)
    following = None if window.is_last else cursors.write(Cursor(asked, 0, (window.until,)))
    return {"items": [codec.dump(one) for one in found], "next_cursor": following}


def _window(version: int, other: int, after: int, limit: int) -> Work[_Window]:
    """Take assets of both versions as far as both lists go, and as their shapes are not too many."""
    here = yield WINDOW(version=version, after=after, most=limit)
    there = yield WINDOW(version=other, after=after, most=limit)
    ends = [rows[-1]["data"] for rows in (here, there) if len(rows) == limit]
    until, shapes, is_last = after, 0, not ends
    for row in sorted((*here, *there), key=_data_of):
        is_beyond = shapes > MOST_SHAPES or (ends and row["data"] > min(ends))
        if is_beyond and row["data"] != until:
            is_last = False
            break
        until, shapes = row["data"], shapes + row["shapes"]
    return _Window(_upto(here, until), _upto(there, until), after, until, is_last)


def _data_of(row: Row) -> int:
    data: int = row["data"]
    return data


def _upto(rows: Rows, until: int) -> _Assets:
    return {row["data"]: row for row in rows if row["data"] <= until}


def _differences(
    version: int, other: int, window: _Window, wanted: Comparison
) -> Work[Sequence[AssetDifference]]:
    here, there = window.here, window.there
    labels: dict[int, tuple[LabelDifference, ...]] = dict.fromkeys(here.keys() ^ there.keys(), ())
    if here.keys() & there.keys():
        labels |= yield from _unequal_labels(version, other, window, wanted)
    names = {row["seq"]: row for row in (yield DATA_NAMES(keys=json_list(labels)))} if labels else {}
    return [
        AssetDifference(
            data_id=names[data]["id"],
            filename=names[data]["filename"],
            asset_id=here[data]["id"] if data in here else None,
            other_asset_id=there[data]["id"] if data in there else None,
            labels=labels[data],
        )
        for data in sorted(labels)
    ]


def _unequal_labels(
    version: int, other: int, window: _Window, wanted: Comparison
) -> Work[dict[int, tuple[LabelDifference, ...]]]:
    """Return the labels that differ, by data; the data are those that both versions have."""
    select = unequal_shapes(
        of_worker=wanted.worker_id is not None,
        newest_only=not wanted.all_annotations and wanted.worker_id is None,
        labels_only=wanted.labels_only,
    )
    chosen: dict[str, Any] = {} if wanted.worker_id is None else {"worker": wanted.worker_id}
    rows = yield select(version=version, other=other, after=window.after, until=window.until, **chosen)
    balances: dict[int, Counter[tuple[str, str]]] = {}
    for row in rows:
        key = "" if wanted.labels_only else _key(row)
        balances.setdefault(row["data"], Counter())[row["label"], key] += row["balance"]
    found = {data: label_differences(balance) for data, balance in balances.items()}
    return {data: labels for data, labels in found.items() if labels}


def _key(row: Row) -> str:
    attributes = None if row["attributes"] is None else orjson.loads(row["attributes"])
    return shape_key(row["kind"], orjson.loads(row["geometry"]), row["text"], attributes)
