"""Annotation campaigns and their steps."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import BadRequestError
from asyncsdk.records.campaigns import CampaignPatch, Launch, NewCampaign, NewStep, StepDeletion, StepPatch
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.uploaded import uploaded_object
from asyncsdk.server.services import campaign_deleting, campaign_launch, campaign_steps, campaigns
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]

_TRUTHS = {"true": True, "false": False}


async def create_campaign(call: Call) -> Answer:
    """Create the campaign of a version."""
    body, version = call.body(NewCampaign), call.id("version")
    kept = await call.kept_answer()
    if kept is not None:
        return kept
    await _check_instructions(call, body, version_id=version)
    return await call.write(campaigns.create_campaign(call.scope, version, body), 201)


async def _check_instructions(call: Call, body: NewCampaign | CampaignPatch, **home: str) -> None:
    """Make sure that the file with the instructions was uploaded."""
    name = body.instructions_object_name
    if name is not None:
        connector = await call.read(campaigns.instructions_connector(call.scope, **home))
        await uploaded_object(call, connector, name, "instructions_object_name")


async def list_version_campaigns(call: Call) -> dict[str, Any]:
    """List the campaigns of a version, as the oldest generation of clients asks for them."""
    return await call.read(campaigns.list_version_campaigns(call.scope, call.id("version")))


async def list_campaigns(call: Call) -> dict[str, Any]:
    """List the organization's campaigns."""
    wanted = call.text("is_closed")
    if wanted is not None and wanted.lower() not in _TRUTHS:
        raise BadRequestError(f"is_closed: expected True or False, got {wanted!r}", status=400)
    is_closed = None if wanted is None else _TRUTHS[wanted.lower()]
    return await call.read(campaigns.list_campaigns(call.scope, call.id("org"), is_closed=is_closed))


async def get_campaign(call: Call) -> dict[str, Any]:
    """Read a campaign."""
    return await call.read(campaigns.get_campaign(call.scope, call.id("campaign")))


async def update_campaign(call: Call) -> Answer:
    """Change a campaign."""
    body, campaign = call.body(CampaignPatch), call.id("campaign")
    await _check_instructions(call, body, campaign_id=campaign)
    answer = await call.write(campaigns.update_campaign(call.scope, campaign, body))
    call.platform.wake_cleaner()
    return answer


async def delete_campaign(call: Call) -> Answer:
    """Delete a campaign."""
    campaign = call.id("campaign")
    await call.write_parts(lambda _: campaign_deleting.empty_campaign(call.scope, campaign))
    answer = await call.write(campaign_deleting.delete_campaign(call.scope, campaign))
    call.platform.wake_cleaner()
    return answer


async def close_campaign(call: Call) -> Answer:
    """Close a campaign."""
    return await call.write(campaigns.close_campaign(call.scope, call.id("campaign")))


async def create_step(call: Call) -> Answer:
    """Add a step to a campaign."""
    return await call.write(
        campaign_steps.create_step(call.scope, call.id("campaign"), call.body(NewStep)), 201
    )


async def list_steps(call: Call) -> dict[str, Any]:
    """List the steps of a campaign."""
    return await call.read(campaign_steps.list_steps(call.scope, call.id("campaign")))


async def get_step(call: Call) -> dict[str, Any]:
    """Read a step."""
    return await call.read(campaign_steps.get_step(call.scope, call.id("step")))


async def update_step(call: Call) -> Answer:
    """Change a step."""
    return await call.write(campaign_steps.update_step(call.scope, call.id("step"), call.body(StepPatch)))


async def delete_step(call: Call) -> Answer:
    """Delete a step."""
    destination = call.body(StepDeletion).destination_step_id_for_pending_assignments
    step = call.id("step")
    await call.write_parts(lambda _: campaign_steps.empty_step(call.scope, step, destination))
    return await call.write(campaign_steps.delete_step(call.scope, step, destination))


async def redistribute_step(call: Call) -> Answer:
    """Share what waits at a step among its assignees anew."""
    step = call.id("step")
    await call.write_parts(lambda after: campaign_steps.redistribute_step(call.scope, step, after))
    return await call.write(campaign_steps.finish_redistribution(call.scope, step))


async def check_sync(call: Call) -> dict[str, Any]:
    """Tell how many assets are not in a campaign."""
    return await call.read(campaign_launch.check_sync(call.scope, call.id("campaign")))


async def launch_campaign(call: Call) -> Answer:
    """Start the job that brings assets into a campaign."""
    body = call.body(Launch)
    answer = await call.write(campaign_launch.launch_campaign(call.scope, call.id("campaign"), body))
    call.platform.wake_jobs()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_CAMPAIGN: create_campaign,
    routes.LIST_VERSION_CAMPAIGNS: list_version_campaigns,
    routes.LIST_CAMPAIGNS: list_campaigns,
    routes.GET_CAMPAIGN: get_campaign,
    routes.UPDATE_CAMPAIGN: update_campaign,
    routes.DELETE_CAMPAIGN: delete_campaign,
    routes.CLOSE_CAMPAIGN: close_campaign,
    routes.CREATE_STEP: create_step,
    routes.LIST_STEPS: list_steps,
    routes.GET_STEP: get_step,
    routes.UPDATE_STEP: update_step,
    routes.DELETE_STEP: delete_step,
    routes.REDISTRIBUTE_STEP: redistribute_step,
    routes.LAUNCH_CAMPAIGN: launch_campaign,
    routes.CHECK_SYNC: check_sync,
    routes.SYNC_CAMPAIGN: launch_campaign,
}
