"""Statements that copy a batch of assets, and what they carry, from one version into another.

A copy stands in the target at its source's position, moved by `shift`: by that a batch's copies and sources
find each other. Copies of annotations are found by asset and worker, those of tags and labels by name. The
batch is what the target has at positions after `after`, up to `upto`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    column,
    exists,
    func,
    insert,
    literal,
    select,
    union,
)

from asyncsdk.server.store.dialects import listed, numbered_id
from asyncsdk.server.store.schema import annotation, asset, asset_tag, label, shape, tag, track
from asyncsdk.server.store.statements import Prepared

__all__ = [
    "ATTACH_TAGS",
    "COPY_ANNOTATIONS",
    "COPY_ASSETS",
    "COPY_MARKS",
    "COPY_TAGS",
    "COUNT_COPIES",
    "MISSING_LABELS",
]

_SOURCE: BindParameter[int] = bindparam("source")
_TARGET: BindParameter[int] = bindparam("target")
_SHIFT: BindParameter[int] = bindparam("shift")

_theirs = asset.alias("theirs")
_copied = and_(
    asset.c.version == _TARGET, asset.c.position > bindparam("after"), asset.c.position <= bindparam("upto")
)
_pairs = asset.join(
    _theirs, and_(_theirs.c.version == _SOURCE, _theirs.c.position == asset.c.position - _SHIFT)
)


def _copy(
    table: Table, source: FromClause, number: ColumnElement[Any], rows: Select[Any], **own: ColumnElement[Any]
) -> Prepared:
    """Return the insert of copies: every column as it is in `source`, but for those that are given."""
    own |= {"id": numbered_id(bindparam("stamp"), number), "created_at": bindparam("now")}
    names = [each.name for each in table.columns if each.name != "seq"]
    values = [own.get(name, source.c[name]) for name in names]
    return Prepared(
        insert(table).from_select(names, rows.with_only_columns(*values, maintain_column_froms=True))
    )


_wanted = listed(bindparam("positions")).table_valued(
    column("key", Integer), column("value", Integer), name="wanted"
)
_present = asset.alias("present")
COPY_ASSETS = _copy(
    asset,
    _theirs,
    _theirs.c.position,
    select(_theirs)
    .select_from(
        _wanted.join(_theirs, and_(_theirs.c.version == _SOURCE, _theirs.c.position == _wanted.c.value))
    )
    .where(~exists().where(_present.c.version == _TARGET, _present.c.data == _theirs.c.data))
    .order_by(_wanted.c.key),
    version=_TARGET,
    position=_theirs.c.position + _SHIFT,
)
"""Takes `positions` in the source, in order; data that the target has already is passed over."""

COUNT_COPIES = Prepared(select(func.count().label("n")).select_from(asset).where(_copied))

_their_tag = tag.alias("their_tag")
_same_tag = exists().where(
    tag.c.organization == _their_tag.c.organization,
    tag.c.scope == bindparam("scope"),
    tag.c.name == _their_tag.c.name,
)
_carried = (
    select(asset_tag.c.tag)
    .select_from(_pairs.join(asset_tag, asset_tag.c.target == _theirs.c.seq))
    .where(_copied)
)
COPY_TAGS = _copy(
    tag,
    _their_tag,
    _their_tag.c.seq,
    select(_their_tag).where(_their_tag.c.seq.in_(_carried), ~_same_tag).order_by(_their_tag.c.seq),
    version=_TARGET,
    scope=bindparam("scope"),
)
"""Makes the tags of the batch that the target's `scope` lacks."""

_our_tagging = asset_tag.alias("carried")
ATTACH_TAGS = Prepared(
    insert(asset_tag).from_select(
        ["tag", "target"],
        select(tag.c.seq, asset.c.seq)
        .select_from(
            _pairs.join(_our_tagging, _our_tagging.c.target == _theirs.c.seq)
            .join(_their_tag, _their_tag.c.seq == _our_tagging.c.tag)
            .join(
                tag,
                and_(
                    tag.c.organization == _their_tag.c.organization,
                    tag.c.scope == bindparam("scope"),
                    tag.c.name == _their_tag.c.name,
                ),
            )
        )
        .where(_copied),
    )
)

_work = annotation.alias("work")
_their_work = _pairs.join(_work, _work.c.asset == _theirs.c.seq)
COPY_ANNOTATIONS = _copy(
    annotation,
    _work,
    _work.c.seq,
    select(_work).select_from(_their_work).where(_copied).order_by(asset.c.position, _work.c.seq),
    version=_TARGET,
    asset=asset.c.seq,
)

_their_label = label.alias("their_label")
_same_label = and_(label.c.version == _TARGET, label.c.name == _their_label.c.name)


def _lacking(table: Table) -> Select[Any]:
    """Return the labels of a batch's shapes or tracks that the target lacks."""
    return (
        select(_their_label.c.seq)
        .select_from(
            _their_work.join(table, table.c.annotation == _work.c.seq).join(
                _their_label, _their_label.c.seq == table.c.label
            )
        )
        .where(_copied, ~exists(select(literal(1)).select_from(label).where(_same_label)))
    )


MISSING_LABELS = Prepared(union(_lacking(shape), _lacking(track)))


def _copy_marks(table: Table) -> Prepared:
    mark = table.alias("mark")
    joined = (
        _their_work.join(
            annotation,
            and_(annotation.c.asset == asset.c.seq, annotation.c.user_account == _work.c.user_account),
        )
        .join(mark, mark.c.annotation == _work.c.seq)
        .join(_their_label, _their_label.c.seq == mark.c.label)
        .join(label, _same_label)
    )
    rows = select(mark).select_from(joined).where(_copied)
    rows = rows.order_by(asset.c.position, _work.c.seq, mark.c.seq)
    return _copy(table, mark, mark.c.seq, rows, annotation=annotation.c.seq, label=label.c.seq)


COPY_MARKS: Sequence[Prepared] = tuple(_copy_marks(table) for table in (shape, track))
"""Shapes and tracks, for annotations that are copied already."""
