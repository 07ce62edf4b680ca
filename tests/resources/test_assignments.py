"""Assignments of a campaign, as their users list, give and work on them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.enums import AssignmentStatus
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    InvalidArgumentError,
    InvalidQueryError,
    NotFoundError,
    NotSupportedError,
)

NAMES = ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"]


@pytest.fixture
async def any_version(any_client):
    return await (await any_client.create_dataset("birds")).create_version("v1")


async def begin(org, version, fill, *, names=NAMES, **columns):
    """A launched campaign of two steps."""
    campaign = await version.create_campaign("c")
    for name, kind in (("draw", "ANNOTATION"), ("check", "REVIEW")):
        await campaign.add_step(name, kind)
    await fill(org, version, names, **columns)
    await campaign.launch(wait=True)
    return campaign


@pytest.fixture
async def campaign(any_org, any_version, fill):
    return await begin(any_org, any_version, fill)


@pytest.fixture
async def own(org, version, fill):
    """A launched campaign on our platform."""
    return await begin(org, version, fill)


def names(assignments):
    return [one.filename for one in assignments]


async def test_what_an_assignment_says(any_version, campaign):
    draw = (await campaign.list_steps())[0]
    by_name = {asset.filename: asset for asset in await any_version.list_assets()}
    found = await campaign.list_assignments()
    assert names(found) == NAMES[::-1]
    for one in found:
        asset = by_name[one.filename]
        assert (one.asset_id, one.data_id, one.object_name) == (asset.id, asset.data_id, asset.object_name)
        assert (one.step_id, one.user_id, one.status) == (draw.id, None, AssignmentStatus.TO_DO)
        assert one.campaign_id == campaign.id
        assert one.url.startswith("http")
        again = await one.get_asset()
        assert (again, again.dataset_version_id) == (asset, any_version.id)
    assert repr(found[0]) == f"<Assignment 'f.png TO_DO' {found[0].id}>"


async def test_filters_of_assignments(any_client, any_org, any_version, fill, add_worker):
    campaign = await begin(any_org, any_version, fill, width=lambda name: ord(name[0]))
    draw, check = await campaign.list_steps()
    ada = await add_worker(any_org, await any_client.get_dataset("birds"))
    await campaign.reassign(await campaign.list_assignments(limit=2), ada)
    assert names(await campaign.list_assignments(user=ada)) == ["f.png", "e.png"]
    assert names(await campaign.list_assignments(user=ada.id, query="width > 101")) == ["f.png"]
    assert names(await campaign.list_assignments(user="unassigned", limit=2)) == ["d.png", "c.png"]
    assert names(await campaign.list_assignments(step_id=draw.id, offset=4)) == ["b.png", "a.png"]
    for nothing in (
        {"step_id": check.id},
        {"step_id": uuid4()},
        {"status": "done"},
        {"user": uuid4()},
        {"query": 'filename = "z"'},
        {"custom_metadata": {"camera": 1}},
        {"limit": 0},
    ):
        assert await campaign.list_assignments(**nothing) == []
    for wrong in (
        {"status": "x"},
        {"step_id": "x"},
        {"user": "me"},
        {"custom_metadata": 3},
        {"page_size": 0},
    ):
        with pytest.raises(InvalidArgumentError):
            await campaign.list_assignments(**wrong)
    with pytest.raises(InvalidQueryError) as caught:
        await campaign.list_assignments(query="width >")
    assert caught.value.position == 7


async def test_custom_metadata_of_the_data(any_org, any_version, fill):
    campaign = await begin(
        any_org, any_version, fill, custom_metadata=lambda name: f'{{"camera": {ord(name[0]) % 2}}}'
    )
    assert names(await campaign.list_assignments(custom_metadata={"camera": 1})) == [
        "e.png",
        "c.png",
        "a.png",
    ]


async def test_pages_of_assignments(any_org, any_version, fill):
    wanted = [f"{number:02}.png" for number in range(23)]
    campaign = await begin(any_org, any_version, fill, names=wanted)
    assert names(await campaign.list_assignments(page_size=5)) == wanted[::-1]
    seen = [one.filename async for one in campaign.iter_assignments(page_size=4, offset=2, status="to_do")]
    assert seen == wanted[::-1][2:]


async def test_reassigning(any_client, any_org, campaign, add_worker):
    dataset = await any_client.get_dataset("birds")
    ada = await add_worker(any_org, dataset)
    found = await campaign.list_assignments()
    assert set(await campaign.reassign(found[:3], ada)) == {one.id for one in found[:3]}
    assert found[0].user_id is None  # objects show what was read
    await found[0].refresh()
    assert found[0].user_id == ada.id
    await found[5].reassign(ada.id)
    assert found[5].user_id == ada.id
    await found[5].reassign(None)
    assert found[5].user_id is None
    assert len(await campaign.reassign(found)) == 6
    assert await campaign.list_assignments(user=ada) == []
    assert await campaign.reassign([]) == []
    with pytest.raises(BadRequestError, match="no members"):
        await campaign.reassign(found, uuid4())
    with pytest.raises(InvalidArgumentError):
        await campaign.reassign(found, "ada")


CAMPAIGN = {"id": str(uuid4()), "dataset_version_id": str(uuid4())}
ONE = {
    "id": str(uuid4()), "asset_id": str(uuid4()), "step_id": str(uuid4()), "status": "TO_DO",
    "data": {"id": str(uuid4()), "filename": "a.png", "object_name": "a", "presigned_url": None},
}  # fmt: skip


@pytest.fixture
async def foreign(scripted, says):
    """A function that gives a campaign of another platform, whose further answers are a script."""

    async def make(play):
        def answer(request):
            if request.path.endswith("/assignments"):
                return says({"items": [ONE], "count": 1})
            return says(CAMPAIGN) if request.path.endswith(CAMPAIGN["id"]) else play(request)

        client, _ = scripted(answer, strict=True)
        return await client.get_campaign_by_id(CAMPAIGN["id"])

    return make


async def test_a_platform_that_does_not_tell_what_was_reassigned(foreign, says):
    campaign = await foreign(lambda _request: says({}))
    assert await campaign.reassign(await campaign.list_assignments()) == [ONE["id"]]


async def test_downloading_the_file_of_an_assignment(any_client, any_version, images, tmp_path):
    lake = await any_client.get_datalake()
    await any_version.add_data(await lake.upload_data(images[:1]), wait=True)
    campaign = await any_version.create_campaign("c")
    await campaign.add_step("draw", "ANNOTATION")
    await campaign.launch(wait=True)
    (assignment,) = await campaign.list_assignments()
    await assignment.download(tmp_path / "out")
    assert (tmp_path / "out" / images[0].name).read_bytes() == images[0].read_bytes()
    await assignment.download(tmp_path / "out", use_id=True)
    assert (tmp_path / "out" / f"{assignment.asset_id}.jpg").exists()
    assert await assignment.read() == images[0].read_bytes()


async def test_an_assignment_is_known_by_the_path_that_begins_twice(foreign, says):
    def play(request):
        twice = request.path.startswith("/api//api/")
        return says(ONE | {"status": "SKIPPED"}) if twice else says({}, status=404)

    (assignment,) = await (await foreign(play)).list_assignments()
    await assignment.refresh()
    assert assignment.status is AssignmentStatus.SKIPPED


async def test_work_passes_the_steps(own):
    draw, check = await own.list_steps()
    assignment = (await own.list_assignments())[0]
    await assignment.submit()
    assert (assignment.step_id, assignment.status) == (check.id, AssignmentStatus.TO_DO)
    await assignment.rework()
    assert (assignment.step_id, assignment.status) == (draw.id, AssignmentStatus.TO_REWORK)
    await assignment.skip()
    assert (assignment.step_id, assignment.status) == (draw.id, AssignmentStatus.SKIPPED)
    await assignment.submit()
    await assignment.submit()
    assert (assignment.step_id, assignment.status) == (check.id, AssignmentStatus.DONE)
    with pytest.raises(ConflictError, match="left as it is"):
        await assignment.submit()
    await assignment.rework(draw.id)
    assert (assignment.step_id, assignment.status) == (draw.id, AssignmentStatus.TO_REWORK)
    with pytest.raises(ConflictError):
        await assignment.rework(check.id)
    with pytest.raises(BadRequestError, match="no step"):
        await assignment.rework(uuid4())


async def test_work_is_submitted_once(own):
    """What was read before somebody else submitted it does not jump over a step."""
    mine, theirs = [(await own.list_assignments())[0] for _ in range(2)]
    await theirs.submit()
    with pytest.raises(ConflictError, match="moved on"):
        await mine.submit()
    await mine.refresh()
    assert (mine.step_id, mine.status) == (theirs.step_id, AssignmentStatus.TO_DO)


async def test_work_on_many_assignments(own):
    _, check = await own.list_steps()
    found = await own.list_assignments()
    await found[0].submit()
    assert set(await own.submit(found)) == {one.id for one in found}
    assert await own.submit(found) == []
    now = await own.list_assignments()
    assert [one.status.value for one in now] == ["DONE", *["TO_DO"] * 5]
    assert await own.skip(now) == [one.id for one in now[1:]]
    assert await own.skip(now) == []
    assert set(await own.rework(now)) == {one.id for one in now}
    assert {one.status.value for one in await own.list_assignments()} == {"TO_REWORK"}
    assert await own.submit([]) == await own.skip([]) == await own.rework([]) == []
    assert await own.list_assignments(step_id=check.id) == []


async def test_many_go_in_several_requests(org, connect, settings, own):
    small = await connect(org, settings=settings(bulk_ids_per_request=4))
    campaign = await small.get_campaign_by_id(own.id)
    found = await campaign.list_assignments()
    assert await campaign.reassign(found) == [one.id for one in found]
    assert await campaign.submit(found) == [one.id for one in found]


async def test_issues(own, client, org, add_worker):
    draw, check = await own.list_steps()
    dataset = await client.get_dataset("birds")
    ada, me = await add_worker(org, dataset), await dataset.find_worker(org.username)
    found = await own.list_assignments()
    await own.reassign(found[:3], ada)
    await own.submit(await own.list_assignments())
    assert await own.get_campaign_issue_counts() == []
    await own.rework(await own.list_assignments())
    await own.submit(await own.list_assignments(user=ada, limit=1))
    counted = {one.user_id: (one.opened, one.closed) for one in await own.get_campaign_issue_counts()}
    assert counted == {ada.id: (2, 1), me.id: (3, 0)}
    (only,) = await own.get_campaign_issue_counts([ada], [draw, check.id])
    assert (only.user_id, only.opened, only.closed) == (ada.id, 2, 1)
    (none,) = await own.get_campaign_issue_counts(users=ada, steps=[check])
    assert (none.user_id, none.opened, none.closed) == (ada.id, 0, 0)
    assert await own.get_campaign_issue_counts(users=[]) == []
    assert await own.get_campaign_issue_counts(steps=[]) == []


async def test_platforms_without_our_addition(strict_client, strict_org, fill):
    version = await (await strict_client.create_dataset("birds")).create_version("v1")
    campaign = await begin(strict_org, version, fill, names=["a.png"])
    (assignment,) = await campaign.list_assignments()
    for work in (
        assignment.submit,
        assignment.skip,
        assignment.rework,
        lambda: campaign.submit([assignment]),
    ):
        with pytest.raises(NotSupportedError, match="assignment-moves"):
            await work()
    await assignment.refresh()
    assert assignment.status is AssignmentStatus.TO_DO
    assert await campaign.get_campaign_issue_counts() == []


async def test_an_assignment_goes_with_its_asset(any_version, campaign):
    assignment = (await campaign.list_assignments())[0]
    await (await any_version.find_asset(filename=assignment.filename)).delete()
    with pytest.raises(NotFoundError):
        await assignment.refresh()
    assert len(await campaign.list_assignments()) == 5


async def test_a_lost_answer_submits_once(proxied, proxy, org, fill):
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    campaign = await begin(org, version, fill, names=["a.png"])
    (assignment,) = await campaign.list_assignments()
    proxy.loses_answer("POST", "/move")
    await assignment.submit()
    assert assignment.step_id == (await campaign.list_steps())[1].id
    assert proxy.count("POST", "/move") == 2
