"""The job that launches a campaign: in steps, each of which can be the last before a crash."""

from __future__ import annotations

import pytest

from asyncsdk.server.services import campaign_launch
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.server.services.job_source import StoredJobs
from asyncsdk.wire import routes


@pytest.fixture
async def campaign(alone, many, monkeypatch):
    """A campaign of two steps on twelve assets, of which a launch takes five at a time."""
    monkeypatch.setattr(campaign_launch, "_BATCH", 5)
    version = await alone.add_version()
    body = {"data_ids": many.data(12), "asset_tag_ids": []}
    await alone.call(routes.ADD_ASSETS, body, version=version)
    await work(alone)
    made = await alone.call(routes.CREATE_CAMPAIGN, {"name": "c"}, version=version, expect=201)
    for name in ("draw", "check"):
        await alone.call(
            routes.CREATE_STEP, {"name": name, "type": "REVIEW"}, campaign=made["id"], expect=201
        )
    return made["id"]


async def work(api):
    """Do all that waits."""
    jobs = StoredJobs(api.org.platform.store)
    while (job := await jobs.claim()) is not None:
        while job is not None:
            job = await jobs.step(job)


async def launch(api, campaign, **body):
    return (await api.call(routes.SYNC_CAMPAIGN, body, campaign=campaign))["job"]["id"]


async def entered(api, campaign):
    page = await api.call(routes.LIST_ASSIGNMENTS, campaign=campaign)
    return [one["data"]["filename"] for one in page["items"][::-1]]


async def seen(api, job):
    found = await api.call(routes.GET_JOB_RUN, job=job)
    return found["status"], found["error"]


NAMES = [f"{number:06}.png" for number in range(12)]


async def test_a_launch_goes_on_where_a_crash_left_it(alone, campaign):
    job_id = await launch(alone, campaign)
    jobs = StoredJobs(alone.org.platform.store)
    await jobs.step(await jobs.claim())
    assert await entered(alone, campaign) == NAMES[:4]  # positions count from 1
    found = await alone.call(routes.GET_JOB_RUN, job=job_id)
    assert found["status"] == "RUNNING"
    assert 0.3 < found["progress"] < 0.5
    # The process dies here. The next one on this workspace frees what was leased and goes on.
    alone.org.platform.write(release_jobs())
    await work(alone)
    assert await entered(alone, campaign) == NAMES
    assert await seen(alone, job_id) == ("SUCCEEDED", None)


async def test_two_launches_at_once_bring_everything_in_once(alone, campaign):
    made = [await launch(alone, campaign) for _ in range(2)]
    first, second = StoredJobs(alone.org.platform.store), StoredJobs(alone.org.platform.store)
    one, two = await first.claim(), await second.claim()
    while one is not None or two is not None:
        one = one and await first.step(one)
        two = two and await second.step(two)
    assert await entered(alone, campaign) == NAMES
    assert [await seen(alone, job_id) for job_id in made] == [("SUCCEEDED", None)] * 2


async def test_named_assets_come_in_batches(alone, campaign):
    version = (await alone.call(routes.GET_CAMPAIGN, campaign=campaign))["dataset_version_id"]
    assets = (await alone.call(routes.LIST_ASSETS, version=version))["items"]
    await launch(alone, campaign, asset_ids=[asset["id"] for asset in assets[:7]])
    await work(alone)
    assert sorted(await entered(alone, campaign)) == NAMES[5:]


