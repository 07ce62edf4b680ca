"""Annotations: their life on an asset, listing, deleting, workers, statistics."""

from __future__ import annotations

import math
from types import SimpleNamespace

import orjson
import pytest

import asyncsdk
from asyncsdk import Annotation, AnnotationStats, AnnotationStatus, MultiAnnotation
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    InvalidArgumentError,
    LockedError,
    NoDataError,
    NotFoundError,
    NotSupportedError,
    OutcomeUnknownError,
)

BOX = {"x": 1, "y": 2, "w": 3, "h": 4}


@pytest.fixture
async def dataset(any_client):
    return await any_client.create_dataset("birds")


@pytest.fixture
async def version(dataset, any_org, fill):
    version = await dataset.create_version("v1")
    await fill(any_org, version, ["a.png", "b.png", "c.png"])
    return version


@pytest.fixture
async def assets(version):
    return await version.list_assets(order_by=["filename"])


@pytest.fixture
async def car(version):
    return await version.create_label("car")


@pytest.fixture
async def worker(any_org, dataset, add_worker):
    """A worker who is not the user."""
    return await add_worker(any_org, dataset)


async def test_the_life_of_an_annotation(version, assets, dataset, any_org):
    asset = assets[0]
    with pytest.raises(NotFoundError):
        await asset.get_annotation()
    assert list(await asset.list_annotations()) == []
    made = await asset.create_annotation(duration=2)
    me = await dataset.find_worker(any_org.username)
    assert isinstance(made, Annotation)
    assert (made.asset_id, made.dataset_version_id, made.worker_id) == (asset.id, version.id, me.id)
    assert (made.duration, made.status, made.attributes) == (2.0, AnnotationStatus.PENDING, None)
    assert made.created_at is not None
    assert repr(made) == f"<Annotation 'PENDING' {made.id}>"
    with pytest.raises(ConflictError):
        await asset.create_annotation()
    assert await asset.get_annotation() == made
    assert await made.update(status="accepted", attributes={"weather": "fog"}) is None
    assert (made.duration, made.status, made.attributes) == (2.0, "ACCEPTED", {"weather": "fog"})
    assert (made.asset_id, made.worker_id) == (asset.id, me.id)
    again = (await asset.list_annotations())[0]
    await again.refresh()
    assert (again, again.status, again.asset_id) == (made, made.status, asset.id)
    assert await made.delete() is None
    with pytest.raises(NotFoundError):
        await again.refresh()


async def test_l15_a_duration_of_zero_is_one(assets):
    made = await assets[0].create_annotation(duration=7.5)
    await made.update(duration=0)
    assert made.duration == 0.0
    await made.refresh()
    assert made.duration == 0.0


async def test_status_and_attributes_can_be_given_at_creation(assets, version):
    made = await assets[0].create_annotation(status="Refused", attributes={"a": 1})
    assert (made.status, made.attributes, made.asset_id) == ("REFUSED", {"a": 1}, assets[0].id)
    await version.set_attributes({"a": {"input_type": "INTEGER", "required": False}})
    with pytest.raises(BadRequestError):
        await assets[1].create_annotation(attributes={"a": "text"})
    assert list(await assets[1].list_annotations()) == [], "the annotation was taken back"


@pytest.mark.parametrize("wrong", [-1, math.nan, math.inf, "3", True])
async def test_durations_that_are_none_are_not_sent(assets, wrong):
    made = await assets[0].create_annotation()
    with pytest.raises(InvalidArgumentError, match="duration must be a number of seconds"):
        await made.update(duration=wrong)
    with pytest.raises(InvalidArgumentError, match="duration"):
        await assets[1].create_annotation(duration=wrong)


async def test_statuses_and_workers_that_are_none_are_not_sent(version, assets):
    made = await assets[0].create_annotation()
    with pytest.raises(InvalidArgumentError, match="choose one of PENDING, SKIPPED, ACCEPTED, REFUSED"):
        await made.update(status="done")
    with pytest.raises(InvalidArgumentError, match="'ada' is not a Worker"):
        await version.list_annotations(worker="ada")
    with pytest.raises(InvalidArgumentError, match="is not a Worker"):
        await version.delete_all_annotations(workers=[None])
    assert len(await version.list_annotations()) == 1


