"""Campaigns that close when all of their work is done."""

from __future__ import annotations

from sqlalchemy import bindparam, literal, select, update

from asyncsdk.enums import AssignmentStatus, JobRunStatus
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import assignment, campaign, job
from asyncsdk.server.store.statements import Prepared

__all__ = ["LAUNCH", "close_when_done"]

LAUNCH = "launch-campaign"
"""The kind of the jobs that bring assets into campaigns."""

_UNDONE = [status for status in AssignmentStatus if status is not AssignmentStatus.DONE]
_UNDER_WAY = [JobRunStatus.PENDING, JobRunStatus.RUNNING]

_own = assignment.c.campaign == campaign.c.seq
_launches = (
    job.c.version == campaign.c.version,
    job.c.kind == LAUNCH,
    any_of(job.c.status, literal(json_list(_UNDER_WAY))),
    job.c.seq != bindparam("but"),
)
_CLOSE = Prepared(
    update(campaign)
    .where(
        campaign.c.seq == bindparam("key"),
        campaign.c.auto_close_on_completion,
        campaign.c.closed_at.is_(None),
        select(literal(1)).where(_own).correlate(campaign).exists(),
        ~select(literal(1))
        .where(_own, any_of(assignment.c.status, literal(json_list(_UNDONE))))
        .correlate(campaign)
        .exists(),
        ~select(literal(1)).where(*_launches).correlate(campaign).exists(),
    )
    .values(closed_at=bindparam("now"))
)
_NO_JOB = -1


def close_when_done(campaign_seq: int, *, job_seq: int = _NO_JOB) -> Work[None]:
    """Close a campaign that is to close by itself, once every assignment is done.

    It stays open without assignments, and while another job brings more assets into it.

    Args:
        campaign_seq: the campaign.
        job_seq: the job that asks.
    """
    yield _CLOSE(key=campaign_seq, but=job_seq, now=now_us())
