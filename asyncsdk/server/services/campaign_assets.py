"""How assets enter a campaign: each gets one assignment, at the step where it belongs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select, bindparam, literal, select

from asyncsdk.enums import AssignmentStatus
from asyncsdk.server.services.campaign_assignees import keep_turns, read_turns
from asyncsdk.server.services.campaign_rows import DONE, campaigns_joined, read_steps, step_of
from asyncsdk.server.services.campaign_turns import Turns
from asyncsdk.server.services.rules import Document
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import annotation, asset, assignment, campaign
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "Entrance",
    "add_new_assets",
    "enter_named",
    "enter_span",
    "entry_step",
    "has_assignment",
    "open_entrance",
]


def has_assignment() -> ColumnElement[bool]:
    """Return whether an asset, a row of `asset` in the statement around, is in a campaign."""
    return select(literal(1)).where(assignment.c.asset == asset.c.seq).correlate(asset).exists()


def _unsynced(*conditions: ColumnElement[bool]) -> Select[Any]:
    annotated = select(literal(1)).where(annotation.c.asset == asset.c.seq).correlate(asset).exists()
    columns: list[ColumnElement[Any]] = [asset.c.seq, annotated.label("annotated")]
    return select(*columns).where(*conditions, ~has_assignment()).order_by(asset.c.position)


_IN_SPAN = Prepared(
    _unsynced(
        asset.c.version == bindparam("version"),
        asset.c.position >= bindparam("first"),
        asset.c.position < bindparam("until"),
    )
)
_NAMED = Prepared(
    # The sum keeps databases from walking the whole version in place of the few assets.
    _unsynced(asset.c.version + 0 == bindparam("version"), any_of(asset.c.id, bindparam("ids")))
)
_TAKING_NEW = Prepared(
    campaigns_joined().where(
        campaign.c.version == bindparam("version"),
        campaign.c.auto_add_new_assets,
        campaign.c.closed_at.is_(None),
    )
)
_INSERT = Prepared(insertion(assignment))


@attrs.frozen(kw_only=True)
class Entrance:
    """Where assets enter a campaign, and who gets them.

    Attributes:
        campaign: `seq` of the campaign.
        version: `seq` of its version.
        fresh: the turns at the step where assets without annotations enter.
        annotated: the turns at the step of the others; `None` where they enter as done.
        last: `seq` of the last step, where assets are that enter as done.
    """

    campaign: int
    version: int
    fresh: Turns
    annotated: Turns | None
    last: int

    def place(self, *, annotated: bool) -> Document:
        """Return step, user and status of the next asset."""
        turns = self.annotated if annotated else self.fresh
        if turns is None:
            return {"step": self.last, "user_account": None, "status": AssignmentStatus.DONE.value}
        user = turns.take()
        return {"step": turns.step, "user_account": user, "status": AssignmentStatus.TO_DO.value}


def entry_step(steps: Sequence[Row]) -> Row:
    """Return the step where assets enter: the one that was chosen for it, else the first."""
    return next((row for row in steps if row["default_entry"]), steps[0])


def open_entrance(
    home: Row, steps: Sequence[Row], target: str | None = None, among: Collection[str] | None = None
) -> Work[Entrance]:
    """Return the entrance of a campaign that has steps.

    Args:
        home: row of the campaign.
        steps: rows of its steps.
        target: where annotated assets enter, a step's id or `DONE`; `None` takes the campaign's own.
        among: ids of the users who get the assets; `None` takes all assignees.

    Raises:
        BadRequestError: the target is no step of the campaign.
    """
    entry = entry_step(steps)
    fresh = yield from read_turns(entry, among)
    own = next((row for row in steps if row["annotated_entry"]), entry)
    done = home["annotated_done"] if target is None else target == DONE
    chosen = own if target is None or done else step_of(steps, target, "existing_annotations_step_id")
    annotated: Turns | None = fresh
    if done:
        annotated = None
    elif chosen["seq"] != entry["seq"]:
        annotated = yield from read_turns(chosen, among)
    return Entrance(
        campaign=home["seq"],
        version=home["version"],
        fresh=fresh,
        annotated=annotated,
        last=steps[-1]["seq"],
    )


def enter_span(entrance: Entrance, first: int, until: int) -> Work[None]:
    """Bring the assets of a range of positions into a campaign, those left out that are in it."""
    rows = yield _IN_SPAN(version=entrance.version, first=first, until=until)
    yield from _enter(entrance, rows)


def enter_named(entrance: Entrance, ids: str) -> Work[None]:
    """Bring assets into a campaign, those left out that are in it; `ids` is a JSON array."""
    yield from _enter(entrance, (yield _NAMED(version=entrance.version, ids=ids)))


def add_new_assets(version: int, first: int, length: int) -> Work[None]:
    """Bring assets that were just made into the campaign of their version, if it takes new assets.

    Call it in the transaction that makes them, after their annotations where they have some. A campaign
    without steps gets them at its launch.

    Args:
        version: `seq` of the version.
        first: position of the first new asset.
        length: how many positions are new.
    """
    for home in (yield _TAKING_NEW(version=version)):
        steps = yield from read_steps(home["seq"])
        if steps:
            yield from enter_span((yield from open_entrance(home, steps)), first, first + length)


def _enter(entrance: Entrance, rows: Sequence[Row]) -> Work[None]:
    now = now_us()
    made = [
        {"id": new_id(), "created_at": now, "updated_at": now, "campaign": entrance.campaign}
        | {"asset": row["seq"], **entrance.place(annotated=bool(row["annotated"]))}
        for row in rows
    ]
    if made:
        yield _INSERT.many(made)
    for turns in {id(turns): turns for turns in (entrance.fresh, entrance.annotated) if turns}.values():
        yield from keep_turns(turns)
