"""Rows of campaigns and their steps, and the JSON objects made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, select

from asyncsdk.errors import BadRequestError, ConflictError, LockedError
from asyncsdk.server.services.rules import Document, check_ids, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import campaign, campaign_step, dataset, dataset_version, organization
from asyncsdk.server.store.statements import Prepared

__all__ = [
    "DONE",
    "campaign_document",
    "campaigns_joined",
    "check_changeable",
    "read_steps",
    "require_campaign",
    "require_step",
    "step_of",
]

DONE = "DONE"
"""In place of a step's id: behind the last one."""


def _entry(flag: str) -> ScalarSelect[Any]:
    return (
        select(campaign_step.c.id)
        .where(campaign_step.c.campaign == campaign.c.seq, campaign_step.c[flag])
        .correlate(campaign)
        .scalar_subquery()
    )


_columns = (
    campaign,
    _entry("default_entry").label("default_entry_id"),
    _entry("annotated_entry").label("annotated_entry_id"),
    dataset_version.c.id.label("dataset_version_id"),
    dataset_version.c.locked,
    dataset_version.c.asset_count,
    dataset_version.c.next_position,
    dataset.c.organization,
    organization.c.connector_id,
)
_joined = (
    campaign.join(dataset_version, dataset_version.c.seq == campaign.c.version)
    .join(dataset, dataset.c.seq == dataset_version.c.dataset)
    .join(organization, organization.c.seq == dataset.c.organization)
)
_visible = any_of(dataset.c.organization, bindparam("visible"))
_GET = Prepared(select(*_columns).select_from(_joined).where(campaign.c.id == bindparam("id"), _visible))
_OF_STEP = Prepared(
    select(*_columns)
    .select_from(_joined.join(campaign_step, campaign_step.c.campaign == campaign.c.seq))
    .where(campaign_step.c.id == bindparam("id"), _visible)
)
_STEPS = Prepared(
    select(campaign_step)
    .where(campaign_step.c.campaign == bindparam("campaign"))
    .order_by(campaign_step.c.position)
)


def campaigns_joined() -> Select[Any]:
    """Return the select of campaigns with what they belong to."""
    return select(*_columns).select_from(_joined)


def campaign_document(row: Row) -> Document:
    """Return a campaign."""
    return {
        "id": row["id"],
        "dataset_version_id": row["dataset_version_id"],
        "name": row["name"],
        "description": row["description"],
        "instructions_text": row["instructions_text"],
        "instructions_object_name": row["instructions_object_name"],
        "end_date": row["end_date"],
        "auto_add_new_assets": bool(row["auto_add_new_assets"]),
        "auto_close_on_completion": bool(row["auto_close_on_completion"]),
        "default_entry_step_id": row["default_entry_id"],
        "annotated_entry_step_id": DONE if row["annotated_done"] else row["annotated_entry_id"],
        "is_closed": row["closed_at"] is not None,
        "created_at": iso(row["created_at"]),
    }


def require_campaign(scope: Scope, campaign_id: str, *, change: bool = False) -> Work[Row]:
    """Return the row of a campaign that the scope sees.

    Raises:
        ConflictError: it is to be changed, and is closed.
        LockedError: it is to be changed, and its version is locked.
    """
    row = one((yield _GET(id=campaign_id, visible=scope.visible)), "campaign")
    return check_changeable(row) if change else row


def require_step(scope: Scope, step_id: str, *, change: bool = False) -> Work[tuple[Row, Rows, Row]]:
    """Return the rows of a step's campaign, of all steps of it in order, and of the step.

    Raises:
        ConflictError: it is to be changed, and the campaign is closed.
        LockedError: it is to be changed, and the version is locked.
    """
    home = one((yield _OF_STEP(id=step_id, visible=scope.visible)), "step")
    steps = yield from read_steps(home["seq"])
    found = next(row for row in steps if row["id"] == step_id)
    return check_changeable(home) if change else home, steps, found


def check_changeable(row: Row) -> Row:
    """Return a campaign's row.

    Raises:
        ConflictError: the campaign is closed.
        LockedError: its version is locked.
    """
    if row["locked"]:
        raise LockedError("the campaign's dataset version is locked; unlock it first", status=423)
    if row["closed_at"] is not None:
        raise ConflictError("the campaign is closed and cannot be changed any more", status=409)
    return row


def read_steps(campaign_seq: int) -> Work[Rows]:
    """Return the steps of a campaign, in order."""
    return (yield _STEPS(campaign=campaign_seq))


def step_of(steps: Sequence[Row], step_id: str, what: str) -> Row:
    """Return the step that a request names.

    Raises:
        BadRequestError: the campaign has no such step.
    """
    wanted = check_ids([step_id], what)[0]
    for row in steps:
        if row["id"] == wanted:
            return row
    raise BadRequestError(f"{what}: {wanted} is no step of this campaign", status=400)
