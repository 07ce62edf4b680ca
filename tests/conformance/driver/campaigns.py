"""Annotation campaigns: made, shared out, launched and closed; with what each generation has."""

from __future__ import annotations

import uuid
from datetime import date

from annotated import version_of
from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, NoDataError, ResourceConflictError, ResourceNotFoundError
from picsellia.types.enums import JobRunStatus

__all__ = ["run_campaigns"]


def run_campaigns(world):
    """Make a campaign, launch it, and do with it what there is."""
    version = version_of(world, "campaign", "CLASSIFICATION")
    with refused(NoDataError, "a version without a campaign"):
        version.get_campaign()
    campaign = _make(world, version)
    total = len(version.list_assets())
    draw, check = _add_steps(world, campaign)
    annotated = version.list_assets(order_by=["filename"], limit=2)
    for asset in annotated:
        asset.create_annotation()
    with refused(BadRequestError, "an unknown step"):
        campaign.launch(existing_annotations_step_id=uuid.uuid4())
    job = campaign.launch(existing_annotations_step_id=check)
    job.wait_for_done(blocking_time_increment=0.05, attempts=400)
    equal(job.status, JobRunStatus.SUCCEEDED, "the job of a launch")
    if world.is_old:
        _launch_for_some(world, version, campaign)
    else:
        _look_at_steps(campaign, draw, check)
        _look_at_assignments(world, version, campaign, (draw, check), total)
        _change_steps(campaign, draw, check, total)
        _close(world, campaign)
    _delete(version, campaign, total)


def _make(world, version):
    instructions = world.make_folder("instructions") / "how to.txt"
    instructions.write_text("draw closely")
    names = {"name": "birds"} if world.is_old else {}
    campaign = version.create_campaign(
        **names,
        description="every bird",
        instructions_file_path=str(instructions),
        instructions_text="and carefully",
        end_date=date(2031, 5, 6),
        auto_add_new_assets=True,
    )
    equal(campaign.dataset_version_id, version.id, "the version of a campaign")
    with refused(ResourceConflictError, "a second campaign on a version"):
        version.create_campaign(name="second")
    equal(version.get_campaign().id, campaign.id, "the campaign of a version")
    again = world.client.get_dataset_version_by_id(version.id)
    equal(again.get_campaign().id, campaign.id, "the campaign of a version read anew")
    campaign.update(description="each bird", end_date=date(2031, 6, 7), auto_close_on_completion=True)
    campaign.upload_instructions_file(str(instructions))
    read = campaign.sync()
    told = [read[name] for name in ("description", "end_date", "auto_close_on_completion")]
    equal(told, ["each bird", "2031-06-07", True], "a campaign updated")
    if world.is_old:
        campaign.update(name="all birds")
        equal(campaign.name, "all birds", "a campaign renamed")
    return campaign


def _me(world):
    return world.dataset.list_workers()[0] if world.is_old else world.client.list_users()[0]


def _add_steps(world, campaign):
    """Return the ids of two steps."""
    me = _me(world)
    draw = campaign.add_step("draw", "ANNOTATION", description="closely", assignees=[(me, 2)])
    check = campaign.add_step("check", "REVIEW", assignees=[(me.id, 0.5)])
    first = campaign.add_step("first", "annotation", order=0)
    with refused(BadRequestError, "an unknown assignee"):
        campaign.add_step("x", "REVIEW", assignees=[(uuid.uuid4(), 1)])
    listed = campaign.list_steps()
    if world.is_old:
        equal([step["name"] for step in listed], ["first", "draw", "check"], "steps in order")
        equal([step["order"] for step in listed], [0, 1, 2], "their places")
        equal({step["type"] for step in listed}, {"ANNOTATION", "REVIEW"}, "their types")
        return draw["id"], check["id"]
    equal([(step.name, step.order) for step in listed], [("first", 0), ("draw", 1), ("check", 2)], "steps")
    first.delete(draw.id)
    equal([step.name for step in campaign.list_steps()], ["draw", "check"], "a step deleted")
    campaign.update(default_entry_step=draw, annotated_entry_step="DONE")
    equal(campaign.sync()["annotated_entry_step_id"], "DONE", "where annotated assets enter")
    return draw.id, check.id


