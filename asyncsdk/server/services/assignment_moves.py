"""Work on assignments: submitting, skipping and sending them back; our addition to the protocol.

Submitted work goes on to the next step, and is done behind the last one. A step with a sample rate takes that
share of what comes from the step before: with `p` the position of the asset in its version and `r` the rate,
those for which `floor((p + 1) r) > floor(p r)`. What was sent back is not passed by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
from sqlalchemy import bindparam, select, update

from asyncsdk.enums import AssignmentMove, AssignmentStatus
from asyncsdk.errors import BadRequestError
from asyncsdk.records.assignments import AssignmentMoves
from asyncsdk.server.services.assignments import in_order
from asyncsdk.server.services.campaign_assignees import keep_turns, read_turns
from asyncsdk.server.services.campaign_closing import close_when_done
from asyncsdk.server.services.campaign_rows import read_steps, require_campaign, step_of
from asyncsdk.server.services.campaign_turns import Turns
from asyncsdk.server.services.rules import Document, check_ids, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import asset, assignment, submission
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["move_assignments"]

_CHOSEN = Prepared(
    select(assignment, asset.c.position)
    .join(asset, asset.c.seq == assignment.c.asset)
    # The sum keeps databases from walking the whole campaign in place of the few that are named.
    .where(assignment.c.campaign + 0 == bindparam("campaign"), any_of(assignment.c.id, bindparam("ids")))
    .order_by(assignment.c.seq)
)
_SUBMITTED = Prepared(
    select(submission.c.assignment, submission.c.step, submission.c.user_account)
    .where(any_of(submission.c.assignment, bindparam("keys")))
    .order_by(submission.c.seq)
)
_MOVE = Prepared(
    update(assignment)
    .where(assignment.c.seq == bindparam("key"))
    .values(
        step=bindparam("new_step"),
        user_account=bindparam("new_user"),
        status=bindparam("new_status"),
        updated_at=bindparam("now"),
    )
)
_INSERT = Prepared(insertion(submission))


@attrs.frozen
class _Place:
    """Where an assignment comes to be."""

    step: int
    user: int | None
    status: AssignmentStatus


@attrs.frozen
class _Flow:
    """The way of assignments through the steps of a campaign."""

    steps: Sequence[Row]
    turns: dict[int, Turns] = attrs.field(factory=dict)

    def index_of(self, step: int) -> int:
        return next(index for index, row in enumerate(self.steps) if row["seq"] == step)

    def onward(self, row: Row) -> Row | None:
        """Return the step after an assignment's own that takes it, `None` behind the last one."""
        reworked = row["status"] == AssignmentStatus.TO_REWORK
        for step in self.steps[self.index_of(row["step"]) + 1 :]:
            if reworked or _is_sampled(row["position"], step["sample_rate"]):
                return step
        return None

    def enter(self, step: Row) -> Work[int | None]:
        """Return who gets the next assignment at a step."""
        if step["seq"] not in self.turns:
            self.turns[step["seq"]] = yield from read_turns(step)
        return self.turns[step["seq"]].take()


def move_assignments(scope: Scope, campaign_id: str, body: AssignmentMoves) -> Work[Document]:
    """Submit, skip or send back assignments; those for which it makes no sense are left out.

    Done work is neither submitted nor skipped, skipped work not skipped again, and nothing is sent forward.

    Raises:
        BadRequestError: a step is none of the campaign's, or there is a destination for what is not sent back.
        ConflictError: the campaign is closed.
        LockedError: the version is locked.
    """
    home = yield from require_campaign(scope, campaign_id, change=True)
    flow = _Flow((yield from read_steps(home["seq"])))
    ids = check_ids(body.assignment_ids, "assignment_ids")
    rows = yield _CHOSEN(campaign=home["seq"], ids=json_list(ids))
    if body.step_id is not None:
        at = step_of(flow.steps, body.step_id, "step_id")["seq"]
        rows = [row for row in rows if row["step"] == at]
    if body.move is AssignmentMove.REWORK:
        places = yield from _sent_back(flow, rows, body.destination_step_id)
    elif body.destination_step_id is not None:
        raise BadRequestError("destination_step_id: only for what is sent back", status=400)
    elif body.move is AssignmentMove.SKIP:
        places = _skipped(rows)
    else:
        places = yield from _submitted(scope, flow, rows)
    moved = [row for row in rows if row["seq"] in places]
    if moved:
        yield _MOVE.many([_new_values(row, places[row["seq"]]) for row in moved])
    for turns in flow.turns.values():
        yield from keep_turns(turns)
    yield from close_when_done(home["seq"])
    return {"processed_ids": in_order(ids, [row["id"] for row in moved])}


def _submitted(scope: Scope, flow: _Flow, rows: Sequence[Row]) -> Work[dict[int, _Place]]:
    open_ = [row for row in rows if row["status"] != AssignmentStatus.DONE]
    places = {}
    for row in open_:
        step = flow.onward(row)
        if step is None:
            places[row["seq"]] = _Place(row["step"], _worker(scope, row), AssignmentStatus.DONE)
        else:
            user = yield from flow.enter(step)
            places[row["seq"]] = _Place(step["seq"], user, AssignmentStatus.TO_DO)
    if open_:
        yield _INSERT.many([_submission(scope, row) for row in open_])
    return places


def _worker(scope: Scope, row: Row) -> int:
    """What nobody is assigned to is the work of who submits it."""
    assigned: int | None = row["user_account"]
    return scope.user if assigned is None else assigned


def _submission(scope: Scope, row: Row) -> Document:
    return {
        "campaign": row["campaign"],
        "assignment": row["seq"],
        "step": row["step"],
        "user_account": _worker(scope, row),
        "reworked": row["status"] == AssignmentStatus.TO_REWORK,
        "created_at": now_us(),
    }


def _skipped(rows: Sequence[Row]) -> dict[int, _Place]:
    return {
        row["seq"]: _Place(row["step"], row["user_account"], AssignmentStatus.SKIPPED)
        for row in rows
        if row["status"] in (AssignmentStatus.TO_DO, AssignmentStatus.TO_REWORK)
    }


def _sent_back(flow: _Flow, rows: Sequence[Row], destination: str | None) -> Work[dict[int, _Place]]:
    """Send back to a step, or to the one before; to who submitted there last."""
    wanted = None if destination is None else step_of(flow.steps, destination, "destination_step_id")
    found = yield _SUBMITTED(keys=json_list(row["seq"] for row in rows))
    workers = {(row["assignment"], row["step"]): row["user_account"] for row in found}
    places = {}
    for row in rows:
        index = flow.index_of(row["step"])
        target = flow.steps[max(index - 1, 0)] if wanted is None else wanted
        if target["position"] > index:
            continue
        user = workers.get((row["seq"], target["seq"]))
        if user is None:
            user = yield from flow.enter(target)
        places[row["seq"]] = _Place(target["seq"], user, AssignmentStatus.TO_REWORK)
    return places


def _new_values(row: Row, place: _Place) -> Document:
    return {
        "key": row["seq"],
        "new_step": place.step,
        "new_user": place.user,
        "new_status": place.status.value,
        "now": now_us(),
    }


def _is_sampled(position: int, rate: float | None) -> bool:
    return rate is None or math.floor((position + 1) * rate) > math.floor(position * rate)
