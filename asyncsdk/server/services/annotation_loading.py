"""The loaded form: annotations with all their shapes, whose labels are named.

Some hundred annotations can have hundred thousand shapes, so the JSON is put together as text from what
is stored as JSON already; no shape becomes an object on the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import bindparam, select

from asyncsdk.errors import TooLargeError
from asyncsdk.server.services.annotation_rows import annotations_joined
from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.rules import check_ids, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.shape_drafts import KINDS, TRACK
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, label, shape, track
from asyncsdk.server.store.statements import Prepared

__all__ = ["MOST_LOADED", "load_annotations"]

MOST_LOADED = 1000
"""Annotations that one request can load."""

_CHOSEN = Prepared(
    annotations_joined()
    # found by their ids: + 0 keeps SQLite from walking all of the version's annotations instead
    .where(annotation.c.version + 0 == bindparam("version"), any_of(annotation.c.id, bindparam("ids")))
    .order_by(annotation.c.seq.desc())
)
_LABELS = Prepared(select(label.c.seq, label.c.name).where(label.c.version == bindparam("version")))
_SHAPES = Prepared(
    select(
        shape.c.annotation,
        shape.c.kind,
        shape.c.id,
        shape.c.label,
        shape.c.geometry,
        shape.c.area,
        shape.c.text,
        shape.c.attributes,
    )
    .where(any_of(shape.c.annotation, bindparam("keys")))
    .order_by(shape.c.annotation, shape.c.seq)
)
_TRACKS = Prepared(
    select(track.c.annotation, track.c.id, track.c.label, track.c.geometry, track.c.text, track.c.attributes)
    .where(any_of(track.c.annotation, bindparam("keys")))
    .order_by(track.c.annotation, track.c.seq)
)

_Lists = Mapping[tuple[int, str], Sequence[str]]
"""The JSON texts of shapes, by annotation and kind."""


def load_annotations(scope: Scope, version_id: str, ids: Sequence[str]) -> Work[orjson.Fragment]:
    """Return the annotations of the version among the ids, newest first; other ids are skipped.

    Raises:
        TooLargeError: there are more than one request can load.
    """
    if len(ids) > MOST_LOADED:
        raise TooLargeError(f"{len(ids)} ids; load at most {MOST_LOADED} annotations at once", status=413)
    version = yield from require_version(scope, version_id)
    rows = yield _CHOSEN(version=version["seq"], ids=json_list(check_ids(ids, "ids")))
    if not rows:
        return orjson.Fragment(b"[]")
    keys = json_list(row["seq"] for row in rows)
    names = {
        row["seq"]: orjson.dumps(row["name"]).decode() for row in (yield _LABELS(version=version["seq"]))
    }
    lists: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    _add_shapes(lists, (yield _SHAPES(keys=keys)), names)
    _add_tracks(lists, (yield _TRACKS(keys=keys)), names)
    return orjson.Fragment(f"[{','.join([_annotation(row, lists) for row in rows])}]")


def _add_shapes(lists: defaultdict[tuple[int, str], list[str]], rows: Rows, names: Mapping[int, str]) -> None:
    for owner, kind, shape_id, of, geometry, area, text, attributes in rows:
        own = f"{geometry[1:-1]}," if geometry != "{}" else ""
        size = "" if area is None else f'"area":{area!r},'
        lists[owner, kind].append(
            f'{{"id":"{shape_id}","label":{names[of]},{own}{size}'
            f'"text":{_quoted(text)},"attributes":{attributes or "null"}}}'
        )


def _add_tracks(lists: defaultdict[tuple[int, str], list[str]], rows: Rows, names: Mapping[int, str]) -> None:
    for owner, track_id, of, geometry, text, attributes in rows:
        lists[owner, TRACK].append(
            f'{{"id":"{track_id}","label":{names[of]},{geometry[1:-1]},'
            f'"text":{_quoted(text)},"attributes":{attributes or "null"}}}'
        )


def _annotation(row: Row, lists: _Lists) -> str:
    key = row["seq"]
    parts = [f'"{plural}":[{",".join(lists.get((key, kind.name), ()))}]' for plural, kind in KINDS.items()]
    tracks = lists.get((key, TRACK))
    if tracks:
        parts.append(f'"tracks":[{",".join(tracks)}]')
    return (
        f'{{"id":"{row["id"]}","asset_id":"{row["asset_id"]}","worker_id":"{row["worker_id"]}",'
        f'"duration":{row["duration"]!r},"status":"{row["status"]}","created_at":"{iso(row["created_at"])}",'
        f'"attributes":{row["attributes"] or "null"},{",".join(parts)}}}'
    )


def _quoted(text: str | None) -> str:
    return "null" if text is None else orjson.dumps(text).decode()