@pytest.mark.seed("list_annotations", "worker")
async def test_annotations_of_other_workers(version, assets, worker, dataset, any_org):
    mine = await assets[0].create_annotation()
    theirs = await assets[0].create_annotation(worker=worker)
    assert theirs.worker_id == worker.id
    assert list(await assets[0].list_annotations()) == [theirs, mine]
    assert await assets[0].get_annotation() == theirs
    me = await dataset.find_worker(any_org.username)
    assert await assets[0].get_annotation(worker=me) == mine
    with pytest.raises(NotFoundError, match=worker.id):
        await assets[1].get_annotation(worker=worker)
    assert list(await version.list_annotations(worker=worker)) == [theirs]
    with pytest.raises(ConflictError):
        await mine.update(worker=worker)
    other = await assets[1].create_annotation()
    await other.update(worker=worker)
    assert other.worker_id == worker.id


@pytest.mark.seed("list_annotations", "status", "limit", "offset", "order_by", "return", "NoDataError")
async def test_listing(version, assets, worker):
    with pytest.raises(NoDataError):
        await version.list_annotations()
    made = [await asset.create_annotation(duration=2 * n) for n, asset in enumerate(assets)]
    await made[1].update(status="accepted")
    found = await version.list_annotations(page_size=1)
    assert isinstance(found, MultiAnnotation)
    assert list(found) == made[::-1]
    assert found.ids == [one.id for one in made[::-1]]
    assert [one.asset_id for one in found] == [asset.id for asset in assets][::-1]
    assert (found.dataset_version_id, found[0].dataset_version_id) == (version.id, version.id)
    assert isinstance(found[1:], MultiAnnotation)
    assert list(await version.list_annotations(status="accepted")) == [made[1]]
    assert list(await version.list_annotations(status=AnnotationStatus.ACCEPTED)) == [made[1]]
    assert list(await version.list_annotations(limit=1, offset=1)) == [made[1]]
    assert list(await version.list_annotations(order_by=["duration"], page_size=2)) == made
    with pytest.raises(NoDataError):
        await version.list_annotations(worker=worker)
    with pytest.raises(BadRequestError, match="order_by"):
        await version.list_annotations(order_by=["colour"])


async def test_iterating(version, assets):
    assert [one async for one in version.iter_annotations()] == []
    made = [await asset.create_annotation() for asset in assets]
    assert [one async for one in version.iter_annotations(page_size=1)] == made[::-1]
    async with version.iter_annotations(limit=2, offset=1) as walk:
        page = await walk.next_page()
        assert len(page) == 2
        assert all(isinstance(one, Annotation) for one in page)


async def test_deleting_some(version, assets):
    made = [await asset.create_annotation() for asset in assets]
    found = await version.list_annotations()
    await found[:0].delete()
    assert len(await version.list_annotations()) == 3
    await found[1:].delete()
    assert list(await version.list_annotations()) == [made[2]]
    await found.delete()
    with pytest.raises(NoDataError):
        await version.list_annotations()


@pytest.mark.seed("delete_all_annotations")
async def test_deleting_those_of_assets(version, assets):
    for asset in assets:
        await asset.create_annotation()
    await assets[:0].delete_annotations()
    assert len(await version.list_annotations()) == 3
    await assets[0].delete_annotations()
    assert {one.asset_id for one in await version.list_annotations()} == set(assets.ids[1:])
    await assets[:2].delete_annotations()
    assert {one.asset_id for one in await version.list_annotations()} == set(assets.ids[2:])
    await version.delete_all_annotations()
    with pytest.raises(NoDataError):
        await version.list_annotations()


