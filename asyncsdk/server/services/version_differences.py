"""The statements that compare two versions: set-based, each on a bounded range of data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, literal, select, union_all

from asyncsdk.server.services.shape_drafts import TRACK
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, asset, data, label, shape, track, user
from asyncsdk.server.store.statements import Prepared

__all__ = ["DATA_NAMES", "WINDOW", "unequal_shapes"]


def _drawn(table: Table) -> ColumnElement[int]:
    """Count what is drawn on an asset, from indices alone."""
    return (
        select(func.count())
        .select_from(annotation.join(table, table.c.annotation == annotation.c.seq))
        .where(annotation.c.asset == asset.c.seq)
        .scalar_subquery()
    )


WINDOW = Prepared(
    select(asset.c.data, asset.c.id, (_drawn(shape) + _drawn(track)).label("shapes"))
    .where(asset.c.version == bindparam("version"), asset.c.data > bindparam("after"))
    .order_by(asset.c.data)
    .limit(bindparam("most"))
)
"""The next assets of a version, in the order of their data."""

DATA_NAMES = Prepared(
    select(data.c.seq, data.c.id, data.c.filename).where(any_of(data.c.seq, bindparam("keys")))
)
"""What data are called."""


@cache
def unequal_shapes(*, of_worker: bool, newest_only: bool, labels_only: bool) -> Prepared:
    """Return the statement for shapes of the data of both versions that one has more often than the other.

    Its rows have `data`, `label` (the name) and `balance`, how many more the other version has; unless only
    labels are asked for also `kind`, `geometry`, `text` and `attributes`.

    Args:
        of_worker: only what a worker drew.
        newest_only: only the newest annotation of each asset.
        labels_only: shapes of one label are all alike.
    """
    sides = (("version", "other", -1), ("other", "version", 1))
    parts = [
        _side(table, home, twin, sign, of_worker=of_worker, newest_only=newest_only)
        for home, twin, sign in sides
        for table in (shape, track)
    ]
    drawn = union_all(*parts).subquery("drawn")
    names = ("data", "label") if labels_only else ("data", "label", "kind", "geometry", "text", "attributes")
    alike = [drawn.c[name] for name in names]
    balance = func.sum(drawn.c.sign)
    return Prepared(select(*alike, balance.label("balance")).group_by(*alike).having(balance != 0))


def _side(
    table: Table, home: str, twin: str, sign: int, *, of_worker: bool, newest_only: bool
) -> Select[Any]:
    """What is drawn on those assets of one version whose data the other version has too."""
    mine, theirs = asset.alias("mine"), asset.alias("theirs")
    in_window = mine.c.data > bindparam("after"), mine.c.data <= bindparam("until")
    kind = table.c.kind if table is shape else literal(TRACK).label("kind")
    said: list[ColumnElement[Any]] = [kind, table.c.geometry, table.c.text, table.c.attributes]
    return (
        select(mine.c.data, label.c.name.label("label"), *said, literal(sign).label("sign"))
        .select_from(mine)
        .join(theirs, (theirs.c.version == bindparam(twin)) & (theirs.c.data == mine.c.data))
        .join(annotation, annotation.c.asset == mine.c.seq)
        .join(table, table.c.annotation == annotation.c.seq)
        .join(label, label.c.seq == table.c.label)
        .where(mine.c.version == bindparam(home), *in_window)
        .where(*_wanted(mine.c.seq, of_worker=of_worker, newest_only=newest_only))
    )


def _wanted(
    on_asset: ColumnElement[int], *, of_worker: bool, newest_only: bool
) -> Iterator[ColumnElement[bool]]:
    """Which annotations of an asset count."""
    if of_worker:
        person = select(user.c.seq).where(user.c.id == bindparam("worker")).scalar_subquery()
        yield annotation.c.user_account == person
    if newest_only:
        newer = annotation.alias("newer")
        newest = select(func.max(newer.c.seq)).where(newer.c.asset == on_asset).scalar_subquery()
        yield annotation.c.seq == newest
