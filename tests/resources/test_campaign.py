"""Campaigns of a dataset version, as their users make, launch and close them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import aiohttp
import pytest

from asyncsdk.enums import CampaignStepType, JobRunStatus
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidArgumentError,
    LockedError,
    MissingFileError,
    NoDataError,
    NotFoundError,
    NotSupportedError,
    OutcomeUnknownError,
)
from asyncsdk.records.storage import PresignedUrl
from asyncsdk.wire import routes


@pytest.fixture
async def version(any_client):
    return await (await any_client.create_dataset("birds")).create_version("v1")


@pytest.fixture
async def campaign(version):
    return await version.create_campaign("first")


async def statuses(campaign):
    return {one.filename: one.status.value for one in await campaign.list_assignments()}


@pytest.mark.seed("create_campaign", "name", "return")
async def test_a_campaign_is_made_and_is_that_of_the_version(version):
    campaign = await version.create_campaign("my-campaign")
    assert (campaign.name, campaign.dataset_version_id) == ("my-campaign", version.id)
    assert (campaign.description, campaign.instructions_text, campaign.end_date) == (None, None, None)
    assert campaign.instructions_object_name is None
    assert (campaign.auto_add_new_assets, campaign.auto_close_on_completion) == (False, False)
    assert (campaign.default_entry_step_id, campaign.annotated_entry_step_id) == (None, None)
    assert (campaign.is_closed, await campaign.list_steps()) == (False, [])
    assert await version.get_campaign() == campaign
    assert repr(campaign) == f"<AnnotationCampaign 'my-campaign' {campaign.id}>"


@pytest.mark.seed("create_campaign", "description", "instructions_text", "end_date")
async def test_what_a_campaign_says_of_itself(version):
    campaign = await version.create_campaign(
        "c",
        description="Every bird, é",
        instructions_text="Draw\nclosely",
        end_date=date(2031, 5, 6),
    )
    for read in (campaign, await version.get_campaign()):
        assert (read.description, read.instructions_text) == ("Every bird, é", "Draw\nclosely")
        assert read.end_date == date(2031, 5, 6)


async def test_the_end_of_a_campaign_is_a_day(version):
    campaign = await version.create_campaign("c", end_date=datetime(2031, 5, 6, 7, 8))  # noqa: DTZ001
    assert campaign.end_date == date(2031, 5, 6)
    with pytest.raises(InvalidArgumentError, match="end_date"):
        await campaign.update(end_date="2031-05-07")


@pytest.mark.seed("create_campaign", "instructions_file_path")
async def test_instructions_are_uploaded(any_client, version, tmp_path):
    path = tmp_path / "how to.pdf"
    path.write_bytes(b"%PDF draw closely")
    campaign = await version.create_campaign("c", instructions_file_path=str(path))
    assert campaign.instructions_object_name.startswith("campaign-file/")
    assert await content_of(any_client, campaign) == b"%PDF draw closely"
    first = campaign.instructions_object_name
    path.write_bytes(b"draw loosely")
    await campaign.upload_instructions_file(path)
    assert await content_of(any_client, campaign) == b"draw loosely"
    assert campaign.instructions_object_name != first


async def content_of(client, campaign):
    connection = client._connection
    body = {"object_name": campaign.instructions_object_name}
    url = await connection.call(
        routes.PRESIGN_DOWNLOAD, PresignedUrl, body=body, connector=connection.connector
    )
    async with aiohttp.ClientSession() as session, session.get(url.presigned_url) as answer:
        return await answer.read()


@pytest.mark.seed("create_campaign", "instructions_file_path", "MissingFileError")
async def test_missing_instructions(version, tmp_path):
    with pytest.raises(MissingFileError):
        await version.create_campaign("c", instructions_file_path=tmp_path / "none.pdf")
    with pytest.raises(NoDataError):
        await version.get_campaign()


@pytest.mark.seed("create_campaign", "InvalidArgumentError")
async def test_arguments_that_are_refused_before_any_request(version, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("x")
    for arguments in (
        {"name": " "},
        {"name": None},
        {"name": "c", "instructions_text": "x", "instructions_file_path": path},
        {"name": "c", "end_date": "2031-05-06"},
    ):
        with pytest.raises(InvalidArgumentError):
            await version.create_campaign(**arguments)
    with pytest.raises(NoDataError):
        await version.get_campaign()


@pytest.mark.seed("create_campaign", "auto_add_new_assets")
@pytest.mark.parametrize("wanted", [True, False, None])
async def test_new_assets_enter_by_themselves_where_that_is_wanted(any_org, version, fill, wanted):
    campaign = await version.create_campaign("c", auto_add_new_assets=wanted)
    assert campaign.auto_add_new_assets is bool(wanted)
    step = await campaign.add_step("draw", "ANNOTATION")
    await fill(any_org, version, ["a.png", "b.png"])
    assert await statuses(campaign) == ({"a.png": "TO_DO", "b.png": "TO_DO"} if wanted else {})
    assert {one.step_id for one in await campaign.list_assignments()} == ({step.id} if wanted else set())


@pytest.mark.seed("create_campaign", "auto_close_on_completion")
@pytest.mark.parametrize("wanted", [True, False, None])
async def test_a_campaign_closes_when_all_is_done(any_org, version, fill, annotate, wanted):
    campaign = await version.create_campaign("c", auto_close_on_completion=wanted)
    assert campaign.auto_close_on_completion is bool(wanted)
    await campaign.add_step("draw", "ANNOTATION")
    await fill(any_org, version, ["a.png", "b.png"])
    await annotate(version, {asset.id: {} for asset in await version.list_assets()})
    await (await campaign.launch("DONE")).wait(poll_s=0.002)
    assert await statuses(campaign) == {"a.png": "DONE", "b.png": "DONE"}
    await campaign.refresh()
    assert campaign.is_closed is bool(wanted)


@pytest.mark.seed("create_campaign", "ConflictError")
async def test_a_version_has_one_campaign(version, campaign, tmp_path):
    with pytest.raises(ConflictError):
        await version.create_campaign("second")
    path = tmp_path / "a.txt"
    path.write_text("x")
    with pytest.raises(ConflictError, match="nothing was uploaded"):
        await version.create_campaign("second", instructions_file_path=path)
    assert (await version.get_campaign()).name == "first"
    await campaign.delete()
    assert (await version.create_campaign("second")).name == "second"


@pytest.mark.seed("create_campaign", "LockedError")
async def test_a_locked_version_takes_no_change_of_its_campaign(version, campaign):
    step = await campaign.add_step("draw", "ANNOTATION")
    await version.lock()
    changes = {
        "update": lambda: campaign.update(description="x"),
        "close": campaign.close,
        "delete": campaign.delete,
        "add a step": lambda: campaign.add_step("x", "REVIEW"),
        "update a step": lambda: step.update(name="x"),
        "redistribute": step.redistribute_assignments,
        "delete a step": step.delete,
        "launch": campaign.launch,
    }
    for name, change in changes.items():
        with pytest.raises(LockedError):
            await change()
            pytest.fail(f"{name}: a locked version took it")
    assert (await version.get_campaign()).description is None
    await version.unlock()
    await campaign.delete()
    await version.lock()
    with pytest.raises(LockedError):
        await version.create_campaign("c")


@pytest.mark.seed("get_campaign", "return")
async def test_the_campaign_of_a_version(any_client, version, campaign):
    again = await any_client.get_dataset_version_by_id(version.id)
    found = await again.get_campaign()
    assert (found, found.name, found.dataset_version_id) == (campaign, "first", version.id)
    assert await any_client.get_campaign_by_id(campaign.id) == campaign


@pytest.mark.seed("get_campaign", "NoDataError")
async def test_a_version_without_a_campaign(version):
    with pytest.raises(NoDataError, match="create_campaign"):
        await version.get_campaign()
    campaign = await version.create_campaign("c")
    await campaign.delete()
    with pytest.raises(NoDataError):
        await version.get_campaign()
    with pytest.raises(NotFoundError):
        await campaign.refresh()
    await version.delete()
    with pytest.raises(NotFoundError):
        await version.get_campaign()


VERSION = {"id": str(uuid4()), "origin_id": str(uuid4()), "origin_name": "o", "version": "v", "type": "POINT"}
OLD = [
    {"id": str(uuid4()), "dataset_version_id": VERSION["id"], "name": name} for name in ("first", "second")
]


@pytest.mark.seed("get_campaign", "return")
async def test_of_several_campaigns_the_first_one(scripted, says):
    """The oldest platforms tell no campaign in a version, and list those of it."""

    def play(request):
        return says({"items": OLD} if request.path.endswith("/campaigns") else VERSION)

    client, transport = scripted(play, strict=True)
    version = await client.get_dataset_version_by_id(VERSION["id"])
    assert (await version.get_campaign()).id == OLD[0]["id"]
    assert [request.route for request in transport.requests[1:]] == [
        str(routes.GET_VERSION),
        str(routes.LIST_VERSION_CAMPAIGNS),
    ]


@pytest.mark.seed("get_campaign", "NoDataError")
@pytest.mark.parametrize("status", [404, 405])
async def test_platforms_without_a_list_of_campaigns(scripted, says, status):
    def play(request):
        return says({}, status=status) if request.path.endswith("/campaigns") else says(VERSION)

    client, _ = scripted(play, strict=True)
    version = await client.get_dataset_version_by_id(VERSION["id"])
    with pytest.raises(NoDataError):
        await version.get_campaign()


async def test_a_list_of_campaigns_that_fails_is_an_error(scripted, says):
    def play(request):
        return says({}, status=403) if request.path.endswith("/campaigns") else says(VERSION)

    client, _ = scripted(play, strict=True)
    version = await client.get_dataset_version_by_id(VERSION["id"])
    with pytest.raises(ForbiddenError):
        await version.get_campaign()


async def test_update_changes_what_is_given(campaign):
    first, second = [await campaign.add_step(name, "ANNOTATION") for name in ("a", "b")]
    assert await campaign.update(name="new", description="d", instructions_text="t") is None
    await campaign.update(
        end_date=date(2031, 1, 2),
        auto_add_new_assets=True,
        auto_close_on_completion=True,
        default_entry_step=second,
        annotated_entry_step=first,
    )
    for _ in range(2):
        assert (campaign.name, campaign.description, campaign.instructions_text) == ("new", "d", "t")
        assert (campaign.end_date, campaign.is_closed) == (date(2031, 1, 2), False)
        assert (campaign.auto_add_new_assets, campaign.auto_close_on_completion) == (True, True)
        assert (campaign.default_entry_step_id, campaign.annotated_entry_step_id) == (second.id, first.id)
        await campaign.refresh()
    await campaign.update(annotated_entry_step="done", default_entry_step=first, auto_add_new_assets=False)
    assert (campaign.default_entry_step_id, campaign.annotated_entry_step_id) == (first.id, "DONE")
    assert campaign.auto_add_new_assets is False
    with pytest.raises(InvalidArgumentError):
        await campaign.update(annotated_entry_step="later")
    with pytest.raises(BadRequestError, match="no step of this campaign"):
        await campaign.update(annotated_entry_step=str(uuid4()))
    with pytest.raises(BadRequestError, match="not uploaded"):
        await campaign.update(instructions_object_name="campaign-file/none.txt")


async def test_a_closed_campaign_takes_no_change(any_org, version, fill, campaign):
    step = await campaign.add_step("draw", "ANNOTATION")
    await fill(any_org, version, ["a.png"])
    await campaign.launch(wait=True)
    (assignment,) = await campaign.list_assignments()
    await campaign.close()
    assert campaign.is_closed is True
    changes = {
        "update": lambda: campaign.update(description="x"),
        "add a step": lambda: campaign.add_step("x", "REVIEW"),
        "update a step": lambda: step.update(name="x"),
        "redistribute": step.redistribute_assignments,
        "delete a step": step.delete,
        "launch": campaign.launch,
        "reassign": lambda: campaign.reassign([assignment]),
    }
    for name, change in changes.items():
        with pytest.raises(ConflictError, match="closed"):
            await change()
            pytest.fail(f"{name}: a closed campaign took it")
    await campaign.close()
    await assignment.refresh()
    await campaign.delete()
    assert len(await version.list_assets()) == 1


async def test_campaigns_of_the_organization(any_client, campaign):
    second = await (await any_client.create_dataset("fish")).create_version("v1")
    other = await second.create_campaign("second")
    assert await any_client.list_annotation_campaigns() == [other, campaign]
    await campaign.close()
    assert await any_client.list_annotation_campaigns(is_closed=True) == [campaign]
    assert await any_client.list_annotation_campaigns(is_closed=False) == [other]
    with pytest.raises(NotFoundError):
        await any_client.get_campaign_by_id(uuid4())


async def test_steps(any_client, campaign, add_worker, any_org):
    me = await (await any_client.get_dataset("birds")).find_worker(any_org.username)
    ada = await add_worker(any_org, await any_client.get_dataset("birds"))
    draw = await campaign.add_step("draw", "annotation", "closely", [(ada, 2), (me.id, 1)])
    assert (draw.name, draw.order, draw.type) == ("draw", 0, CampaignStepType.ANNOTATION)
    assert (draw.description, draw.sample_rate, draw.campaign_id) == ("closely", None, campaign.id)
    assert [(one.user_id, one.username, one.weight) for one in draw.assignees] == [
        (ada.id, ada.username, 2.0),
        (me.id, me.username, 1.0),
    ]
    check = await campaign.add_step("check", CampaignStepType.REVIEW, order=0, sample_rate=0.25)
    assert [(one.id, one.order) for one in await campaign.list_steps()] == [(check.id, 0), (draw.id, 1)]
    await draw.update(name="outline", assignees=[(me, 0.5)], sample_rate=1)
    for _ in range(2):
        assert (draw.name, draw.sample_rate, draw.order) == ("outline", 1.0, 1)
        assert [(one.user_id, one.weight) for one in draw.assignees] == [(me.id, 0.5)]
        await draw.refresh()
    assert (await campaign.get_step(check.id)).sample_rate == 0.25
    await check.delete()
    assert [(one.id, one.order) for one in await campaign.list_steps()] == [(draw.id, 0)]
    for read in (lambda: campaign.get_step(check.id), check.refresh):
        with pytest.raises(NotFoundError):
            await read()
    assert repr(draw) == f"<CampaignStep 'outline' {draw.id}>"


async def test_steps_that_are_refused(campaign, any_client, any_org):
    me = await (await any_client.get_dataset("birds")).find_worker(any_org.username)
    for arguments in (
        {"type": "QUALITY_CONTROL"},
        {"type": "x"},
        {"assignees": [me]},
        {"assignees": [(me, 0)]},
        {"assignees": [(me, "1")]},
        {"assignees": [("me", 1)]},
    ):
        with pytest.raises(InvalidArgumentError):
            await campaign.add_step(**{"name": "x", "type": "REVIEW"} | arguments)
    for arguments in (
        {"name": " "},
        {"order": -1},
        {"sample_rate": 1.5},
        {"assignees": [(uuid4(), 1)]},
        {"assignees": [(me, 1), (me, 2)]},
        {"assignees": [(me, 1e9)]},
    ):
        with pytest.raises(BadRequestError):
            await campaign.add_step(**{"name": "x", "type": "REVIEW"} | arguments)
    assert await campaign.list_steps() == []


async def test_launch(any_org, version, fill, annotate, campaign):
    await campaign.add_step("draw", "ANNOTATION")
    review = await campaign.add_step("check", "REVIEW")
    await fill(any_org, version, ["a.png", "b.png", "c.png"])
    by_name = {asset.filename: asset for asset in await version.list_assets()}
    await annotate(version, {by_name["b.png"].id: {}})
    job = await campaign.launch(existing_annotations_step_id=review.id)
    await job.wait(poll_s=0.002)
    assert job.status is JobRunStatus.SUCCEEDED
    steps = {one.filename: one.step_id == review.id for one in await campaign.list_assignments()}
    assert steps == {"a.png": False, "b.png": True, "c.png": False}
    await fill(any_org, version, ["d.png"])
    assert len(await campaign.list_assignments()) == 3
    await campaign.launch(wait=True)
    assert await statuses(campaign) == dict.fromkeys(["a.png", "b.png", "c.png", "d.png"], "TO_DO")


async def test_launch_for_some_assets_and_workers(any_client, any_org, version, fill, campaign, add_worker):
    dataset = await any_client.get_dataset("birds")
    ada, bob = [await add_worker(any_org, dataset) for _ in range(2)]
    await campaign.add_step("draw", "ANNOTATION", assignees=[(ada, 1), (bob, 1)])
    await fill(any_org, version, ["a.png", "b.png", "c.png"])
    assets = await version.list_assets(filenames=["a.png", "c.png"])
    await campaign.launch(assets=assets, workers=[bob], wait=True)
    found = {one.filename: one.user_id for one in await campaign.list_assignments()}
    assert found == {"a.png": bob.id, "c.png": bob.id}
    for arguments in ({"assets": []}, {"workers": []}):
        with pytest.raises(InvalidArgumentError):
            await campaign.launch(**arguments)
    me = await dataset.find_worker(any_org.username)
    with pytest.raises(BadRequestError, match="no assignees"):
        await campaign.launch(workers=[me])


async def test_a_campaign_without_steps_is_not_launched(campaign):
    with pytest.raises(ConflictError, match="no step"):
        await campaign.launch()


STARTED = {"campaign": OLD[0], "job": {"id": str(uuid4()), "status": "PENDING"}}


async def test_launch_on_a_platform_of_the_older_generation(scripted, says):
    def play(request):
        if request.path.endswith("/sync"):
            return says({}, status=404)
        return says(STARTED if request.method == "POST" else OLD[0])

    client, transport = scripted(play, strict=True)
    campaign = await client.get_campaign_by_id(OLD[0]["id"])
    assert (await campaign.launch()).id == STARTED["job"]["id"]
    assert transport.requests[-1].path.endswith("/assignments/bulk/job")


async def test_launch_for_some_on_a_platform_of_the_newer_generation(scripted, says):
    def play(request):
        return says(OLD[0]) if request.method == "GET" else says({}, status=404)

    client, transport = scripted(play, strict=True)
    campaign = await client.get_campaign_by_id(OLD[0]["id"])
    with pytest.raises(NotSupportedError, match="all assets"):
        await campaign.launch(workers=[uuid4()])
    assert not any(request.path.endswith("/sync") for request in transport.requests)


async def test_a_name_where_the_platform_tells_none(scripted, says):
    known = {"id": OLD[0]["id"], "dataset_version_id": VERSION["id"]}
    client, _ = scripted(lambda _request: says(known), strict=True)
    campaign = await client.get_campaign_by_id(OLD[0]["id"])
    assert campaign.name == f"Campaign {campaign.id}"
    assert (campaign.is_closed, campaign.auto_add_new_assets) == (None, None)


async def test_a_lost_answer_makes_no_second_campaign_and_no_second_step(proxied, proxy):
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    for part in ("/campaigns", "/steps", "/sync"):
        proxy.loses_answer("POST", part)
    campaign = await version.create_campaign("c")
    await campaign.add_step("draw", "ANNOTATION")
    await campaign.launch(wait=True)
    assert [step.name for step in await campaign.list_steps()] == ["draw"]
    assert [proxy.count("POST", part) for part in ("/campaigns", "/steps", "/sync")] == [6, 2, 2]


async def test_without_keys_a_lost_campaign_is_an_unknown_outcome(strict_proxied, strict_proxy):
    version = await (await strict_proxied.create_dataset("birds")).create_version("v1")
    strict_proxy.loses_answer("POST", "/campaigns")
    with pytest.raises(OutcomeUnknownError):
        await version.create_campaign("c")
    assert (await version.get_campaign()).name == "c"
