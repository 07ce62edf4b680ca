"""What was sent back in a campaign, counted by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, func, literal, select

from asyncsdk.enums import AssignmentStatus
from asyncsdk.server.services.campaign_rows import require_campaign
from asyncsdk.server.services.rules import Document, check_ids, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import assignment, campaign_step, submission, user
from asyncsdk.server.store.statements import Statement, statement

__all__ = ["count_issues"]


def count_issues(
    scope: Scope, campaign_id: str, *, user_ids: Sequence[str] | None, step_ids: Sequence[str] | None
) -> Work[list[Document]]:
    """Return for each person the assignments that wait for rework, and the reworks that were submitted.

    Args:
        scope: who asks.
        campaign_id: the campaign.
        user_ids: only these people, also those without any; `None` takes all who have some.
        step_ids: only at these steps; `None` takes all.
    """
    home = yield from require_campaign(scope, campaign_id)
    steps = None if step_ids is None else json_list(check_ids(step_ids, "step_ids"))
    wanted = None if user_ids is None else check_ids(user_ids, "user_ids")
    opened = assignment.c.status == literal(AssignmentStatus.TO_REWORK.value)
    found: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for user_id in wanted or ():
        found[user_id] = [0, 0]
    for place, (table, condition) in enumerate(((assignment, opened), (submission, submission.c.reworked))):
        for row in (yield _counted(table, home["seq"], condition, steps)):
            found[row["id"]][place] = row["n"]
    return [
        {"user_id": user_id, "opened": counts[0], "closed": counts[1]}
        for user_id, counts in found.items()
        if wanted is None or user_id in wanted
    ]


def _counted(table: Table, campaign: int, condition: ColumnElement[bool], steps: str | None) -> Statement:
    rows = table.outerjoin(user, user.c.seq == table.c.user_account)
    chosen = select(user.c.id, func.count().label("n")).select_from(rows)
    chosen = chosen.where(table.c.campaign == campaign, condition)
    if steps is not None:
        own: Column[Any] = campaign_step.c.id
        chosen = chosen.where(
            table.c.step.in_(select(campaign_step.c.seq).where(any_of(own, literal(steps))))
        )
    return statement(chosen.group_by(user.c.id).order_by(user.c.id))
