"""A stored shape with the changes of a request."""

from __future__ import annotations

from typing import Any

import attrs
import orjson

from asyncsdk.records import codec
from asyncsdk.records.new_shapes import (
    NewClassification,
    NewLine,
    NewPoint,
    NewPolygon,
    NewRectangle,
    ShapePatch,
)
from asyncsdk.server.services.shape_drafts import Draft, Kind, draft_kind
from asyncsdk.server.store.base import Row

__all__ = ["patched"]

_RECORDS: dict[str, Any] = {
    "RECTANGLE": NewRectangle,
    "POLYGON": NewPolygon,
    "LINE": NewLine,
    "POINT": NewPoint,
    "CLASSIFICATION": NewClassification,
}
_ALWAYS = {"label_id", "text", "attributes"}


def patched(row: Row, kind: Kind, body: ShapePatch) -> Draft:
    """Return the draft of a stored shape as it is after a change; fields of other kinds do not count.

    Args:
        row: the shape's row, with `label_id`.
        kind: its kind, one that can be changed.
        body: what changes.

    Raises:
        BadRequestError: the shape cannot be like that.
    """
    own: dict[str, Any] = orjson.loads(row["geometry"])
    attributes = None if row["attributes"] is None else orjson.loads(row["attributes"])
    before = own | {"label_id": row["label_id"], "text": row["text"], "attributes": attributes}
    given = {
        name: value
        for name, value in attrs.asdict(body, recurse=False).items()
        if value is not None and (name in own or name in _ALWAYS)
    }
    shape = codec.load(before, _RECORDS[kind.name])
    draft = next(draft_kind(kind, [attrs.evolve(shape, **given)]))
    draft.around = kind.plural
    return draft
