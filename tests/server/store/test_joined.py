"""Texts of a group in one value: the order is that of the index on the group and the order's column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, literal, select

from asyncsdk.server.store.dialects import any_of, joined
from asyncsdk.server.store.schema import shape, track


@pytest.mark.parametrize("table", [shape, track], ids=str)
def test_nothing_is_sorted(plan: Callable[..., str], table: Table):
    clause = (
        select(table.c.annotation, joined(table.c.geometry, table.c.seq))
        .where(any_of(table.c.annotation, literal("[2,1]")))
        .group_by(table.c.annotation)
    )
    steps = plan(clause)
    assert f"SEARCH {table.name} USING INDEX ix_{table.name}_annotation (annotation=?)" in steps
    assert "TEMP B-TREE" not in steps


def test_all_are_joined_in_their_order(run: Callable[..., list[Any]]):
    clause = select(shape.c.annotation, joined(shape.c.kind, shape.c.seq)).group_by(shape.c.annotation)
    found = {row[0]: row[1].split(",") for row in run(clause)}
    rows = run(select(shape.c.annotation, shape.c.kind).order_by(shape.c.annotation, shape.c.seq))
    assert found == {owner: [kind for one, kind in rows if one == owner] for owner, _ in rows}
    assert any(len(kinds) > 1 for kinds in found.values())
