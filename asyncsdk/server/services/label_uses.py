"""Which labels annotations use, and how often: what splits are made from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from sqlalchemy import ColumnElement, Table, Text, bindparam, cast, literal, select

from asyncsdk.records.splits import LabelCount
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.services.shape_drafts import KINDS, TRACK
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of, joined
from asyncsdk.server.store.schema import label, shape, track
from asyncsdk.server.store.statements import Prepared

__all__ = ["LabelUses", "label_uses"]

LabelUses = Mapping[tuple[int, str], list[LabelCount]]
"""Labels by annotation and plural of the kind, each with its count, in the order of their first use."""

_PLURALS = {kind.name: plural for plural, kind in KINDS.items()} | {TRACK: "tracks"}

_LABELS = Prepared(select(label.c.seq, label.c.id).where(any_of(label.c.seq, bindparam("keys"))))


def _uses(table: Table, use: ColumnElement[str]) -> Prepared:
    """Tell what each annotation uses in one text: a row for every shape would cost many times as much."""
    return Prepared(
        select(table.c.annotation, joined(use, table.c.seq))
        .where(any_of(table.c.annotation, bindparam("keys")))
        .group_by(table.c.annotation)
    )


_SHAPES = _uses(shape, shape.c.kind + ":" + cast(shape.c.label, Text))
_TRACKS = _uses(track, literal(f"{TRACK}:") + cast(track.c.label, Text))


def label_uses(annotations: Iterable[int]) -> Work[LabelUses]:
    """Return which labels annotations use, by their `seq`; what uses nothing is left out."""
    keys = json_list(annotations)
    shapes, tracks = (yield _SHAPES(keys=keys)), (yield _TRACKS(keys=keys))
    counted = [(owner, Counter(text.split(","))) for owner, text in chain(shapes, tracks)]
    known = {use: use.partition(":") for use in set().union(*(counts for _, counts in counted))}
    rows = yield _LABELS(keys=json_list({int(label_key) for _, _, label_key in known.values()}))
    id_of = {f"{key}": label_id for key, label_id in rows}
    uses: defaultdict[tuple[int, str], list[LabelCount]] = defaultdict(list)
    for owner, counts in counted:
        for use, count in counts.items():
            kind, _, label_key = known[use]
            uses[owner, _PLURALS[kind]].append((id_of[label_key], count))
    return uses
