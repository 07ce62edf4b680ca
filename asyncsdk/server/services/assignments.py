"""Assignments: listing, reading and giving them to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, select, update

from asyncsdk.enums import AssignmentStatus
from asyncsdk.records.assignments import Reassignment
from asyncsdk.server.services.assignment_filters import AssignmentFilter
from asyncsdk.server.services.campaign_assignees import member_seq
from asyncsdk.server.services.campaign_rows import require_campaign
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors, fingerprint
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import Listing, PageRequest, list_page, order_terms
from asyncsdk.server.services.rules import Document, check_ids, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import (
    asset,
    assignment,
    campaign,
    campaign_step,
    data,
    dataset,
    dataset_version,
    organization,
    user,
)
from asyncsdk.server.store.statements import Prepared, statement

__all__ = ["get_assignment", "list_assignments", "reassign"]

_ORDER = {name: assignment.c[name] for name in ("created_at", "status", "updated_at")}
_UNDONE = json_list([status for status in AssignmentStatus if status is not AssignmentStatus.DONE])

_columns = (
    assignment,
    asset.c.id.label("asset_id"),
    campaign_step.c.id.label("step_id"),
    user.c.id.label("user_id"),
    data.c.id.label("data_id"),
    data.c.filename,
    data.c.object_name,
)
_with_files = assignment.join(asset, asset.c.seq == assignment.c.asset).join(data, data.c.seq == asset.c.data)
_joined = _with_files.join(campaign_step, campaign_step.c.seq == assignment.c.step).outerjoin(
    user, user.c.seq == assignment.c.user_account
)
_GET = Prepared(
    select(*_columns, organization.c.connector_id)
    .select_from(
        _joined.join(campaign, campaign.c.seq == assignment.c.campaign)
        .join(dataset_version, dataset_version.c.seq == campaign.c.version)
        .join(dataset, dataset.c.seq == dataset_version.c.dataset)
        .join(organization, organization.c.seq == dataset.c.organization)
    )
    .where(assignment.c.id == bindparam("id"), any_of(organization.c.seq, bindparam("visible")))
)
_REASSIGN = Prepared(
    update(assignment)
    .where(
        # The sum keeps databases from walking the whole campaign in place of the few that are named.
        assignment.c.campaign + 0 == bindparam("key"),
        any_of(assignment.c.id, bindparam("ids")),
        any_of(assignment.c.status, literal(_UNDONE)),
    )
    .values(user_account=bindparam("new_user"), updated_at=bindparam("now"))
    .returning(assignment.c.id)
)


def list_assignments(
    scope: Scope,
    campaign_id: str,
    wanted: AssignmentFilter,
    assets: Filter,
    page: PageRequest,
    *,
    documents: DataDocuments,
    cursors: Cursors,
    counts: Counts,
) -> Work[Document]:
    """Return a page of the campaign's assignments, newest first where no order is asked for.

    Args:
        scope: who asks.
        campaign_id: the campaign.
        wanted: filters of the assignments.
        assets: filters of the assets that they are on.
        page: which page.
        documents: makes the JSON objects.
        cursors: signs cursors.
        counts: keeps counts.
    """
    home = yield from require_campaign(scope, campaign_id)
    inside = assignment.c.campaign == home["seq"]
    on_assets = assets.conditions("asset")
    conditions = [inside, *wanted.conditions(), *on_assets]
    counted: Select[Any] = select(func.count().label("n")).select_from(
        _with_files if on_assets else assignment
    )
    listing = Listing(
        select=select(*_columns).select_from(_joined).where(*conditions),
        key=assignment.c.seq,
        order=order_terms(page.order_by, _ORDER),
        fingerprint=fingerprint("assignment", campaign_id, list(page.order_by), wanted.key(), assets.key()),
        count=statement(counted.where(*conditions)),
        lowest=statement(select(func.min(assignment.c.seq).label("n")).where(inside)),
        document=documents.each_assignment(home["connector_id"]),
    )
    return (yield from list_page(listing, page, cursors, counts))


def get_assignment(scope: Scope, assignment_id: str, documents: DataDocuments) -> Work[Document]:
    """Return an assignment."""
    row = one((yield _GET(id=assignment_id, visible=scope.visible)), "assignment")
    return documents.assignment(row, row["connector_id"])


def reassign(scope: Scope, campaign_id: str, body: Reassignment) -> Work[Document]:
    """Give assignments to a member, or to nobody; what is done, or of another campaign, is left out.

    Raises:
        BadRequestError: the user is no member.
        ConflictError: the campaign is closed.
        LockedError: the version is locked.
    """
    home = yield from require_campaign(scope, campaign_id, change=True)
    wanted = check_ids(body.assignment_ids, "assignment_ids")
    person = None
    if body.user_id is not None:
        person = yield from member_seq(home["organization"], body.user_id, "user_id")
    rows = yield _REASSIGN(key=home["seq"], ids=json_list(wanted), new_user=person, now=now_us())
    return {"processed_ids": in_order(wanted, [row["id"] for row in rows])}


def in_order(wanted: Sequence[str], done: Sequence[str]) -> list[str]:
    """Return those of the wanted ids that something was done to."""
    known = frozenset(done)
    return [one_id for one_id in wanted if one_id in known]
