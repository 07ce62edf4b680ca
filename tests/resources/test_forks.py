"""Forking versions and copying assets between them, on our platform and on one without our additions."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from sqlalchemy import update

from asyncsdk.enums import InferenceType, JobStatus
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    DeadlineError,
    InvalidArgumentError,
    JobFailedError,
    LockedError,
    NotFoundError,
    OutcomeUnknownError,
)
from asyncsdk.resources import forking
from asyncsdk.server.services import fork_steps
from asyncsdk.server.store.schema import dataset_version
from asyncsdk.server.store.statements import statement

NAMES = [f"{number}.png" for number in range(7)]


@pytest.fixture
async def make_source(fill, annotate):
    """A function that makes a version of seven assets: `await make_source(org, client)`."""

    async def make(org, client):
        version = await (await client.create_dataset("birds")).create_version("v1", type="mask")
        for part in (NAMES[:3], NAMES[3:]):
            await fill(org, version, part)
        assets = (await version.list_assets())[::-1]
        await assets[::2].add_tags(await version.create_asset_tag("even"))
        label = await version.create_label("car")
        await version.create_label("bus")
        box = {"x": 1, "y": 2, "w": 3, "h": 4, "label_id": label.id}
        await annotate(version, {asset.id: {"rectangles": [box] * 2} for asset in assets[1:]})
        return version

    return make


@pytest.fixture
async def source(any_org, any_client, make_source):
    """The version on either platform."""
    return await make_source(any_org, any_client)


@pytest.fixture
async def ours(org, client, make_source):
    """The version on our platform."""
    return await make_source(org, client)


@pytest.fixture
async def proxied_source(org, proxied, make_source):
    return await make_source(org, proxied)


@pytest.fixture
async def few_at_once(strict_org, strict_proxy, connect, settings, make_source):
    """The version on a platform that takes three ids in one request."""
    limits = settings(bulk_ids_per_request=3)
    return await make_source(strict_org, await connect(strict_org, host=strict_proxy.origin, settings=limits))


async def names_of(version):
    """Names of the assets, oldest first."""
    return [asset.filename for asset in await version.list_assets()][::-1]


async def boxes_of(version):
    """Asset name to the labels of its boxes."""
    names = {asset.id: asset.filename for asset in await version.list_assets()}
    loaded = await version.load_annotations()
    return {names[asset]: [box["label"] for box in found[0]["rectangles"]] for asset, found in loaded.items()}


async def tags_of(version):
    return {
        asset.filename: [tag.name for tag in await asset.get_tags()] for asset in await version.list_assets()
    }


def failing(monkeypatch, error="out of paper"):
    """Let every fork fail on the platform."""

    def copy_batch(*_):
        raise BadRequestError(error, status=400)
        yield

    monkeypatch.setattr(fork_steps, "copy_batch", copy_batch)


# Fork


@pytest.mark.seed("fork", "version", "description", "assets", "type", "return")
async def test_a_fork_has_all_assets_in_their_order_and_nothing_else(source, any_client):
    fork = await source.fork("second")
    assert type(fork) is type(source)
    assert (fork.version, fork.name, fork.origin_id) == ("second", "birds", source.origin_id)
    assert fork.type is InferenceType.NOT_CONFIGURED
    assert fork._record.description == "Forked from version 'v1'"
    assert await names_of(fork) == NAMES
    assert not set((await fork.list_assets()).ids) & set((await source.list_assets()).ids)
    assert set(map(tuple, (await tags_of(fork)).values())) == {()}
    assert await fork.list_labels() == []
    assert await fork.load_annotations() == {}
    found = await (await any_client.get_dataset("birds")).get_version("second")
    assert found == fork
    await fork.update(description="it can be changed")


@pytest.mark.seed("fork", "description", "type")
@pytest.mark.parametrize("kind", ["Object_Detection", InferenceType.OBJECT_DETECTION])
async def test_description_and_type(source, kind):
    fork = await source.fork("second", "the best", None, kind)
    assert (fork._record.description, fork.type) == ("the best", InferenceType.OBJECT_DETECTION)
    assert (await source.fork("third", ""))._record.description == ""


@pytest.mark.seed("fork", "with_tags")
async def test_with_tags(source):
    fork = await source.fork("second", with_tags=True)
    assert (
        await tags_of(fork) == await tags_of(source) == {n: [] if int(n[0]) % 2 else ["even"] for n in NAMES}
    )
    (old,), (new,) = await source.list_asset_tags(), await fork.list_asset_tags()
    assert (old.name, old.id != new.id) == (new.name, True)
    assert await fork.list_labels() == []


@pytest.mark.seed("fork", "with_labels")
async def test_with_labels(source):
    fork = await source.fork("second", with_labels=True)
    old, new = await source.list_labels(), await fork.list_labels()
    assert [label.name for label in new] == [label.name for label in old] == ["car", "bus"]
    assert not {label.id for label in new} & {label.id for label in old}
    assert await fork.load_annotations() == {}


@pytest.mark.seed("fork", "with_annotations")
async def test_with_annotations_and_their_labels(source):
    fork = await source.fork("second", with_annotations=True)
    wanted = {name: ["car", "car"] for name in NAMES[1:]}
    assert await boxes_of(fork) == await boxes_of(source) == wanted
    assert [label.name for label in await fork.list_labels()] == ["car", "bus"]
    assert set(map(tuple, (await tags_of(fork)).values())) == {()}


@pytest.mark.seed("fork", "assets")
async def test_chosen_assets_in_every_form(source):
    assets = await source.list_assets()
    chosen = assets[1:4]
    forms = {
        "multi": (chosen, NAMES[3:6]),
        "list": ([chosen[2], chosen[0], chosen[2]], [NAMES[3], NAMES[5]]),
        "one": (assets[-1], NAMES[:1]),
        "empty list": ([], []),
        "empty multi": (assets[:0], []),
        "all": (assets, NAMES),
    }
    for form, (given, wanted) in forms.items():
        fork = await source.fork(form, assets=given, with_annotations=True)
        assert await names_of(fork) == wanted, form
        assert set(await boxes_of(fork)) == set(wanted) - {NAMES[0]}
        assert len(await fork.list_labels()) == 2


async def test_what_cannot_be_forked_is_refused_before_any_request(proxied_source, proxied, proxy):
    other = await proxied_source.fork("other")
    asset, assets = (await other.list_assets())[0], await other.list_assets()
    own = (await proxied_source.list_assets())[0]
    before = len(proxy.passed)
    for start in (proxied_source.fork, proxied_source.start_fork):
        for given in (asset, [own, asset], assets, [own.id], "all", [None]):
            with pytest.raises(InvalidArgumentError, match="assets"):
                await start("second", assets=given)
        for name in ("", "  ", None):
            with pytest.raises(InvalidArgumentError, match="version"):
                await start(name)
        with pytest.raises(InvalidArgumentError, match="PICTURE"):
            await start("second", type="PICTURE")
    for given in ([asset], "x"):
        with pytest.raises(InvalidArgumentError, match="assets"):
            await proxied_source.copy_assets_to(other, given)
    with pytest.raises(InvalidArgumentError, match="another version"):
        await proxied_source.copy_assets_to(proxied_source)
    assert len(proxy.passed) == before
    elsewhere = await (await proxied.create_dataset("fish")).create_version("v1")
    before = len(proxy.passed)
    with pytest.raises(InvalidArgumentError, match="another dataset"):
        await proxied_source.copy_assets_to(elsewhere)
    assert len(proxy.passed) == before


async def test_what_the_platform_refuses(source):
    with pytest.raises(ConflictError, match="'v1'"):
        await source.fork("v1")
    gone = await source.list_assets(filenames=[NAMES[2]])
    await gone[0].delete()
    with pytest.raises(BadRequestError, match="asset_ids"):
        await source.fork("second", assets=gone)
    await source.delete()
    with pytest.raises(NotFoundError):
        await source.fork("second")


async def test_a_version_that_is_being_filled_cannot_be_forked(ours, org):
    fork = await ours.fork("second")
    filling = update(dataset_version).where(dataset_version.c.id == fork.id).values(filling=True)
    org.platform.write(iter_of(filling))
    with pytest.raises(LockedError, match="still fills it"):
        await fork.fork("third")
    with pytest.raises(LockedError, match="filled"):
        await ours.copy_assets_to(fork)


def iter_of(clause):
    yield statement(clause)


async def test_start_fork_gives_version_and_job_at_once(source):
    fork, job = await source.start_fork("second", "d", with_tags=True, with_annotations=True)
    assert job.status is JobStatus.RUNNING
    assert (fork.version, fork._record.description) == ("second", "d")
    await job.wait()
    assert (job.progress, await names_of(fork)) == (1.0, NAMES)
    assert await boxes_of(fork) == await boxes_of(source)
    assert await tags_of(fork) == await tags_of(source)


async def test_a_fork_that_fails_raises_with_the_jobs_own_error_and_leaves_nothing(source, monkeypatch):
    failing(monkeypatch)
    with pytest.raises(JobFailedError, match="out of paper") as caught:
        await source.fork("second", with_annotations=True)
    monkeypatch.undo()
    job = await source._connection.call(forking.routes.GET_JOB, forking.JobRecord, job=caught.value.job_id)
    assert (job.status, job.error) == ("FAILED", "out of paper")
    assert await names_of(await source.fork("second")) == NAMES


async def test_a_fork_that_takes_too_long_goes_on(proxied_source, proxied, proxy):
    running = orjson.dumps({"id": "0", "status": "RUNNING"})
    proxy.answers("GET", "/api/job/", body=running)
    with pytest.raises(DeadlineError, match="still RUNNING"):
        await proxied_source.fork("second", timeout_s=0.05)
    fork = await (await proxied.get_dataset("birds")).get_version("second")
    async with asyncio.timeout(20):
        while len(await fork.list_assets()) < 7:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_our_platform_takes_any_number_of_ids_at_once(org, connect, settings, make_proxy, make_source):
    proxy = await make_proxy(org)
    client = await connect(org, host=proxy.origin, settings=settings(bulk_ids_per_request=3))
    source = await make_source(org, client)
    fork = await source.fork("second", assets=(await source.list_assets())[:5])
    assert await names_of(fork) == NAMES[2:]
    assert proxy.count("POST", "/fork") == 1
    await source.copy_assets_to(fork, wait=True)
    (sent,) = proxy.of("POST", "/assets/copy")
    assert "asset_ids" not in orjson.loads(sent.body)
    assert sorted(await names_of(fork)) == NAMES


async def test_a_lost_answer_makes_no_second_fork(proxied_source, proxy):
    proxy.loses_answer("POST", "/fork")
    fork = await proxied_source.fork("second")
    assert await names_of(fork) == NAMES
    assert proxy.count("POST", "/fork") == 2
    assert await versions_of(proxied_source) == ["second", "v1"]


async def test_a_lost_answer_of_a_strict_platform_is_told(few_at_once, strict_proxy):
    strict_proxy.loses_answer("POST", "/fork")
    with pytest.raises(OutcomeUnknownError):
        await few_at_once.fork("second")
    assert strict_proxy.count("POST", "/fork") == 1


# More assets than fit into a request of the protocol


async def test_many_assets_are_copied_into_an_empty_fork(few_at_once, strict_proxy):
    assets = await few_at_once.list_assets()
    fork = await few_at_once.fork("second", assets=assets[:5], with_tags=True, with_annotations=True)
    assert await names_of(fork) == NAMES[2:]
    assert await boxes_of(fork) == {name: ["car", "car"] for name in NAMES[2:]}
    assert [tag.name for tag in await fork.list_asset_tags()] == ["even"]
    assert (await tags_of(fork))["4.png"] == ["even"]
    (sent,) = [orjson.loads(passed.body) for passed in strict_proxy.of("POST", "/fork")]
    assert (sent["asset_ids"], sent["with_labels"], sent["with_annotations"]) == ([], True, True)
    copies = [orjson.loads(passed.body) for passed in strict_proxy.of("POST", "/assets/copy")]
    ids = assets[:5].ids[::-1]
    assert [copy["asset_ids"] for copy in copies] == [ids[:3], ids[3:]]
    assert {copy["destination_id"] for copy in copies} == {fork.id}
    fork, job = await few_at_once.start_fork("third", assets=assets[:4])
    await job.wait()
    assert await names_of(fork) == NAMES[3:]


async def versions_of(version):
    found = await version._connection.call(forking.routes.LIST_VERSIONS, dict, dataset=version.origin_id)
    return [each["version"] for each in found["items"]]


async def test_a_copy_that_is_refused_leaves_no_half_fork(few_at_once, strict_proxy):
    assets = await few_at_once.list_assets()
    for start in (few_at_once.fork, few_at_once.start_fork):
        strict_proxy.answers("POST", "/assets/copy", times=1, status=400, body=b'{"message":"no"}')
        with pytest.raises(BadRequestError):
            await start("second", assets=assets)
        assert await versions_of(few_at_once) == ["v1"]


async def test_a_copy_whose_job_fails_leaves_no_half_fork(few_at_once, monkeypatch):
    def refuse(*_):
        raise BadRequestError("out of paper", status=400)
        yield

    monkeypatch.setattr("asyncsdk.server.services.copying_step.copy_batch", refuse)
    assets = await few_at_once.list_assets()
    with pytest.raises(JobFailedError, match="out of paper"):
        await few_at_once.fork("second", assets=assets)
    assert await versions_of(few_at_once) == ["v1"]


async def test_a_half_fork_that_cannot_be_deleted_is_told(few_at_once, strict_proxy):
    strict_proxy.answers("POST", "/assets/copy", status=400, body=b'{"message":"no"}')
    strict_proxy.answers("DELETE", "/api/dataset/version/", status=423, body=b'{"message":"locked"}')
    with pytest.raises(BadRequestError) as caught:
        await few_at_once.fork("second", assets=await few_at_once.list_assets())
    (note,) = caught.value.__notes__
    assert "is still there: " in note
    assert "locked" in note


@pytest.mark.async_only("cancels a task: a thread that waits cannot be cancelled")
async def test_a_cancelled_fork_leaves_no_half_fork(few_at_once, strict_proxy, eventually):
    assets = await few_at_once.list_assets()
    stuck = asyncio.Event()

    async def hold(_):
        await stuck.wait()

    strict_proxy.on("POST", "/assets/copy", hold)
    task = asyncio.create_task(few_at_once.fork("second", assets=assets))
    await eventually(lambda: strict_proxy.count("POST", "/assets/copy"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    stuck.set()
    assert await versions_of(few_at_once) == ["v1"]


# Copies


async def test_copies_bring_what_is_asked_for(source):
    assets = await source.list_assets()
    target = await source.fork("second", assets=assets[-1])
    job = await source.copy_assets_to(target, assets[2:4], with_tags=True, with_annotations=True)
    await job.wait()
    assert await names_of(target) == [NAMES[0], *NAMES[3:5]]
    assert await boxes_of(target) == {name: ["car", "car"] for name in NAMES[3:5]}
    assert [label.name for label in await target.list_labels()] == ["car"]
    assert (await tags_of(target))["4.png"] == ["even"]
    one = await source.copy_assets_to(target, assets[0], wait=True)
    assert one.status is JobStatus.SUCCESS
    assert (await tags_of(target))["6.png"] == []


async def test_copies_of_all_assets_and_of_none(source):
    target = await source.fork("second", assets=[])
    none = await source.copy_assets_to(target, [], wait=True)
    assert (none.status, await names_of(target)) == (JobStatus.SUCCESS, [])
    await source.copy_assets_to(target, wait=True)
    assert await names_of(target) == NAMES
    await source.copy_assets_to(target, wait=True)
    assert await names_of(target) == NAMES


async def test_all_assets_go_in_several_requests_where_they_must(few_at_once, strict_proxy):
    target = await few_at_once.fork("second", assets=[])
    job = await few_at_once.copy_assets_to(target, with_annotations=True, wait=True)
    assert job.progress == 1.0
    assert await names_of(target) == NAMES
    assert strict_proxy.count("POST", "/assets/copy") == 3


async def test_copies_that_the_platform_refuses(source):
    target = await source.fork("second", assets=[], with_labels=True)
    await target.lock()
    with pytest.raises(LockedError):
        await source.copy_assets_to(target)
    await target.unlock()
    await target.delete()
    with pytest.raises(NotFoundError):
        await source.copy_assets_to(target)


async def test_a_copy_that_fails_raises_when_it_is_waited_for(ours, monkeypatch):
    target = await ours.fork("second", assets=[])

    def refuse(*_):
        raise BadRequestError("out of paper", status=400)
        yield

    monkeypatch.setattr("asyncsdk.server.services.copying_step.copy_batch", refuse)
    with pytest.raises(JobFailedError, match="out of paper"):
        await ours.copy_assets_to(target, wait=True)


async def test_copies_enter_the_campaign_of_their_version(any_client, source):
    dataset = await any_client.get_dataset("birds")
    target = await dataset.create_version("v2", type="mask")
    campaign = await target.create_campaign("first", auto_add_new_assets=True)
    await campaign.add_step("draw", "ANNOTATION")
    await source.copy_assets_to(target, wait=True, with_annotations=True)
    assignments = await campaign.list_assignments()
    assert {one.asset_id for one in assignments} == {asset.id for asset in await target.list_assets()}
    assert len(assignments) == len(NAMES)


async def test_a_fork_differs_in_nothing(source):
    fork = await source.fork("v2", with_tags=True, with_annotations=True)
    assert (await source.diff(fork)).is_empty
