"""How the statements of campaigns run on versions of any size: through an index, and without sorting."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite as sqlite_dialect

from asyncsdk.enums import AssignmentStatus
from asyncsdk.server.services import (
    assignment_moves,
    assignments,
    campaign_assets,
    campaign_closing,
    campaign_launch,
    campaign_sharing,
)
from asyncsdk.server.services.assignment_filters import UNASSIGNED, AssignmentFilter
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import PageRequest
from asyncsdk.server.services.scope import Scope

DIALECT = sqlite_dialect.dialect(paramstyle="named")
SOME_ID = "00000000-0000-4000-8000-000000000001"
SORTED = "USE TEMP B-TREE FOR ORDER BY"


def page(wanted: AssignmentFilter) -> Any:
    """The clause that gives the first page of assignments."""
    work = assignments.list_assignments(
        Scope(1, SOME_ID, "ada", {}),
        SOME_ID,
        wanted,
        Filter(),
        PageRequest(limit=1000),
        documents=DataDocuments(lambda _connector: lambda name: name),
        cursors=Cursors(b"key"),
        counts=Counts(),
    )
    next(work)
    return work.send([{"seq": 1, "connector_id": "c"}]).prepared.clause


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (AssignmentFilter(), "ix_assignment_campaign_seq (campaign=?)"),
        (
            AssignmentFilter(status=AssignmentStatus.DONE),
            "ix_assignment_campaign_status_seq (campaign=? AND status=?)",
        ),
        (AssignmentFilter(step_id=SOME_ID), "ix_assignment_step_seq (step=?)"),
        (
            AssignmentFilter(user_id=SOME_ID),
            "ix_assignment_user_account_campaign_seq (user_account=? AND campaign=?)",
        ),
        (
            AssignmentFilter(user_id=UNASSIGNED),
            "ix_assignment_user_account_campaign_seq (user_account=? AND campaign=?)",
        ),
    ],
)
def test_assignments_are_listed_through_an_index(plan: Callable[..., str], wanted, index):
    steps = plan(page(wanted))
    assert f"SEARCH assignment USING INDEX {index}" in steps
    assert SORTED not in steps


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (campaign_assets._IN_SPAN, "(version=? AND position>? AND position<?)"),
        (campaign_assets._NAMED, "SEARCH asset USING INDEX sqlite_autoindex_asset_3 (id=?)"),
        (campaign_launch._COUNT, "ix_assignment_campaign_"),
        (campaign_sharing._NEXT, "ix_assignment_step_seq (step=?"),
        (campaign_closing._CLOSE, "ix_assignment_campaign_status_seq (campaign=? AND status=?)"),
        (assignments._REASSIGN, "SEARCH assignment USING INDEX sqlite_autoindex_assignment_2 (id=?)"),
        (assignment_moves._CHOSEN, "SEARCH assignment USING INDEX sqlite_autoindex_assignment_2 (id=?)"),
        (assignment_moves._SUBMITTED, "ix_submission_assignment_step (assignment=?)"),
    ],
)
def test_what_is_changed_is_found_through_an_index(database: sqlite3.Connection, statement, expected):
    text, own = statement.text(DIALECT)
    values = defaultdict(lambda: 1, own)
    found = database.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
    steps = "\n".join(row[3] for row in found)
    assert expected in steps
    assert "SCAN assignment" not in steps
    assert "SCAN asset" not in steps
