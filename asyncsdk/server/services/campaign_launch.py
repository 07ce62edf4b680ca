"""Launching a campaign: the request makes a job, the job brings the assets in, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, func, select

from asyncsdk.errors import ConflictError
from asyncsdk.records.campaigns import Launch
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.campaign_assets import (
    Entrance,
    enter_named,
    enter_span,
    entry_step,
    open_entrance,
)
from asyncsdk.server.services.campaign_assignees import read_assignees
from asyncsdk.server.services.campaign_closing import LAUNCH, close_when_done
from asyncsdk.server.services.campaign_rows import (
    DONE,
    campaign_document,
    campaigns_joined,
    check_changeable,
    read_steps,
    require_campaign,
    step_of,
)
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.services.rules import Document, check_ids, check_known, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import asset, assignment, campaign
from asyncsdk.server.store.statements import Prepared

__all__ = ["check_sync", "launch_campaign", "launch_step"]

_BATCH = 2000
_NO_STEPS = "the campaign has no step; add one first"

_COUNT = Prepared(
    select(func.count().label("n"))
    .select_from(assignment)
    .where(assignment.c.campaign == bindparam("campaign"))
)
_KNOWN = Prepared(
    # The sum keeps databases from walking the whole version in place of the few assets.
    select(asset.c.id).where(
        asset.c.version + 0 == bindparam("version"), any_of(asset.c.id, bindparam("ids"))
    )
)
_BY_ID = Prepared(campaigns_joined().where(campaign.c.id == bindparam("id")))


def check_sync(scope: Scope, campaign_id: str) -> Work[Document]:
    """Return how many assets of the version are not in the campaign, and whether they can be brought in."""
    home = yield from require_campaign(scope, campaign_id)
    inside = (yield _COUNT(campaign=home["seq"]))[0]["n"]
    reason = _hindrance(home, (yield from read_steps(home["seq"])))
    document = {"unsynced_item_count": home["asset_count"] - inside, "is_sync_available": reason is None}
    return document if reason is None else document | {"reason": reason}


def _hindrance(home: Row, steps: Rows) -> str | None:
    if home["locked"]:
        return "the dataset version is locked"
    if home["closed_at"] is not None:
        return "the campaign is closed"
    return None if steps else _NO_STEPS


def launch_campaign(scope: Scope, campaign_id: str, body: Launch) -> Work[Document]:
    """Start the job that gives an assignment to every asset that has none, or to those that are named.

    Raises:
        BadRequestError: a step, an asset or a worker is not of this campaign.
        ConflictError: the campaign is closed, or has no steps.
        LockedError: the version is locked.
    """
    home = yield from require_campaign(scope, campaign_id, change=True)
    steps = yield from read_steps(home["seq"])
    if not steps:
        raise ConflictError(_NO_STEPS, status=409)
    target = body.existing_annotations_step_id
    payload = {
        "campaign": home["id"],
        "until": home["next_position"],
        "target": target
        if target in (None, DONE)
        else step_of(steps, target, "existing_annotations_step_id")["id"],
        "assets": (yield from _assets(home["version"], body.asset_ids)),
        "workers": (yield from _workers(entry_step(steps), body.worker_ids)),
    }
    job = yield from add_job(
        NewJob(
            organization=home["organization"],
            version=home["version"],
            generation=2,
            kind=LAUNCH,
            payload=payload,
        )
    )
    return {"campaign": campaign_document(home), "job": job}


def launch_step(job: Row) -> Work[Step]:
    """Bring the next batch of assets in; those that are in the campaign already stay as they are.

    Raises:
        BadRequestError: the step for annotated assets was deleted since.
        ConflictError: the campaign was closed since, or lost its steps.
        LockedError: the version was locked since.
        NotFoundError: the campaign was deleted since.
    """
    payload = orjson.loads(job["payload"])
    home = check_changeable(one((yield _BY_ID(id=payload["campaign"])), "campaign any more"))
    steps = yield from read_steps(home["seq"])
    if not steps:
        raise ConflictError(_NO_STEPS, status=409)
    entrance = yield from open_entrance(home, steps, payload["target"], payload["workers"])
    done: int = orjson.loads(job["checkpoint"]) if job["checkpoint"] else 0
    total = yield from _enter_batch(entrance, payload, done)
    done = min(done + _BATCH, total)
    if done == total:
        yield from close_when_done(home["seq"], job_seq=job["seq"])
    return Step(checkpoint=done, progress=done / total if total else 1.0, done=done == total)


def _enter_batch(entrance: Entrance, payload: dict[str, Any], done: int) -> Work[int]:
    """Bring a batch in, and return how far the batches go: positions of the version, or named assets."""
    named: list[str] | None = payload["assets"]
    if named is None:
        until: int = payload["until"]
        yield from enter_span(entrance, done, min(done + _BATCH, until))
        return until
    yield from enter_named(entrance, json_list(named[done : done + _BATCH]))
    return len(named)


def _assets(version: int, ids: Sequence[str] | None) -> Work[list[str] | None]:
    if ids is None:
        return None
    wanted = check_ids(ids, "asset_ids")
    known = {row["id"] for row in (yield _KNOWN(version=version, ids=json_list(wanted)))}
    check_known(wanted, known, "asset_ids", "are not assets of this dataset version")
    return wanted


def _workers(entry: Row, ids: Sequence[str] | None) -> Work[list[str] | None]:
    if ids is None:
        return None
    wanted = check_ids(ids, "worker_ids")
    known = {row["id"] for row in (yield from read_assignees([entry["seq"]]))}
    check_known(wanted, known, "worker_ids", f"are no assignees of step {entry['name']!r}")
    return wanted
