"""Sharing out what waits at a step, in batches, so that its number does not matter."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import bindparam, literal, select, update

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

__all__ = ["move_all", "share_again"]

_BATCH = 5000

_WAITING = json_list([AssignmentStatus.TO_DO, AssignmentStatus.TO_REWORK])
_NEXT = Prepared(
    select(assignment.c.seq)
    .where(
        assignment.c.step == bindparam("step"),
        assignment.c.seq > bindparam("after"),
        any_of(assignment.c.status, literal(_WAITING)),
    )
    .order_by(assignment.c.seq)
    .limit(_BATCH)
)
_GIVE = Prepared(
    update(assignment)
    .where(any_of(assignment.c.seq, bindparam("keys")))
    .values(step=bindparam("new_step"), user_account=bindparam("new_user"), updated_at=bindparam("now"))
)
_ANY = Prepared(select(assignment.c.seq).where(assignment.c.step == bindparam("step")).limit(1))
_MOVE_REST = Prepared(
    update(assignment).where(assignment.c.step == bindparam("step")).values(step=bindparam("new_step"))
)
_MOVE_SUBMISSIONS = Prepared(
    update(submission).where(submission.c.step == bindparam("step")).values(step=bindparam("new_step"))
)


def share_again(step: Row) -> Work[None]:
    """Share everything that waits at a step among its assignees, as if it came in anew."""
    turns = yield from read_turns(step)
    turns.dealt = 0
    yield from _share(step["seq"], turns)


def move_all(step: Row, destination: Row | None) -> Work[None]:
    """Move the assignments of a step to another one, and share out there what waits.

    Raises:
        ConflictError: there are some, and there is no destination.
    """
    if destination is not None:
        yield from _share(step["seq"], (yield from read_turns(destination)))
        for move in (_MOVE_REST, _MOVE_SUBMISSIONS):
            yield move(step=step["seq"], new_step=destination["seq"])
    elif (yield _ANY(step=step["seq"])):
        raise ConflictError("the step has assignments; name the step that they go to", status=409)


def _share(source: int, turns: Turns) -> Work[None]:
    last = 0
    while rows := (yield _NEXT(step=source, after=last)):
        last = rows[-1]["seq"]
        shares: defaultdict[int | None, list[int]] = defaultdict(list)
        for row in rows:
            shares[turns.take()].append(row["seq"])
        for user, keys in shares.items():
            yield _GIVE(keys=json_list(keys), new_step=turns.step, new_user=user, now=now_us())
    yield from keep_turns(turns)
