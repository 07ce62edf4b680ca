"""Loading annotations with their shapes: order, chunks, faults, filters, streams."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import math

import orjson
import pytest
from aiohttp import web

from asyncsdk import LoadedAnnotation, LoadedAnnotations, MultiAnnotation
from asyncsdk.enums import AnnotationStatus
from asyncsdk.errors import (
    ForbiddenError,
    InvalidArgumentError,
    PartialFailure,
    ProtocolError,
    TooLargeError,
)
from asyncsdk.records.annotations import AnnotationRecord
from asyncsdk.resources.annotation_listing import selection_of
from asyncsdk.resources.annotation_loading import stream_loaded

COUNT = 7


@pytest.fixture
async def dataset(any_client):
    return await any_client.create_dataset("birds")


@pytest.fixture
async def version(dataset, any_org, fill, annotate):
    return await filled(dataset, any_org, fill, annotate)


async def filled(dataset, org, fill, annotate, count=COUNT):
    """A version whose assets have an annotation each, with one box more from asset to asset."""
    version = await dataset.create_version("v1")
    await fill(org, version, [f"{number:03}.png" for number in range(count)])
    car = await version.create_label("car")
    assets = await version.list_assets(order_by=["filename"])
    for number, asset in enumerate(assets):
        box = {"x": number, "y": 0, "w": 1, "h": 1, "label_id": car.id, "text": f"{number}"}
        await annotate(version, {asset.id: {"rectangles": [box] * number, "attributes": {"n": number}}})
    return version


@pytest.fixture
async def assets(version):
    """The assets, oldest annotation first."""
    return await version.list_assets(order_by=["filename"])


@pytest.fixture
async def any_proxied(any_org, make_proxy, connect, fill, annotate):
    """A filled version seen through a proxy, and the proxy; on both platforms."""
    proxy = await make_proxy(any_org)
    client = await connect(any_org, host=proxy.origin)
    version = await filled(await client.create_dataset("birds"), any_org, fill, annotate)
    proxy.passed.clear()
    return version, proxy


def loads(proxy):
    return [len(orjson.loads(passed.body)) for passed in proxy.of("XGET", "/annotations")]


@pytest.mark.seed("load_annotations", "return")
async def test_what_is_loaded(version, assets, dataset, any_org):
    loaded = await version.load_annotations()
    assert isinstance(loaded, LoadedAnnotations)
    assert loaded.failed == ()
    me = await dataset.find_worker(any_org.username)
    (one,) = loaded[assets[2].id]
    assert "asset_id" not in one, "as the published client gives it"
    assert (one["worker_id"], one["status"], one["attributes"]) == (me.id, "PENDING", {"n": 2})
    assert [(box["x"], box["label"], box["text"], box["area"]) for box in one["rectangles"]] == [
        (2, "car", "2", 1.0)
    ] * 2
    assert one["polygons"] == []
    assert {asset: len(found) for asset, found in loaded.items()} == dict.fromkeys(assets.ids, 1)


async def test_nothing_to_load(dataset):
    version = await dataset.create_version("empty")
    loaded = await version.load_annotations()
    assert (loaded, loaded.failed) == ({}, ())
    assert [one async for one in version.iter_annotations(shapes=True)] == []


@pytest.mark.parametrize(("size", "most"), [(3, 3), (500, COUNT), (5000, COUNT), (1, 1)])
@pytest.mark.seed("load_annotations", "chunk_size")
async def test_l1_the_chunk_size_is_honoured(any_proxied, size, most):
    version, proxy = any_proxied
    await version.load_annotations(chunk_size=size)
    asked = loads(proxy)
    assert max(asked) == most
    assert (sum(asked), len(asked)) == (COUNT, math.ceil(COUNT / most))


async def test_l1_no_request_asks_for_more_than_the_protocol_allows(scripted, says):
    asked = []

    def play(request):
        asked.append(orjson.loads(request.body))
        return says([{"id": one, "asset_id": one} for one in asked[-1]])

    client, _ = scripted(play)
    ids = [str(number) for number in range(2500)]
    records = [AnnotationRecord(id=one, duration=0.0, status=AnnotationStatus.PENDING) for one in ids]
    loaded = await MultiAnnotation(client._connection, records, "v").load(chunk_size=5000)
    assert [len(chunk) for chunk in asked] == [1000, 1000, 500]
    assert list(loaded) == ids


@pytest.mark.parametrize("wrong", [{"chunk_size": 0}, {"chunk_size": 2.5}, {"max_workers": 0}])
async def test_l1_sizes_that_are_none_are_refused(version, wrong):
    with pytest.raises(InvalidArgumentError, match=f"{next(iter(wrong))} must be"):
        await version.load_annotations(**wrong)


async def test_l2_the_order_is_that_of_the_listing(any_proxied):
    version, proxy = any_proxied
    first_waits(proxy)
    listed = [one.asset_id for one in await version.list_annotations()]
    assert list(await version.load_annotations(chunk_size=2)) == listed
    walk = version.iter_annotations(shapes=True)
    assert [one.asset_id async for one in walk] == listed
    assets = await version.list_assets(order_by=["filename"])
    assert listed == assets.ids[::-1]
    wanted = [assets[4], assets[0], assets[4], assets[2]]
    loaded = await version.load_annotations(assets=wanted, chunk_size=1)
    assert list(loaded) == [assets[4].id, assets[0].id, assets[2].id]


def first_waits(proxy):
    """The first chunk is answered after all others."""
    others = asyncio.Event()

    async def wait(passing):
        await others.wait()
        return await passing.forward()

    async def go(passing):
        answer = await passing.forward()
        if len(proxy.of("XGET", "/annotations")) == math.ceil(COUNT / 2):
            others.set()
        return answer

    proxy.on("XGET", "/annotations", go)
    proxy.on("XGET", "/annotations", wait, times=1)


async def test_l3_the_newest_comes_first_whichever_chunk_is_faster(
    client, org, proxied, proxy, fill, annotate, add_worker
):
    made = await client.create_dataset("birds")
    await filled(made, org, fill, annotate, count=4)
    dataset = await proxied.get_dataset("birds")
    version = await dataset.get_version("v1")
    worker = await add_worker(org, dataset)
    asset = (await version.list_assets(order_by=["filename"]))[0]
    newest = await asset.create_annotation(worker=worker)
    second_done = asyncio.Event()

    async def act(passing):
        if newest.id in orjson.loads(passing.passed.body):
            await second_done.wait()
        answer = await passing.forward()
        second_done.set()
        return answer

    proxy.on("XGET", "/annotations", act)
    loaded = await version.load_annotations(chunk_size=3)
    assert [one["worker_id"] == worker.id for one in loaded[asset.id]] == [True, False]
    assert next(iter(loaded)) == asset.id


@pytest.mark.seed("load_annotations", "assets")
async def test_l4_no_assets_are_not_all_assets(any_proxied):
    version, proxy = any_proxied
    none = (await version.list_assets())[:0]
    proxy.passed.clear()
    assert await version.load_annotations(assets=[]) == {}
    assert await version.load_annotations(assets=none) == {}
    assert proxy.passed == []


@pytest.mark.seed("load_annotations", "assets")
async def test_assets_of_elsewhere_are_refused(version, dataset, assets):
    other = await dataset.create_version("other")
    with pytest.raises(InvalidArgumentError, match="is no asset of this dataset version"):
        await other.load_annotations(assets=assets)
    with pytest.raises(InvalidArgumentError, match="'x' is no asset"):
        await version.load_annotations(assets=["x"])
    assert list(await version.load_annotations(assets=assets[3])) == [assets[3].id]


@pytest.mark.seed("load_annotations", "skip_error")
async def test_l5_a_failing_chunk_names_its_ids_and_its_error(any_proxied):
    version, proxy = any_proxied
    ids = (await version.list_annotations()).ids
    refuse(proxy, ids[3])
    with pytest.raises(PartialFailure, match=r"2 annotations could not be loaded.*not yours") as caught:
        await version.load_annotations(chunk_size=2)
    assert ids[2] in str(caught.value)
    assert ids[3] in str(caught.value)
    assert isinstance(caught.value.__cause__, ForbiddenError)
    assert caught.value.__cause__.status == 403
    report = caught.value.report
    assert [one.item for one in report.failed] == ids[2:4]
    assert len(report) == COUNT - 2, "the other chunks are not thrown away"


@pytest.mark.seed("load_annotations", "skip_error")
async def test_l5_what_is_skipped_is_reported(any_proxied):
    version, proxy = any_proxied
    ids = (await version.list_annotations()).ids
    refuse(proxy, ids[3])
    loaded = await version.load_annotations(chunk_size=2, skip_error=True)
    assert [one.item for one in loaded.failed] == ids[2:4]
    assert {type(one.error) for one in loaded.failed} == {ForbiddenError}
    assert [found[0]["id"] for found in loaded.values()] == [*ids[:2], *ids[4:]]


def refuse(proxy, annotation_id):
    async def act(passing):
        if annotation_id in orjson.loads(passing.passed.body):
            return web.json_response({"message": "not yours"}, status=403)
        return await passing.forward()

    proxy.on("XGET", "/annotations", act)


async def test_l5_a_chunk_is_tried_again(any_proxied):
    version, proxy = any_proxied
    proxy.answers("XGET", "/annotations", times=1, status=503)
    proxy.swallows("XGET", "/annotations", times=1)
    assert len(await version.load_annotations(chunk_size=100)) == COUNT
    assert loads(proxy) == [COUNT] * 3


async def test_l5_failing_ids_are_an_error_of_their_own(any_proxied):
    version, proxy = any_proxied
    proxy.answers("GET", "/annotations", status=403, body=b'{"message": "not yours"}')
    with pytest.raises(ForbiddenError):
        await version.load_annotations(skip_error=True)


async def test_a_chunk_that_is_too_large_is_split(any_proxied):
    version, proxy = any_proxied
    too_large_beyond(proxy, 2)
    loaded = await version.load_annotations(chunk_size=100)
    assert (len(loaded), loaded.failed) == (COUNT, ())
    assert loads(proxy) == [7, 4, 2, 2, 2, 1]
    proxy.passed.clear()
    too_large_beyond(proxy, 0)
    with pytest.raises(PartialFailure) as caught:
        await version.load_annotations(chunk_size=100)
    assert isinstance(caught.value.__cause__, TooLargeError)
    assert len(caught.value.report.failed) == COUNT
    assert loads(proxy) == [7, 4, 2, *[1] * 7]


def too_large_beyond(proxy, most):
    async def act(passing):
        if len(orjson.loads(passing.passed.body)) > most:
            return web.json_response({"message": "too large"}, status=413)
        return await passing.forward()

    proxy.on("XGET", "/annotations", act)


async def test_answers_that_leave_annotations_out_are_asked_for_the_rest(any_proxied):
    version, proxy = any_proxied
    ids = (await version.list_annotations()).ids

    async def act(passing):
        answer = await passing.forward()
        return web.json_response(orjson.loads(answer.body)[-3:])

    proxy.on("XGET", "/annotations", act)
    loaded = await version.load_annotations()
    assert [found[0]["id"] for found in loaded.values()] == ids
    assert loads(proxy) == [7, 4, 1]


async def test_annotations_that_are_gone_are_left_out(version, assets):
    listed = await version.list_annotations()
    await listed[1].delete()
    loaded = await listed.load(chunk_size=3)
    assert list(loaded) == [one.asset_id for number, one in enumerate(listed) if number != 1]
    assert loaded.failed == ()
    assert await listed[1:2].load() == await listed[:0].load() == {}


async def test_a_sequence_loads_what_it_holds(any_proxied):
    version, proxy = any_proxied
    listed = await version.list_annotations(order_by=["created_at"])
    loaded = await listed[1:4].load(chunk_size=2)
    assert list(loaded) == [one.asset_id for one in listed[1:4]]
    refuse(proxy, listed[2].id)
    with pytest.raises(PartialFailure, match=listed[2].id):
        await listed.load(chunk_size=1)
    assert len(await listed.load(chunk_size=1, skip_error=True)) == COUNT - 1


async def test_l6_ids_come_in_pages(settings, strict_org, org, connect, make_proxy, fill, annotate):
    for home in (org, strict_org):
        proxy = await make_proxy(home)
        client = await connect(home, host=proxy.origin, settings=settings(page_size=2))
        version = await filled(await client.create_dataset("birds"), home, fill, annotate)
        proxy.passed.clear()
        assert len(await version.load_annotations()) == COUNT
        pages = proxy.of("GET", "/annotations")
        assert len(pages) == math.ceil(COUNT / 2)
        assert all("limit=" in page.query for page in pages)


async def test_l6_ids_of_assets_are_asked_for_in_parallel(org, proxied, proxy, fill, annotate):
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    await fill(org, version, [f"{number:03}.png" for number in range(120)])
    assets = await version.list_assets()
    await annotate(version, {asset: {} for asset in assets.ids})
    running = []
    together = asyncio.Event()

    async def act(passing):
        running.append(passing.passed.query.count("asset_ids="))
        if len(running) == 3:
            together.set()
        async with asyncio.timeout(20):
            await together.wait()
        return await passing.forward()

    proxy.on("GET", "/annotations/ids", act)
    loaded = await version.load_annotations(assets=assets)
    assert sorted(running) == [20, 50, 50]
    assert list(loaded) == assets.ids


@pytest.mark.parametrize("status", ["accepted", "ACCEPTED", AnnotationStatus.ACCEPTED])
@pytest.mark.seed("load_annotations", "status")
async def test_l7_a_status_may_be_a_text(version, assets, status):
    await (await assets[3].get_annotation()).update(status="accepted")
    assert list(await version.load_annotations(status=status)) == [assets[3].id]
    assert list(await version.load_annotations(status=status, assets=assets)) == [assets[3].id]
    assert len(await version.load_annotations(status="pending")) == COUNT - 1
    walk = version.iter_annotations(status=status, shapes=True)
    assert [one.asset_id async for one in walk] == [assets[3].id]


@pytest.mark.seed("load_annotations", "worker", "status", "assets")
async def test_filters_hold_together(version, assets, dataset, any_org, add_worker):
    worker = await add_worker(any_org, dataset)
    await assets[1].create_annotation(worker=worker)
    await assets[2].create_annotation(worker=worker, status="refused")
    me = await dataset.find_worker(any_org.username)
    assert list(await version.load_annotations(worker=worker)) == [assets[2].id, assets[1].id]
    assert list(await version.load_annotations(worker, "refused")) == [assets[2].id]
    assert list(await version.load_annotations(worker, "refused", assets[:2])) == []
    assert list(await version.load_annotations(worker, assets=assets[:2])) == [assets[1].id]
    assert len(await version.load_annotations(worker=me)) == COUNT
    assert [len(found) for found in (await version.load_annotations(assets=assets)).values()] == [
        1, 2, 2, 1, 1, 1, 1
    ]  # fmt: skip
    walk = version.iter_annotations(worker=worker, shapes=True)
    assert [one.asset_id async for one in walk] == [assets[2].id, assets[1].id]


@pytest.mark.seed("load_annotations", "max_workers")
async def test_max_workers_bounds_the_requests_in_flight(any_proxied):
    version, proxy = any_proxied
    crowd = proxy.crowds("XGET", "/annotations", 2)
    assert len(await version.load_annotations(chunk_size=1, max_workers=2)) == COUNT
    assert crowd.peak == 2


async def test_a_stream_of_records(version, assets):
    found = [one async for one in version.iter_annotations(shapes=True)]
    assert {type(one) for one in found} == {LoadedAnnotation}
    assert [one.asset_id for one in found] == assets.ids[::-1]
    assert [len(one.rectangles) for one in found] == list(range(COUNT))[::-1]
    assert (found[0].rectangles[0].label, found[0].rectangles[0].text) == ("car", "6")
    walk = version.iter_annotations(limit=2, offset=1, order_by=["created_at"], page_size=1, shapes=True)
    assert [one.asset_id async for one in walk] == assets.ids[1:3]


async def test_a_stream_for_exports(version, assets):
    chosen = selection_of(version.id, asset_ids=tuple(assets.ids[2:5]))
    stream = stream_loaded(version._connection, chosen, chunk_size=2, max_workers=1)
    pages = []
    while (page := await stream.next_page()) is not None:
        pages.append([one.asset_id for one in page])
    assert [len(page) for page in pages] == [2, 1]
    assert {one for page in pages for one in page} == set(assets.ids[2:5])


async def test_a_stream_holds_a_bounded_number_of_chunks(org, proxied, proxy, fill, annotate, eventually):
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    await fill(org, version, [f"{number:03}.png" for number in range(40)])
    assets = await version.list_assets()
    await annotate(version, {asset: {} for asset in assets.ids})
    chosen = selection_of(version.id)
    stream = stream_loaded(version._connection, chosen, chunk_size=1, max_workers=3)
    await anext(stream)
    await eventually(lambda: len(loads(proxy)) >= 7)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(loads(proxy)) == 7, "three workers hold six chunks ahead of the consumer"
    assert len([one async for one in stream]) == 39


async def test_a_stream_ends_with_its_error(any_proxied):
    version, proxy = any_proxied
    ids = (await version.list_annotations()).ids
    refuse(proxy, ids[3])
    stream = stream_loaded(version._connection, selection_of(version.id), chunk_size=1)
    assert [(await anext(stream)).id for _ in range(3)] == ids[:3]
    for _ in range(2):
        with pytest.raises(PartialFailure, match=f"1 annotation could not be loaded.*{ids[3]}") as caught:
            await anext(stream)
        assert isinstance(caught.value.__cause__, ForbiddenError)


@pytest.mark.parametrize("end", ["close", "drop", "cancel"])
async def test_a_stream_leaves_nothing_behind(
    org, proxied, proxy, fill, annotate, eventually, other_tasks, end
):
    version = await filled(await proxied.create_dataset("birds"), org, fill, annotate)

    async def never(_):
        await asyncio.sleep(3600)

    before = len(other_tasks())
    proxy.on("XGET", "/annotations", never)
    stream = version.iter_annotations(shapes=True)
    waiting = asyncio.create_task(anext(stream))
    await eventually(lambda: loads(proxy))
    if end == "close":
        await stream.aclose()
        with contextlib.suppress(StopAsyncIteration, asyncio.CancelledError):
            await waiting
    else:
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    del waiting
    if end == "drop":
        del stream
        gc.collect()
    await eventually(lambda: len(other_tasks()) <= before)


@pytest.mark.parametrize(
    "answer", [[{"asset_id": "a"}], [{"id": 5, "asset_id": "a"}], {"items": []}, [5], "<html>"]
)
async def test_answers_that_are_no_annotations(any_proxied, answer):
    version, proxy = any_proxied
    proxy.answers("XGET", "/annotations", body=orjson.dumps(answer))
    with pytest.raises(PartialFailure) as caught:
        await version.load_annotations()
    assert isinstance(caught.value.__cause__, ProtocolError)
    with pytest.raises(PartialFailure):
        await anext(version.iter_annotations(shapes=True))


async def test_foreign_annotations_in_an_answer_end_the_asking(any_proxied):
    version, proxy = any_proxied
    proxy.answers("XGET", "/annotations", body=orjson.dumps([{"id": "foreign", "asset_id": "a"}]))
    assert await version.load_annotations() == {}
    assert len(loads(proxy)) == 1
