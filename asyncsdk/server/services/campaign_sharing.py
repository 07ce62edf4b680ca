"""Sharing out what waits at a step, in batches, so that its number does not matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

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


_WAITING = frozenset({AssignmentStatus.TO_DO, AssignmentStatus.TO_REWORK})


def _first(most: int) -> Prepared:
    return Prepared(
        select(assignment.c.seq, assignment.c.status)
        .where(assignment.c.step == bindparam("step"), assignment.c.seq > bindparam("after"))
        .order_by(assignment.c.seq)
        .limit(most)
    )


def _moving_submissions(most: int) -> Prepared:
    some = select(submission.c.seq).where(submission.c.step == bindparam("step")).limit(most)
    move = update(submission).where(submission.c.seq.in_(some)).values(step=bindparam("new_step"))
    return Prepared(move.returning(submission.c.seq))


_NEXT = _first(BATCH)
_MOVE_SUBMISSIONS = _moving_submissions(BATCH)
_GIVE = Prepared(
    update(assignment)
    .where(any_of(assignment.c.seq, bindparam("keys")))
    .values(step=bindparam("new_step"), user_account=bindparam("new_user"), updated_at=bindparam("now"))
)
_MOVE = Prepared(
    update(assignment).where(any_of(assignment.c.seq, bindparam("keys"))).values(step=bindparam("new_step"))
)


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
    rows = yield _NEXT(step=step["seq"], after=after)
    yield from _share(turns, [row["seq"] for row in rows if row["status"] in _WAITING])
    return rows[-1]["seq"] if rows else None


def move_part(step: Row, destination: Row | None) -> Work[bool]:
    """Move a part of a step's assignments to another one, sharing out there what waits.

    Returns:
        Whether there may be more.

    Raises:
        ConflictError: there are some, and there is no destination.
    """
    rows = yield _NEXT(step=step["seq"], after=0)
    if destination is None:
        if rows:
            raise ConflictError("the step has assignments; name the step that they go to", status=409)
        return False
    waiting = [row["seq"] for row in rows if row["status"] in _WAITING]
    yield from _share((yield from read_turns(destination)), waiting)
    others = json_list(row["seq"] for row in rows if row["status"] not in _WAITING)
    yield _MOVE(keys=others, new_step=destination["seq"])
    moved = yield _MOVE_SUBMISSIONS(step=step["seq"], new_step=destination["seq"])
    return bool(rows or moved)


def _share(turns: Turns, keys: Sequence[int]) -> Work[None]:
    shares: defaultdict[int | None, list[int]] = defaultdict(list)
    for key in keys:
        shares[turns.take()].append(key)
    for user, own in shares.items():
        yield _GIVE(keys=json_list(own), new_step=turns.step, new_user=user, now=now_us())
    yield from keep_turns(turns)
