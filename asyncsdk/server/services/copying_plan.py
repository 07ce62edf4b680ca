"""How much of a version one step of a job copies, or removes: looked up before the step's transaction.

A step takes whole assets, each with its annotations and shapes, so that no annotation is ever half there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

import attrs
from sqlalchemy import ColumnElement, Integer, and_, bindparam, column, func, literal, select

from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Rows, Work
from asyncsdk.server.store.dialects import listed
from asyncsdk.server.store.schema import annotation, asset, shape, track
from asyncsdk.server.store.statements import Prepared

__all__ = ["LAST", "Budget", "Plan", "plan_batch"]

LAST = 2**62
"""A position beyond all."""

MOST_ROWS = 50_000
LEAST_ROWS = 500
AIM_S = 0.06
"""How long a step should hold the database's writer, in seconds; two jobs may do so one after the other."""
GROWTH = 1.25


@attrs.frozen(kw_only=True)
class Budget:
    """How much the next step takes; it follows from how long the last one took."""

    rows: int = 5000
    """Rows that are written."""

    assets: int = 5000
    """Assets that are looked at to fill them."""

    def after(self, plan: Plan, took_s: float) -> Budget:
        """Return the budget of the next step.

        Args:
            plan: what the last one took.
            took_s: how long it held the writer, in seconds.
        """
        change = min(GROWTH, AIM_S / max(took_s, 0.001))
        # A step of few rows, such as the last one, tells nothing about how long many take.
        rows = round(self.rows * change) if plan.rows >= self.rows // 2 else self.rows
        return Budget(rows=max(LEAST_ROWS, min(MOST_ROWS, rows)), assets=max(10, 2 * len(plan.positions)))


@attrs.frozen(kw_only=True)
class Plan:
    """The assets of one step."""

    positions: Sequence[int]
    """In the version that they are taken from, growing."""

    upto: int
    """The position up to which everything is done afterwards."""

    rows: int
    """About how many rows they stand for, annotations and shapes included."""

    done: bool
    """Whether nothing is left after them."""


@cache
def _look(*, chosen: bool, with_tags: bool, with_annotations: bool) -> Prepared:
    """Return the statement that gives positions and the rows that each asset stands for."""
    rows: ColumnElement[int] = literal(2 if with_tags else 1)
    if with_annotations:
        own = annotation.c.asset == asset.c.seq
        rows = rows + (
            select(func.count()).select_from(annotation.outerjoin(shape)).where(own).scalar_subquery()
        )
        rows = rows + (select(func.count()).select_from(annotation.join(track)).where(own).scalar_subquery())
    found = select(asset.c.position, rows.label("rows"))
    if not chosen:
        inside = asset.c.version == bindparam("version")
        inside = and_(inside, asset.c.position > bindparam("after"), asset.c.position <= bindparam("last"))
        return Prepared(found.where(inside).order_by(asset.c.position).limit(bindparam("most")))
    wanted = listed(bindparam("positions")).table_valued(
        column("key", Integer), column("value", Integer), name="wanted"
    )
    at = and_(asset.c.version == bindparam("version"), asset.c.position == wanted.c.value)
    return Prepared(found.select_from(wanted.join(asset, at)).order_by(wanted.c.key))


def plan_batch(
    version: int,
    *,
    after: int,
    last: int,
    budget: Budget,
    chosen: Sequence[int] | None = None,
    with_tags: bool,
    with_annotations: bool,
) -> Work[Plan]:
    """Return the next assets of a version.

    Args:
        version: `seq` of the version.
        after: the position up to which everything is done.
        last: the last position that counts.
        budget: how much one step takes.
        chosen: growing positions; `None` takes all.
        with_tags: count a tag of each asset.
        with_annotations: count annotations and shapes.
    """
    look = _look(chosen=chosen is not None, with_tags=with_tags, with_annotations=with_annotations)
    if chosen is None:
        rows = yield look(version=version, after=after, last=last, most=budget.assets)
        whole = len(rows) < budget.assets
        end = last if whole else rows[-1]["position"]
    else:
        start = bisect_right(chosen, after)
        window = chosen[start : start + budget.assets]
        rows = yield look(version=version, positions=json_list(window))
        whole, end = start + budget.assets >= len(chosen), window[-1] if window else last
    return _fill(rows, budget.rows, whole=whole, end=end)


def _fill(rows: Rows, most: int, *, whole: bool, end: int) -> Plan:
    """Take as many as the budget allows, one at least."""
    positions: list[int] = []
    total = 0
    for row in rows:
        if positions and total + row["rows"] > most:
            return Plan(positions=positions, upto=positions[-1], rows=total, done=False)
        positions.append(row["position"])
        total += row["rows"]
    return Plan(positions=positions, upto=end, rows=total, done=whole)
