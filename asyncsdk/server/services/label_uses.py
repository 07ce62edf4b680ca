"""Which labels annotations use, and how often: what splits are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, func, select

from asyncsdk.records.splits import LabelCount
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.services.shape_drafts import KINDS
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import label, shape, track
from asyncsdk.server.store.statements import Prepared

__all__ = ["LabelUses", "label_uses"]

LabelUses = Mapping[tuple[int, str], list[LabelCount]]
"""Labels by annotation and plural of the kind, each with its count, in the order of their first use."""

_PLURALS = {kind.name: plural for plural, kind in KINDS.items()}

_SHAPES = Prepared(
    select(shape.c.annotation, shape.c.kind, label.c.id, func.count())
    .join(label, label.c.seq == shape.c.label)
    .where(any_of(shape.c.annotation, bindparam("keys")))
    .group_by(shape.c.annotation, shape.c.kind, label.c.id)
    .order_by(func.min(shape.c.seq))
)
_TRACKS = Prepared(
    select(track.c.annotation, label.c.id, func.count())
    .join(label, label.c.seq == track.c.label)
    .where(any_of(track.c.annotation, bindparam("keys")))
    .group_by(track.c.annotation, label.c.id)
    .order_by(func.min(track.c.seq))
)


def label_uses(annotations: Iterable[int]) -> Work[LabelUses]:
    """Return which labels annotations use, by their `seq`; what uses nothing is left out."""
    keys = json_list(annotations)
    uses: defaultdict[tuple[int, str], list[LabelCount]] = defaultdict(list)
    for owner, kind, label_id, count in (yield _SHAPES(keys=keys)):
        uses[owner, _PLURALS[kind]].append((label_id, count))
    for owner, label_id, count in (yield _TRACKS(keys=keys)):
        uses[owner, "tracks"].append((label_id, count))
    return uses
