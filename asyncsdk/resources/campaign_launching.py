"""Launching a campaign, through the route of either generation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asyncsdk.errors import InvalidArgumentError, NotFoundError, NotSupportedError
from asyncsdk.records.campaigns import CampaignRecord, Launch, StartedLaunch
from asyncsdk.resources.connection import Connection
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["DONE", "launch", "target_of"]

DONE = "DONE"
"""In place of a step's id: behind the last one."""


def target_of(step: str | UUID | None) -> str | None:
    """Return where annotated assets enter: a step's id, or `DONE` in any case; `None` stays `None`.

    Raises:
        InvalidArgumentError: it is neither.
    """
    if isinstance(step, str) and step.upper() == DONE:
        return DONE
    return None if step is None else canonical_id(step)


async def launch(
    connection: Connection,
    campaign_id: str,
    *,
    target: str | None,
    asset_ids: tuple[str, ...] | None,
    worker_ids: tuple[str, ...] | None,
) -> StartedLaunch:
    """Start the job that brings assets into a campaign."""
    for what, ids in (("assets", asset_ids), ("workers", worker_ids)):
        if ids == ():
            raise InvalidArgumentError(f"{what}: there is nothing to launch for; give at least one")
    body = Launch(existing_annotations_step_id=target, asset_ids=asset_ids, worker_ids=worker_ids)
    if asset_ids is None and worker_ids is None:
        return await _launch_all(connection, campaign_id, body)
    try:
        return await _bulk(connection, campaign_id, body)
    except NotFoundError:  # the campaign is gone, or the platform is of the newer generation
        await connection.call(routes.GET_CAMPAIGN, CampaignRecord, campaign=campaign_id)
        raise NotSupportedError(
            f"{connection.host} launches campaigns for all assets and workers only"
        ) from None


async def _launch_all(connection: Connection, campaign_id: str, body: Launch) -> StartedLaunch:
    try:
        return await connection.call(routes.SYNC_CAMPAIGN, StartedLaunch, body=body, campaign=campaign_id)
    except NotFoundError:  # a platform of the older generation has no such route
        return await _bulk(connection, campaign_id, body)


async def _bulk(connection: Connection, campaign_id: str, body: Any) -> StartedLaunch:
    return await connection.call(routes.LAUNCH_CAMPAIGN, StartedLaunch, body=body, campaign=campaign_id)