def _launch_for_some(world, version, campaign):
    """Ask for assets and workers as the older generation can."""
    for asset in version.list_assets(order_by=["filename"], limit=1):
        with refused(BadRequestError, "a worker who is no assignee of the step"):
            campaign._create_assignments(assets=[asset], workers=[_me(world)])
        job = campaign._create_assignments(assets=[asset])
        job.wait_for_done(blocking_time_increment=0.05, attempts=400)
        equal(job.status, JobRunStatus.SUCCEEDED, "a launch for an asset that is in the campaign already")


def _look_at_steps(campaign, draw, check):
    first, second = campaign.list_steps()
    equal((first.id, second.id), (draw, check), "ids of steps")
    first.update(name="outline", sample_rate=1.0)
    equal(first.name, "outline", "a step renamed")
    equal(first.sync()["sample_rate"], 1.0, "its sample rate")
    with refused(BadRequestError, "a sample rate beyond all"):
        first.update(sample_rate=2.0)


def _look_at_assignments(world, version, campaign, steps, total):
    draw, check = steps
    me = _me(world)
    found = campaign.list_assignments()
    equal(len(found), total, "an assignment for every asset")
    equal({one.status.value for one in found}, {"TO_DO"}, "all to do")
    equal({one.user_id for one in found}, {me.id}, "all with the one who works here")
    equal(len(campaign.list_assignments(step_id=check)), 2, "annotated assets are at the step that was named")
    equal(len(campaign.list_assignments(step_id=draw, user=me)), total - 2, "the others at the first one")
    equal(campaign.list_assignments(status="DONE"), [], "nothing is done")
    name = found[0].filename
    equal(
        {one.filename for one in campaign.list_assignments(query=f'filename = "{name}"')}, {name}, "a query"
    )
    equal(campaign.list_assignments(custom_metadata={"none": 1}), [], "custom metadata")
    found[0].sync()
    equal(found[0].filename, name, "an assignment read anew")
    holds(found[0].reset_url().startswith("http"), "its file")
    target = world.make_folder("assignment")
    found[0].download(str(target))
    holds((target / name).exists(), "its file, downloaded")
    campaign.reassign(found[:3])
    equal(len(campaign.list_assignments(user="unassigned")), 3, "taken from somebody")
    equal(len(version.list_assets(assignment_user_id=me.id)), total - 3, "assets that somebody has")
    equal(len(version.list_assets(assignment_step_id=check)), 2, "assets at a step")
    equal(len(version.list_assets(assignment_status="TO_DO")), total, "assets that are to do")
    campaign.reassign(found[:2], me)
    equal(len(campaign.list_assignments(user="unassigned")), 1, "given to somebody")
    equal(campaign.get_campaign_issue_counts(), [], "nothing was sent back")
    (count,) = campaign.get_campaign_issue_counts(users=[me], steps=[draw])
    equal(count, {"user_id": str(me.id), "opened": 0, "closed": 0}, "counted for somebody")


def _change_steps(campaign, draw, check, total):
    first, second = campaign.list_steps()
    first.redistribute_assignments()
    equal(campaign.list_assignments(step_id=draw, user="unassigned"), [], "shared out anew")
    first.delete(pending_assignments_destination_step_id=check)
    equal(len(campaign.list_assignments(step_id=check)), total, "assignments of a step that is deleted")
    with refused(ResourceConflictError, "the only step, which has assignments", saying="assignments"):
        campaign.connection.delete(f"/api/campaigns/annotation/steps/{second.id}")


def _close(world, campaign):
    campaigns = world.client.list_annotation_campaigns(is_closed=False)
    holds(campaign.id in {one.id for one in campaigns}, "an open campaign")
    campaign.close()
    with refused(ResourceConflictError, "a closed campaign updated", saying="closed"):
        campaign.update(description="no")
    with refused(ValueError, "a closed campaign launched", saying="closed"):
        campaign.launch()
    equal([one.id for one in world.client.list_annotation_campaigns(is_closed=True)], [campaign.id], "closed")


def _delete(version, campaign, total):
    campaign.delete()
    with refused(ResourceNotFoundError, "a deleted campaign"):
        campaign.sync()
    version.sync()
    with refused(NoDataError, "a version whose campaign was deleted"):
        version.get_campaign()
    equal(len(version.list_assets()), total, "its assets stay")
    version.create_campaign(name="another").delete()