@pytest.mark.seed("delete_all_annotations", "workers")
async def test_l14_no_worker_is_not_every_worker(version, assets, worker):
    mine = [await asset.create_annotation() for asset in assets]
    theirs = [await asset.create_annotation(worker=worker) for asset in assets]
    for things in (version.delete_all_annotations, assets.delete_annotations, assets[0].delete_annotations):
        await things(workers=[])
    assert len(await version.list_annotations()) == 6
    await assets[0].delete_annotations(workers=worker)
    assert set(await version.list_annotations()) == {*mine, *theirs[1:]}
    await assets[1:2].delete_annotations(workers=[worker])
    assert set(await version.list_annotations()) == {*mine, theirs[2]}
    await version.delete_all_annotations(workers=[worker, worker])
    assert set(await version.list_annotations()) == set(mine)
    await version.delete_all_annotations()
    with pytest.raises(NoDataError):
        await version.list_annotations()


async def test_l14_a_platform_that_may_ignore_workers_is_told_ids(
    strict_org, strict_proxied, strict_proxy, fill, add_worker
):
    dataset = await strict_proxied.create_dataset("birds")
    version = await dataset.create_version("v1")
    await fill(strict_org, version, ["a.png"])
    worker = await add_worker(strict_org, dataset)
    (asset,) = await version.list_assets()
    theirs = await asset.create_annotation(worker=worker)
    mine = await asset.create_annotation()
    await version.delete_all_annotations(workers=[worker])
    (sent,) = strict_proxy.of("DELETE", "/annotations")
    assert orjson.loads(sent.body) == {"asset_ids": ["__all__"], "annotation_ids": [theirs.id]}
    assert list(await version.list_annotations()) == [mine]


def annotation(**changes):
    return {
        "id": "018c59e3-b21b-7006-a82b-047d3931db81",
        "asset_id": "018c59e3-b21b-7006-a82b-047d3931db82",
        "worker_id": "018c59e3-b21b-7006-a82b-047d3931db83",
        "duration": 0,
        "status": "PENDING",
    } | changes


def scripted_version(client):
    record = asyncsdk.records.datasets.DatasetVersionRecord
    return asyncsdk.DatasetVersion(
        client._connection,
        record("018c59e3-b21b-7006-a82b-047d3931db84", "v1", "o", "birds", type="NOT_CONFIGURED"),
    )


def some_worker(client):
    user = asyncsdk.records.users.UserRecord("018c59e3-b21b-7006-a82b-047d3931db89", "ada")
    return asyncsdk.Worker(client._connection, user)


async def test_l14_a_platform_that_ignores_workers_is_found_out(scripted, says):
    def play(request):
        if "/annotations/ids" in request.path:
            return says([annotation()["id"]])
        if request.method == "XGET":
            return says([annotation()])
        if request.method in ("POST", "PATCH") or "/api/annotation/" in request.path:
            return says(annotation())
        return says({"items": [annotation()], "count": 1})

    client, transport = scripted(play, strict=True)
    version, worker = scripted_version(client), some_worker(client)
    with pytest.raises(NotSupportedError, match="ignores workers"):
        await version.list_annotations(worker=worker)
    with pytest.raises(NotSupportedError, match="ignores workers"):
        _ = [one async for one in version.iter_annotations(worker=worker)]
    with pytest.raises(NotSupportedError, match="ignores workers"):
        await version.load_annotations(worker=worker, skip_error=True)
    listed = await version.list_annotations()
    with pytest.raises(NotSupportedError, match="ignores workers"):
        await listed[0].update(worker=worker)
    with pytest.raises(NotSupportedError, match="left the attributes"):
        await listed[0].update(attributes={"a": 1})
    await version.delete_all_annotations(workers=[worker])
    assert not [one for one in transport.requests if one.method == "DELETE"]


async def test_l14_ids_do_not_tell_whose_they_are(scripted, says):
    """Where ids are listed by themselves, it shows in what is loaded."""

    def play(request):
        if request.method == "XGET":
            return says([annotation()])
        return says({"items": [annotation()["id"]], "count": 1})

    client, _ = scripted(play)
    version, worker = scripted_version(client), some_worker(client)
    for skip in (True, False):
        with pytest.raises(NotSupportedError, match="ignores workers"):
            await version.load_annotations(worker=worker, skip_error=skip)


