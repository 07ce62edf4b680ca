"""Sharing out what waits at a step, in batches, so that its number does not matter."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Table, bindparam, literal, select, update

from asyncsdk.enums import AssignmentStatus
from asyncsdk.errors import ConflictError
from asyncsdk.server.services.campaign_assignees import keep_turns, read_turns
from asyncsdk.server.services.campaign_turns import Turns
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import assignment, submission
from asyncsdk.server.store.statements import Prepared

__all__ = ["BATCH", "move_part", "share_part"]

BATCH = 3000
"""Assignments that one transaction changes: others write in between."""


def _moving(table: Table) -> tuple[Prepared, Prepared]:
    """Return what moves some rows of a step to another one, and what tells whether there are any."""
    at_step = select(table.c.seq).where(table.c.step == bindparam("step"))
    some = table.c.seq.in_(at_step.limit(BATCH))
    return Prepared(update(table).where(some).values(step=bindparam("new_step"))), Prepared(at_step.limit(1))


_WAITING = json_list([AssignmentStatus.TO_DO, AssignmentStatus.TO_REWORK])
_NEXT = Prepared(
    select(assignment.c.seq)
    .where(
        assignment.c.step == bindparam("step"),
        assignment.c.seq > bindparam("after"),
        any_of(assignment.c.status, literal(_WAITING)),
    )
    .order_by(assignment.c.seq)
    .limit(BATCH)
)
_GIVE = Prepared(
    update(assignment)
    .where(any_of(assignment.c.seq, bindparam("keys")))
    .values(step=bindparam("new_step"), user_account=bindparam("new_user"), updated_at=bindparam("now"))
)
_MOVE_REST, _ANY = _moving(assignment)
_MOVE_SUBMISSIONS, _ANY_SUBMISSION = _moving(submission)


def share_part(step: Row, after: int) -> Work[int | None]:
    """Share the next part of what waits at a step among its assignees, as if it came in anew.

    Args:
        step: its row.
        after: where the part before has ended; 0 begins.

    Returns:
        Where the part has ended; `None` when that was all.
    """
    turns = yield from read_turns(step)
    if after == 0:
        turns.dealt = 0
    return (yield from _share(step["seq"], turns, after))


def move_part(step: Row, destination: Row | None) -> Work[bool]:
    """Move a part of a step's assignments to another one, sharing out there what waits.

    Returns:
        Whether there may be more.

    Raises:
        ConflictError: there are some, and there is no destination.
    """
    if destination is None:
        if (yield _ANY(step=step["seq"])):
            raise ConflictError("the step has assignments; name the step that they go to", status=409)
        return False
    if (yield from _share(step["seq"], (yield from read_turns(destination)), 0)) is not None:
        return True
    for move, left in ((_MOVE_REST, _ANY), (_MOVE_SUBMISSIONS, _ANY_SUBMISSION)):
        yield move(step=step["seq"], new_step=destination["seq"])
        if (yield left(step=step["seq"])):
            return True
    return False


def _share(source: int, turns: Turns, after: int) -> Work[int | None]:
    rows = yield _NEXT(step=source, after=after)
    shares: defaultdict[int | None, list[int]] = defaultdict(list)
    for row in rows:
        shares[turns.take()].append(row["seq"])
    for user, keys in shares.items():
        yield _GIVE(keys=json_list(keys), new_step=turns.step, new_user=user, now=now_us())
    yield from keep_turns(turns)
    return rows[-1]["seq"] if len(rows) == BATCH else None
