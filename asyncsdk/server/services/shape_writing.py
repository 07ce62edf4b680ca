"""Writes drafts of shapes and tracks: all of a request in one statement per table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import orjson
from sqlalchemy import bindparam, select

from asyncsdk.errors import BadRequestError, InvalidArgumentError
from asyncsdk.server.services.attributes import check_attributes
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.services.shape_drafts import TRACK, Draft
from asyncsdk.server.services.shape_geometry import GeometryError, draw_mask
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_ids, now_us
from asyncsdk.server.store.schema import label, label_group, shape, track
from asyncsdk.server.store.statements import Prepared, insertion
from asyncsdk.wire.ids import canonical_id

__all__ = ["Addressed", "check_details", "labels_of", "write_drafts"]

_LABELS = Prepared(
    select(label.c.seq, label.c.id, label.c.name, label.c.attributes, label_group.c.id.label("group_id"))
    .outerjoin(label_group, label_group.c.seq == label.c.label_group)
    .where(label.c.version == bindparam("version"), any_of(label.c.id, bindparam("ids")))
)
_INSERT = Prepared(insertion(shape))
_INSERT_TRACK = Prepared(insertion(track))


@attrs.frozen
class Addressed:
    """Drafts and where they go."""

    annotation: int
    width: int | None
    """Of the asset, in pixels, where it is known."""

    height: int | None
    drafts: list[Draft]


def labels_of(version: int, drafts: Iterable[Draft]) -> Work[dict[str, Row]]:
    """Return the labels that drafts name, by the text that names them.

    Raises:
        BadRequestError: one is no label of the version; the text names the shape.
    """
    first: dict[str, Draft] = {}
    for draft in drafts:
        first.setdefault(draft.label_id, draft)
    ids = {text: _canonical(draft) for text, draft in first.items()}
    found = {row["id"]: row for row in (yield _LABELS(version=version, ids=json_list(ids.values())))}
    for text, label_id in ids.items():
        if label_id not in found:
            raise BadRequestError(
                f"{first[text].place}.label_id: {text} is no label of this dataset version", status=400
            )
    return {text: found[label_id] for text, label_id in ids.items()}


def check_details(drafts: Iterable[Draft], labels: Mapping[str, Row]) -> None:
    """Fail unless all attributes are such as their labels are configured for.

    Raises:
        BadRequestError: some are not; the text names the shape.
    """
    for draft in drafts:
        if draft.attributes is not None:
            rules = labels[draft.label_id]["attributes"]
            check_attributes(orjson.loads(draft.attributes), rules, f"{draft.place}.attributes")


def write_drafts(groups: Iterable[Addressed], labels: Mapping[str, Row]) -> Work[list[dict[str, Any]]]:
    """Write shapes and tracks and return the rows of the shapes, in order.

    Raises:
        BadRequestError: a mask does not fit the size of its image; the text names it.
    """
    now = now_us()
    keys = {text: row["seq"] for text, row in labels.items()}
    addressed = [(group, draft) for group in groups for draft in group.drafts]
    shapes: list[dict[str, Any]] = []
    tracks: list[dict[str, Any]] = []
    for fresh, (group, draft) in zip(new_ids(len(addressed)), addressed, strict=True):
        if draft.kind == "MASK":
            _measure(draft, group)
        row = {
            "id": fresh,
            "created_at": now,
            "annotation": group.annotation,
            "label": keys[draft.label_id],
            "kind": draft.kind,
            "geometry": draft.geometry,
            "area": draft.area,
            "text": draft.text,
            "attributes": draft.attributes,
        }
        (tracks if draft.kind == TRACK else shapes).append(row)
    if shapes:
        yield _INSERT.many(shapes)
    if tracks:
        yield _INSERT_TRACK.many(tracks)
    return shapes


def _canonical(draft: Draft) -> str:
    try:
        return canonical_id(draft.label_id)
    except InvalidArgumentError as error:
        raise BadRequestError(f"{draft.place}.label_id: {error}", status=400) from error


def _measure(draft: Draft, group: Addressed) -> None:
    """Complete the draft of a mask."""
    if group.width is None or group.height is None:
        raise BadRequestError(f"{draft.place}.mask: the size of the image is not known", status=400)
    try:
        drawn, draft.area = draw_mask(orjson.loads(draft.geometry)["mask"], group.width, group.height)
    except GeometryError as error:
        raise BadRequestError(f"{draft.place}.{error.field}: {error}", status=400) from error
    draft.geometry = orjson.dumps(drawn).decode()