async def test_l14_nothing_to_delete_needs_no_request(scripted, says):
    for strict in (True, False):
        client, transport = scripted([], strict=strict)
        version, worker = scripted_version(client), some_worker(client)
        await version.delete_all_annotations(workers=[])
        await asyncsdk.MultiAsset(client._connection, [], version.id).delete_annotations(workers=[worker])
        await MultiAnnotation(client._connection, [], version.id).delete()
        assert transport.requests == []


async def test_answers_need_not_tell_the_asset(scripted, says):
    untold = {name: value for name, value in annotation().items() if name != "asset_id"}

    def play(request):
        return says({"items": [annotation()], "count": 1} if "version" in request.path else untold)

    client, _ = scripted(play)
    (found,) = await scripted_version(client).list_annotations()
    await found.refresh()
    await found.update(duration=1)
    await found.overwrite()
    assert found.asset_id == annotation()["asset_id"]


async def test_l14_a_platform_that_tells_no_workers_deletes_none_of_theirs(scripted, says):
    untold = {name: value for name, value in annotation().items() if name != "worker_id"}

    def play(request):
        return says({"items": [untold], "count": 1})

    client, transport = scripted(play, strict=True)
    version, worker = scripted_version(client), some_worker(client)
    assert (await version.list_annotations())[0].worker_id is None
    with pytest.raises(NotSupportedError, match="tells no workers"):
        await version.list_annotations(worker=worker)
    asset = asyncsdk.Asset(client._connection, SimpleNamespace(id=annotation()["asset_id"]), version.id)
    with pytest.raises(NotSupportedError, match="does not tell whose"):
        await asset.get_annotation(worker=worker)
    with pytest.raises(NotSupportedError, match="does not tell whose"):
        await version.delete_all_annotations(workers=[worker])
    assert not [one for one in transport.requests if one.method == "DELETE"]


@pytest.mark.seed("retrieve_stats", "return")
async def test_statistics(version, assets, car, annotate):
    bus = await version.create_label("bus")
    assert await version.retrieve_stats() == AnnotationStats(
        label_repartition={}, nb_objects=0, nb_annotations=0
    )
    shapes = {"rectangles": [BOX | {"label_id": car.id}] * 3, "classifications": [{"label_id": bus.id}]}
    await annotate(version, dict.fromkeys(assets.ids[:2], shapes))
    await assets[2].create_annotation()
    stats = await version.retrieve_stats()
    assert (stats.nb_objects, stats.nb_annotations) == (8, 3)
    assert stats.label_repartition == {"car": 6, "bus": 2}


async def test_a_locked_version_keeps_its_annotations(version, assets):
    made = await assets[0].create_annotation()
    await version.lock()
    for change in (
        assets[1].create_annotation,
        made.delete,
        made.overwrite,
        version.delete_all_annotations,
        assets.delete_annotations,
    ):
        with pytest.raises(LockedError):
            await change()
    assert list(await version.list_annotations()) == [made]


async def test_a_lost_answer_of_a_creation(org, client, proxied, proxy, fill):
    version = await (await client.create_dataset("birds")).create_version("v1")
    await fill(org, version, ["a.png"])
    asset = (await (await (await proxied.get_dataset("birds")).get_version("v1")).list_assets())[0]
    proxy.loses_answer("POST", "/annotations")
    made = await asset.create_annotation()
    assert list(await version.list_annotations()) == [made]


async def test_a_lost_answer_of_a_creation_without_keys(
    strict_org, strict_client, strict_proxied, strict_proxy, fill
):
    version = await (await strict_client.create_dataset("birds")).create_version("v1")
    await fill(strict_org, version, ["a.png"])
    dataset = await strict_proxied.get_dataset("birds")
    asset = (await (await dataset.get_version("v1")).list_assets())[0]
    strict_proxy.loses_answer("POST", "/annotations")
    with pytest.raises(OutcomeUnknownError):
        await asset.create_annotation()
    assert len(await asset.list_annotations()) == 1