async def test_what_was_deleted_or_added_meanwhile(alone, campaign, many):
    version = (await alone.call(routes.GET_CAMPAIGN, campaign=campaign))["dataset_version_id"]
    assets = (await alone.call(routes.LIST_ASSETS, version=version))["items"]
    await launch(alone, campaign)
    jobs = StoredJobs(alone.org.platform.store)
    job = await jobs.step(await jobs.claim())
    body = {"data_ids": many.data(3), "asset_tag_ids": []}
    await alone.call(routes.ADD_ASSETS, body, version=version)
    ids = {"ids": [asset["id"] for asset in assets[:2]]}
    await alone.call(routes.DELETE_MANY_ASSETS, ids, version=version)
    while job is not None:
        job = await jobs.step(job)
    await work(alone)
    assert await entered(alone, campaign) == NAMES[:-2]


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("closed", "the campaign is closed and cannot be changed any more"),
        ("locked", "the campaign's dataset version is locked; unlock it first"),
        ("deleted", "no such campaign any more"),
        ("step", "is no step of this campaign"),
    ],
)
async def test_a_launch_ends_when_it_cannot_go_on(alone, campaign, what, error):
    steps = (await alone.call(routes.LIST_STEPS, campaign=campaign))["items"]
    version = (await alone.call(routes.GET_CAMPAIGN, campaign=campaign))["dataset_version_id"]
    job_id = await launch(alone, campaign, existing_annotations_step_id=steps[1]["id"])
    jobs = StoredJobs(alone.org.platform.store)
    job = await jobs.step(await jobs.claim())
    route, on = {
        "closed": (routes.CLOSE_CAMPAIGN, {"campaign": campaign}),
        "locked": (routes.LOCK_VERSION, {"version": version}),
        "deleted": (routes.DELETE_CAMPAIGN, {"campaign": campaign}),
        "step": (routes.DELETE_STEP, {"step": steps[1]["id"]}),
    }[what]
    await alone.call(route, **on)
    assert await jobs.step(job) is None
    status, found = await seen(alone, job_id)
    assert status == "FAILED"
    assert error in found
    if what != "deleted":
        assert await entered(alone, campaign) == NAMES[:4]


async def test_a_campaign_that_lost_its_steps(alone, campaign):
    job_id = await launch(alone, campaign)
    for step in (await alone.call(routes.LIST_STEPS, campaign=campaign))["items"]:
        await alone.call(routes.DELETE_STEP, step=step["id"])
    await work(alone)
    assert await seen(alone, job_id) == ("FAILED", "the campaign has no step; add one first")


async def test_a_campaign_stays_open_while_assets_come_in(alone, campaign):
    await alone.call(routes.UPDATE_CAMPAIGN, {"auto_close_on_completion": True}, campaign=campaign)
    await launch(alone, campaign)
    jobs = StoredJobs(alone.org.platform.store)
    job = await jobs.step(await jobs.claim())

    async def submit_all():
        for _ in range(2):
            page = await alone.call(routes.LIST_ASSIGNMENTS, campaign=campaign)
            body = {"move": "SUBMIT", "assignment_ids": [one["id"] for one in page["items"]]}
            await alone.call(routes.MOVE_ASSIGNMENTS, body, campaign=campaign)
        page = await alone.call(routes.LIST_ASSIGNMENTS, campaign=campaign)
        assert {one["status"] for one in page["items"]} == {"DONE"}
        return (await alone.call(routes.GET_CAMPAIGN, campaign=campaign))["is_closed"]

    while job is not None:
        assert await submit_all() is False
        job = await jobs.step(job)
    assert len(await entered(alone, campaign)) == 12
    assert await submit_all() is True


async def test_a_launch_closes_a_campaign_whose_assets_are_all_done(alone, campaign):
    version = (await alone.call(routes.GET_CAMPAIGN, campaign=campaign))["dataset_version_id"]
    await alone.call(routes.UPDATE_CAMPAIGN, {"auto_close_on_completion": True}, campaign=campaign)
    assets = (await alone.call(routes.LIST_ASSETS, version=version))["items"]
    body = {"import_type": "REPLACE", "annotations": [{"asset_id": asset["id"]} for asset in assets]}
    await alone.call(routes.BULK_ANNOTATIONS, body, version=version)
    job_id = await launch(alone, campaign, existing_annotations_step_id="DONE")
    await work(alone)
    assert await seen(alone, job_id) == ("SUCCEEDED", None)
    assert (await alone.call(routes.GET_CAMPAIGN, campaign=campaign))["is_closed"]
    assert len(await entered(alone, campaign)) == 12


async def test_a_launch_on_a_version_without_assets(alone):
    version = await alone.add_version("empty")
    made = await alone.call(routes.CREATE_CAMPAIGN, {"name": "c"}, version=version, expect=201)
    step = {"name": "draw", "type": "ANNOTATION"}
    await alone.call(routes.CREATE_STEP, step, campaign=made["id"], expect=201)
    job_id = await launch(alone, made["id"])
    await work(alone)
    found = await alone.call(routes.GET_JOB_RUN, job=job_id)
    assert (found["status"], found["progress"]) == ("SUCCEEDED", 1.0)
