"""The steps of a campaign, which assignments pass in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, delete, update

from asyncsdk.enums import CampaignStepType
from asyncsdk.errors import BadRequestError
from asyncsdk.records.campaigns import NewStep, StepPatch
from asyncsdk.server.services.campaign_assignees import read_assignees, set_assignees
from asyncsdk.server.services.campaign_rows import read_steps, require_campaign, require_step, step_of
from asyncsdk.server.services.campaign_sharing import move_part, share_part
from asyncsdk.server.services.rules import Document, check_name, check_text
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import campaign_step
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_step",
    "delete_step",
    "empty_step",
    "finish_redistribution",
    "get_step",
    "list_steps",
    "redistribute_step",
    "update_step",
]

_INSERT = Prepared(insertion(campaign_step).returning(campaign_step.c.seq))
_UPDATE = Prepared(
    update(campaign_step)
    .where(campaign_step.c.seq == bindparam("key"))
    .values(name=bindparam("new_name"), sample_rate=bindparam("new_rate"))
)
_SHIFT = Prepared(
    update(campaign_step)
    .where(campaign_step.c.campaign == bindparam("key"), campaign_step.c.position >= bindparam("first"))
    .values(position=campaign_step.c.position + bindparam("by"))
)
_DELETE = Prepared(delete(campaign_step).where(campaign_step.c.seq == bindparam("key")))


def create_step(scope: Scope, campaign_id: str, body: NewStep) -> Work[Document]:
    """Add a step, at the end or where it is wanted; a place beyond the end is the end.

    Raises:
        BadRequestError: the type is not for annotation campaigns, or place, rate or assignees are not usable.
        ConflictError: the campaign is closed.
        LockedError: the version is locked.
    """
    home = yield from require_campaign(scope, campaign_id, change=True)
    if body.type is CampaignStepType.QUALITY_CONTROL:
        raise BadRequestError("type: a step of an annotation campaign is ANNOTATION or REVIEW", status=400)
    if body.order is not None and body.order < 0:
        raise BadRequestError("order: must be 0 or more", status=400)
    count = len((yield from read_steps(home["seq"])))
    position = count if body.order is None else min(body.order, count)
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "campaign": home["seq"],
        "name": check_name(body.name, "name"),
        "description": None if body.description is None else check_text(body.description, "description"),
        "type": body.type.value,
        "position": position,
        "sample_rate": _check_rate(body.sample_rate),
        "default_entry": False,
        "annotated_entry": False,
        "dealt": 0,
    }
    yield _SHIFT(key=home["seq"], first=position, by=1)
    seq = (yield _INSERT(**row))[0]["seq"]
    yield from set_assignees(home["organization"], seq, body.assignees or ())
    return (yield from _document(home, {**row, "seq": seq}))


def list_steps(scope: Scope, campaign_id: str) -> Work[Document]:
    """Return the steps of a campaign, in order."""
    home = yield from require_campaign(scope, campaign_id)
    documents = yield from _documents(home, (yield from read_steps(home["seq"])))
    return {"items": documents, "count": len(documents)}


def get_step(scope: Scope, step_id: str) -> Work[Document]:
    """Return a step."""
    home, _, row = yield from require_step(scope, step_id)
    return (yield from _document(home, row))


def update_step(scope: Scope, step_id: str, body: StepPatch) -> Work[Document]:
    """Change what is given; new assignees take the place of all before, and get what comes from now on.

    Raises:
        BadRequestError: the rate or the assignees are not usable.
        ConflictError: the campaign is closed.
        LockedError: the version is locked.
    """
    home, _, row = yield from require_step(scope, step_id, change=True)
    changed = dict(row)
    if body.name is not None:
        changed["name"] = check_name(body.name, "name")
    if body.sample_rate is not None:
        changed["sample_rate"] = _check_rate(body.sample_rate)
    yield _UPDATE(key=row["seq"], new_name=changed["name"], new_rate=changed["sample_rate"])
    if body.assignees is not None:
        yield from set_assignees(home["organization"], row["seq"], body.assignees)
    return (yield from _document(home, changed))


def empty_step(scope: Scope, step_id: str, destination_id: str | None) -> Work[int | None]:
    """Move a part of the assignments of a step that is to be deleted to another one; `None` when it is empty.

    Those that wait are shared out there anew.

    Raises:
        BadRequestError: the destination is no other step of the campaign.
        ConflictError: the campaign is closed, or the step has assignments and there is no destination.
        LockedError: the version is locked.
    """
    _, step, destination = yield from _leaving(scope, step_id, destination_id)
    return 0 if (yield from move_part(step, destination)) else None


def delete_step(scope: Scope, step_id: str, destination_id: str | None) -> Work[None]:
    """Delete a step; what it has got since it was emptied goes to the other one too.

    Raises:
        BadRequestError: the destination is no other step of the campaign.
        ConflictError: the campaign is closed, or the step has assignments and there is no destination.
        LockedError: the version is locked.
    """
    home, step, destination = yield from _leaving(scope, step_id, destination_id)
    while (yield from move_part(step, destination)):
        _, step, destination = yield from _leaving(scope, step_id, destination_id)
    yield _DELETE(key=step["seq"])
    yield _SHIFT(key=home["seq"], first=step["position"], by=-1)


def redistribute_step(scope: Scope, step_id: str, after: int) -> Work[int | None]:
    """Share a part of what waits at a step among its assignees anew.

    Args:
        scope: who asks.
        step_id: the step.
        after: what the part before has returned; 0 begins.

    Returns:
        Where the part has ended; `None` when that was all.

    Raises:
        ConflictError: the campaign is closed.
        LockedError: the version is locked.
    """
    _, _, row = yield from require_step(scope, step_id, change=True)
    return (yield from share_part(row, after))


def finish_redistribution(scope: Scope, step_id: str) -> Work[None]:
    """Make sure that the step whose work was shared anew is still there."""
    yield from require_step(scope, step_id)


def _leaving(scope: Scope, step_id: str, destination_id: str | None) -> Work[tuple[Row, Row, Row | None]]:
    """Return the campaign of a step that is to be deleted, the step, and where its assignments go."""
    home, steps, step = yield from require_step(scope, step_id, change=True)
    name = "destination_step_id_for_pending_assignments"
    destination = None if destination_id is None else step_of(steps, destination_id, name)
    if destination is not None and destination["seq"] == step["seq"]:
        raise BadRequestError(f"{name}: it is the step that is to be deleted", status=400)
    return home, step, destination


def _check_rate(rate: float | None) -> float | None:
    if rate is not None and not 0 <= rate <= 1:
        raise BadRequestError(f"sample_rate: must be 0 to 1, not {rate}", status=400)
    return None if rate is None else float(rate)


def _document(home: Row, row: Row) -> Work[Document]:
    return (yield from _documents(home, [row]))[0]


def _documents(home: Row, steps: Sequence[Row]) -> Work[list[Document]]:
    people = defaultdict(list)
    for row in (yield from read_assignees([step["seq"] for step in steps])):
        person = {"user_id": row["id"], "worker_id": row["id"], "username": row["username"]}
        people[row["step"]].append({**person, "weight": row["weight"]})
    return [
        {
            "id": row["id"],
            "campaign_id": home["id"],
            "name": row["name"],
            "order": row["position"],
            "type": row["type"],
            "description": row["description"],
            "sample_rate": row["sample_rate"],
            "assignees": people[row["seq"]],
            "created_at": iso(row["created_at"]),
        }
        for row in steps
    ]
