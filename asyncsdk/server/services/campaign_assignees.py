"""Who works at the steps of campaigns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, select, update

from asyncsdk.errors import BadRequestError
from asyncsdk.records.campaigns import NewAssignee
from asyncsdk.server.services.campaign_turns import LARGEST_WEIGHT, LEAST_WEIGHT, Turns, cycle_of
from asyncsdk.server.services.rules import check_ids, check_known, json_list
from asyncsdk.server.services.workers import member_seqs
from asyncsdk.server.store.base import Row, Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import campaign_assignee, campaign_step, user
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["keep_turns", "member_seq", "read_assignees", "read_turns", "set_assignees"]

_OF_STEPS = Prepared(
    select(campaign_assignee.c.step, campaign_assignee.c.weight, user.c.seq, user.c.id, user.c.username)
    .join(user, user.c.seq == campaign_assignee.c.user_account)
    .where(any_of(campaign_assignee.c.step, bindparam("steps")))
    .order_by(campaign_assignee.c.step, campaign_assignee.c.rank)
)
_CLEAR = Prepared(delete(campaign_assignee).where(campaign_assignee.c.step == bindparam("step")))
_INSERT = Prepared(insertion(campaign_assignee))
_KEEP = Prepared(
    update(campaign_step).where(campaign_step.c.seq == bindparam("key")).values(dealt=bindparam("new_dealt"))
)


def read_assignees(steps: Sequence[int]) -> Work[Rows]:
    """Return who works at steps: `step`, `weight`, and `seq`, `id` and `username` of the user."""
    return (yield _OF_STEPS(steps=json_list(steps)))


def set_assignees(organization: int, step: int, assignees: Sequence[NewAssignee]) -> Work[None]:
    """Let these people work at a step, in place of those before; the turns begin anew.

    Raises:
        BadRequestError: one is no member, is there twice, or has no usable weight.
    """
    ids = [_id_of(assignee, index) for index, assignee in enumerate(assignees)]
    if len(set(ids)) < len(ids):
        raise BadRequestError("assignees: somebody is there twice", status=400)
    known = yield from _members(organization, ids, "assignees")
    yield _CLEAR(step=step)
    rows = [
        {"step": step, "user_account": known[user_id], "rank": rank, "weight": _weight(assignee, rank)}
        for rank, (user_id, assignee) in enumerate(zip(ids, assignees, strict=True))
    ]
    if rows:
        yield _INSERT.many(rows)
    yield _KEEP(key=step, new_dealt=0)


def member_seq(organization: int, user_id: str, what: str) -> Work[int]:
    """Return `seq` of a member of an organization.

    Raises:
        BadRequestError: there is no such member.
    """
    wanted = check_ids([user_id], what)[0]
    return (yield from _members(organization, [wanted], what))[wanted]


def read_turns(step: Row, among: Collection[str] | None = None) -> Work[Turns]:
    """Return the turns at a step.

    Args:
        step: its row.
        among: ids of the users who take part; `None` takes all assignees.
    """
    rows = [row for row in (yield from read_assignees([step["seq"]])) if among is None or row["id"] in among]
    users = [rows[index]["seq"] for index in cycle_of([row["weight"] for row in rows])]
    return Turns(step["seq"], users, step["dealt"])


def keep_turns(turns: Turns) -> Work[None]:
    """Keep whose turn is next."""
    yield _KEEP(key=turns.step, new_dealt=turns.dealt)


def _members(organization: int, ids: Sequence[str], what: str) -> Work[dict[str, int]]:
    known = yield from member_seqs(organization, ids)
    check_known(ids, known, what, "are no members of this organization")
    return known


def _id_of(assignee: NewAssignee, index: int) -> str:
    named = assignee.user_id if assignee.user_id is not None else assignee.worker_id
    if named is None:
        raise BadRequestError(f"assignees[{index}]: give a user_id or a worker_id", status=400)
    return check_ids([named], f"assignees[{index}]")[0]


def _weight(assignee: NewAssignee, index: int) -> float:
    if not LEAST_WEIGHT <= assignee.weight <= LARGEST_WEIGHT:
        raise BadRequestError(
            f"assignees[{index}].weight: must be {LEAST_WEIGHT:f} to {LARGEST_WEIGHT:.0f}", status=400
        )
    return float(assignee.weight)
