"""Listings over many requests: slices, pages, shards, errors on the way, and walks that are left early.

Names of tests carry the rows of faults that published clients are known for: l11 to l13.
"""

from __future__ import annotations

import asyncio
import gc
import re
from itertools import chain
from types import SimpleNamespace

import orjson
import pytest

import asyncsdk
from asyncsdk.errors import InvalidArgumentError, NotFoundError, ServerError
from asyncsdk.resources.listing import tag_query


def names(count):
    return [f"{number:05}.png" for number in range(count)]


async def filled(org, client, fill, count, **columns):
    version = await (await client.create_dataset("birds")).create_version("v1")
    await fill(org, version, names(count), **columns)
    return version


def limits_of(passed):
    return [re.search(r"limit=(\d+)", one.query)[1] for one in passed]


# Slices of long lists


async def test_l12_a_list_goes_in_slices_of_a_thousand(any_org, any_client, fill, connect, make_proxy):
    version = await filled(any_org, any_client, fill, 2500)
    proxy = await make_proxy(any_org)
    proxied = await connect(any_org, host=proxy.origin)
    version = await proxied.get_dataset_version_by_id(version.id)
    wanted = names(2500)[::-1]
    found = await version.list_assets(filenames=wanted)
    assert [asset.filename for asset in found] == wanted
    sent = [orjson.loads(passed.body)["filenames"] for passed in proxy.of("XGET")]
    assert sorted(map(len, sent)) == [500, 1000, 1000]
    assert sorted(chain.from_iterable(sent)) == sorted(wanted)
    assert len(await version.list_assets(ids=found.ids)) == 2500


async def test_limit_and_offset_count_over_slices(org, client, fill, connect, settings):
    version = await filled(org, client, fill, 20)
    narrow = await connect(org, settings=settings(ids_per_request=3, page_size=2))
    version = await narrow.get_dataset_version_by_id(version.id)
    whole = [asset.filename for asset in await version.list_assets(filenames=names(20))]
    assert sorted(whole) == names(20)
    for limit in (0, 4, 99, None):
        for offset in (None, 2, 3, 99):
            cut = await version.list_assets(filenames=names(20), limit=limit, offset=offset)
            start = offset or 0
            assert [one.filename for one in cut] == whole[start : None if limit is None else start + limit]


ORDERS = [
    ["filename"], ["-filename"], ["width", "-filename"], ["-data.width", "filename"], ["height"], ["-created_at"],
    ["meta.height", "data.meta.width"], ["size_bytes", "-data.size", "file_size"], ["id"], ["-data.id"], ["type"],
    ["upload_status", "content_type", "object_name"], ["data.created_at"], ["created_at", "width"],
]  # fmt: skip


async def test_an_order_holds_over_slices(org, client, fill, connect, settings):
    def spread(name):
        return int(name[:5]) * 7 % 5 + 1

    version = await filled(
        org, client, fill, 20, width=spread, size_bytes=lambda name: spread(name) % 2,
        upload_status=lambda name: "DONE", content_type=lambda name: f"image/{spread(name)}",
    )  # fmt: skip
    lake = await client.get_datalake()
    narrow = await connect(org, settings=settings(ids_per_request=3))
    sliced = await narrow.get_dataset_version_by_id(version.id)
    sliced_lake = await narrow.get_datalake()
    for order_by in ORDERS:
        whole = await version.list_assets(order_by=order_by, filenames=names(20))
        assert (await sliced.list_assets(order_by=order_by, filenames=names(20))).ids == whole.ids, order_by
        cut = await sliced.list_assets(order_by=order_by, filenames=names(20), limit=5, offset=4)
        assert cut.ids == whole.ids[4:9]
        if not any(term.startswith(("data", "-data")) for term in order_by):
            whole = await lake.list_data(order_by=order_by, filenames=names(20))
            assert (await sliced_lake.list_data(order_by=order_by, filenames=names(20))).ids == whole.ids, (
                order_by
            )


async def test_without_a_size_the_order_puts_nothing_last(org, client, add_rows, connect, settings):
    add_rows(org, ["b.png", "a.png"], width=None, height=None, upload_status="ERROR")
    add_rows(org, ["d.png", "c.png"])
    narrow = await connect(org, settings=settings(ids_per_request=1))
    for order_by in (["width", "filename"], ["-width", "filename"]):
        whole = await (await client.get_datalake()).list_data(order_by=order_by)
        some = [data.filename for data in whole]
        assert some == ["c.png", "d.png", "a.png", "b.png"]
        sliced = await (await narrow.get_datalake()).list_data(order_by=order_by, filenames=some)
        assert sliced == whole


async def test_an_order_that_is_not_known_here_is_refused_over_slices(scripted, says):
    item = {
        "id": "1", "object_name": "o", "filename": "a", "type": "IMAGE", "content_type": "i", "upload_status": "DONE",
    }  # fmt: skip
    client, _ = scripted(lambda _: says({"items": [item], "count": 1}), ids_per_request=1)
    lake = asyncsdk.Datalake(client._connection, SimpleNamespace(id="lake"))
    with pytest.raises(InvalidArgumentError, match="'colour' cannot order what takes several requests"):
        await lake.list_data(filenames=["a", "b"], order_by=["colour"])


async def test_prefixes_that_overlap_find_an_asset_once(org, client, fill, connect, settings):
    version = await filled(org, client, fill, 12)
    narrow = await connect(org, settings=settings(ids_per_request=1))
    version = await narrow.get_dataset_version_by_id(version.id)
    found = await version.list_assets(filenames_startswith=["0001", "00", "00010", "00", "000"])
    assert sorted(asset.filename for asset in found) == names(12)


@pytest.mark.parametrize("page", [1, 7, 100])
async def test_l11_a_platform_that_cuts_a_filtered_listing_loses_nothing(scripted, says, page):
    """Measured: against a server that pages by 100, 2,500 wanted files came back as 300."""

    def play(request):
        query = dict(request.query)
        start, most = int(query.get("offset", 0)), min(int(query.get("limit", page)), page)
        wanted = orjson.loads(request.body)["filenames"]
        items = [
            {
                "id": name, "object_name": name, "filename": name, "type": "IMAGE", "content_type": "image/png",
                "upload_status": "DONE",
            }
            for name in wanted[start : start + most]
        ]  # fmt: skip
        return says({"items": items, "count": len(wanted)})

    client, _ = scripted(play, strict=True, ids_per_request=150)
    lake = asyncsdk.Datalake(client._connection, SimpleNamespace(id="lake"))
    assert [data.filename for data in await lake.list_data(filenames=names(400))] == names(400)
    cut = await lake.list_data(filenames=names(100), limit=40, offset=15)
    assert [data.filename for data in cut] == names(100)[15:55]


# Pages


@pytest.mark.seed("list_assets", "page_size")
@pytest.mark.parametrize(("asked", "sent"), [(7, "7"), (1000, "1000"), (5000, "1000"), (None, "1000")])
async def test_page_size_is_honoured(org, client, fill, proxy, proxied, asked, sent):
    version = await proxied.get_dataset_version_by_id((await filled(org, client, fill, 20)).id)
    for filters in ({}, {"filenames": names(20)}, {"order_by": ["filename"]}, {"q": "width > 0"}):
        proxy.passed.clear()
        assert len(await version.list_assets(page_size=asked, **filters)) == 20
        pages = [passed for passed in proxy.passed if passed.path.endswith("/assets")]
        assert limits_of(pages)[0] == sent
        assert len(pages) >= (3 if asked == 7 else 1)


async def test_a_limit_asks_for_no_more_than_it_takes(org, client, fill, proxy, proxied):
    version = await proxied.get_dataset_version_by_id((await filled(org, client, fill, 20)).id)
    proxy.passed.clear()
    assert len(await version.list_assets(limit=5)) == 5
    assert limits_of(proxy.passed) == ["5"]


@pytest.mark.parametrize(("offset", "requests"), [(0, 4), (12, 2), (20, 1), (99, 1)])
async def test_l13_an_offset_asks_for_no_page_behind_the_end(
    strict_org, strict_client, fill, strict_proxy, strict_proxied, offset, requests
):
    version = await filled(strict_org, strict_client, fill, 20)
    version = await strict_proxied.get_dataset_version_by_id(version.id)
    strict_proxy.passed.clear()
    assert len(await version.list_assets(offset=offset, page_size=5)) == max(0, 20 - offset)
    assert len(strict_proxy.passed) == requests


@pytest.mark.parametrize("page_size", [100, 1000])
async def test_parallel_shards_give_exactly_the_listing_order(org, client, fill, proxy, proxied, page_size):
    version = await filled(org, client, fill, 4000)
    proxied_version = await proxied.get_dataset_version_by_id(version.id)
    await (await version.list_assets(limit=30, offset=1234)).delete()
    expected = [asset.filename for asset in await version.list_assets(order_by=["-filename"])]
    assert len(expected) == 3970
    walked = [asset.filename async for asset in proxied_version.iter_assets(page_size=page_size)]
    assert walked == expected
    cursors = [passed for passed in proxy.of("GET", "/assets") if "cursor=" in passed.query]
    assert len(cursors) >= 3970 // page_size - 1
    filtered = [
        asset.filename async for asset in proxied_version.iter_assets(q='filename ~ "7"', page_size=page_size)
    ]
    assert filtered == [name for name in expected if "7" in name]


async def test_where_shards_lack_offsets_run_in_parallel_and_keep_the_order(
    strict_org, strict_client, fill, strict_proxy, strict_proxied, eventually
):
    version = await filled(strict_org, strict_client, fill, 60)
    version = await strict_proxied.get_dataset_version_by_id(version.id)
    strict_proxy.passed.clear()
    both = asyncio.Event()

    async def wait_for_another(passing):
        if "offset=" in passing.passed.query:
            if sum("offset=" in one.query for one in strict_proxy.passed) >= 2:
                both.set()
            await both.wait()
        return await passing.forward()

    strict_proxy.on("GET", "/assets", wait_for_another)
    walked = [asset.filename async for asset in version.iter_assets(page_size=10)]
    assert walked == names(60)[::-1]
    offsets = [re.search(r"offset=(\d+)", one.query) for one in strict_proxy.of("GET", "/assets")]
    assert sorted(int(offset[1]) for offset in offsets if offset) == [10, 20, 30, 40, 50]


async def test_an_order_walks_by_cursor(org, client, fill, proxy, proxied):
    version = await proxied.get_dataset_version_by_id(
        (await filled(org, client, fill, 25, width=lambda n: 1)).id
    )
    proxy.passed.clear()
    walked = [
        asset.filename async for asset in version.iter_assets(order_by=["width", "filename"], page_size=10)
    ]
    assert walked == names(25)
    assert ["cursor=" in passed.query for passed in proxy.passed] == [False, True, True]


# Errors on the way


async def test_a_page_that_fails_is_told_where_it_is_reached(any_org, any_client, fill, connect, make_proxy):
    version = await filled(any_org, any_client, fill, 50)
    proxy = await make_proxy(any_org)
    proxied = await connect(any_org, host=proxy.origin)
    version = await proxied.get_dataset_version_by_id(version.id)
    pages = []

    async def fail_later(passing):
        pages.append(passing.passed)
        answer = await passing.forward()
        if b"00015.png" in answer.body:
            answer = asyncsdk_failure()
        return answer

    proxy.on("GET", "/assets", fail_later)
    seen = []
    with pytest.raises(ServerError):
        async for asset in version.iter_assets(page_size=10):
            seen.append(asset.filename)  # noqa: PERF401 - what came before the error counts
    assert seen == names(50)[:19:-1]
    with pytest.raises(ServerError):
        await version.list_assets(page_size=10)


def asyncsdk_failure():
    from aiohttp import web

    return web.Response(status=500, body=b'{"message": "out of order"}', content_type="application/json")


async def test_one_bad_moment_on_page_five_loses_nothing(org, client, fill, proxy, proxied):
    """Measured: one 502 on page 5 lost all pages."""
    version = await proxied.get_dataset_version_by_id((await filled(org, client, fill, 80)).id)
    passed = iter(range(1000))

    async def fail_once(passing):
        return asyncsdk_failure() if next(passed) == 4 else await passing.forward()

    proxy.on("GET", "/assets", fail_once)
    assert [asset.filename for asset in await version.list_assets(page_size=10)] == names(80)[::-1]


async def test_a_slice_that_fails_is_told_where_it_is_reached(org, client, fill, proxy, connect, settings):
    version = await filled(org, client, fill, 40)
    narrow = await connect(org, host=proxy.origin, settings=settings(ids_per_request=10))
    version = await narrow.get_dataset_version_by_id(version.id)

    async def fail_third(passing):
        return asyncsdk_failure() if b"00025" in passing.passed.body else await passing.forward()

    proxy.on("XGET", "/assets", fail_third)
    seen = []
    walk = version.iter_assets(filenames=names(40))
    with pytest.raises(ServerError):
        async for asset in walk:
            seen.append(asset.filename)  # noqa: PERF401 - what came before the error counts
    assert sorted(seen) == names(20)
    with pytest.raises(ServerError):
        await anext(walk)


async def test_a_version_that_is_gone(client, version):
    await version.delete()
    walk = version.iter_assets()
    with pytest.raises(NotFoundError):
        await anext(walk)


# Walks that are left early


@pytest.fixture
async def walked(org, client, fill, proxy, proxied):
    version = await filled(org, client, fill, 60)
    return await proxied.get_dataset_version_by_id(version.id)


FILTERS = [{}, {"filenames": names(60)}, {"order_by": ["filename"]}]


async def settle(proxy):
    """Wait until what was under way has passed, and return how much that was."""
    count, quiet = len(proxy.passed), 0
    while quiet < 20:  # many short waits: in one long one, all could stand still
        await asyncio.sleep(0.002)
        quiet = quiet + 1 if count == len(proxy.passed) else 0
        count = len(proxy.passed)
    return count


async def test_read_ahead_is_bounded(walked, proxy, settings):
    proxy.passed.clear()
    walk = walked.iter_assets(page_size=2)
    await anext(walk)
    ahead = await settle(proxy)
    assert 1 <= ahead <= 6
    await walk.aclose()


async def test_a_listing_that_is_kept_reads_further_ahead(walked, proxy):
    at_once, together = [], asyncio.Event()

    async def act(passing):
        at_once.append(passing)
        if len(at_once) > 1:  # the first page says how many there are
            if len(at_once) == 9:
                together.set()
            async with asyncio.timeout(20):
                await together.wait()
        return await passing.forward()

    proxy.on("GET", "/assets", act)
    assert len(await walked.list_assets(page_size=2)) == 60


@pytest.mark.parametrize("filters", FILTERS)
async def test_a_closed_walk_stops(walked, proxy, other_tasks, filters):
    walk = walked.iter_assets(page_size=5, **filters)
    await anext(walk)
    await walk.aclose()
    assert other_tasks() == []
    count = await settle(proxy)
    with pytest.raises(StopAsyncIteration):
        await anext(walk)
    await walk.aclose()
    assert await settle(proxy) == count


@pytest.mark.parametrize("filters", FILTERS)
async def test_an_abandoned_walk_stops(walked, proxy, other_tasks, eventually, filters):
    async for _ in walked.iter_assets(page_size=5, **filters):
        break
    gc.collect()
    await eventually(lambda: other_tasks() == [])
    count = await settle(proxy)
    assert await settle(proxy) == count


@pytest.mark.parametrize("filters", FILTERS)
async def test_a_cancelled_walk_stops(walked, proxy, other_tasks, eventually, filters):
    async def walk():
        async for _ in walked.iter_assets(page_size=5, **filters):
            pass

    async def never(passing):
        await asyncio.Event().wait()

    proxy.on("GET", "/assets", never)
    proxy.on("XGET", "/assets", never)
    count = len(proxy.passed)
    walking = asyncio.create_task(walk())
    await eventually(lambda: len(proxy.passed) > count)
    walking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await walking
    await eventually(lambda: other_tasks() == [])


@pytest.mark.async_only("cancels a task: a thread that waits cannot be cancelled")
async def test_a_walk_that_was_cancelled_is_not_taken_for_a_whole_one(walked, proxy, eventually):
    walk = walked.iter_assets(page_size=5)
    await anext(walk)
    go_on = asyncio.Event()

    async def wait(passing):
        await go_on.wait()
        return await passing.forward()

    proxy.on("GET", "/assets", wait)

    async def rest():
        return [asset async for asset in walk]

    reading = asyncio.create_task(rest())
    await asyncio.sleep(0.02)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    go_on.set()
    with pytest.raises(asyncsdk.AsyncSDKError, match="interrupted"):
        while True:
            await anext(walk)


async def test_async_with_closes(walked, other_tasks):
    async with walked.iter_assets(page_size=5) as walk:
        first = await anext(walk)
        assert (await walk.next_page())[0] != first
    assert other_tasks() == []


async def test_a_walk_that_never_began_costs_nothing(walked, proxy):
    count = len(proxy.passed)
    walk = walked.iter_assets()
    await walk.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(walk)
    assert len(proxy.passed) == count


async def test_a_client_that_is_closed_ends_its_walks(walked, proxied):
    walk = walked.iter_assets(page_size=5)
    await anext(walk)
    await proxied.close()
    with pytest.raises(asyncsdk.AsyncSDKError):
        while True:
            await anext(walk)


# Texts


def test_the_text_of_tag_filters():
    assert tag_query("tags.name", None, every=True) is None
    assert tag_query("tags.name", ["a"], every=False) == 'tags.name in ("a")'
    assert tag_query("tags.name", ["a", 'b"'], every=True) == '(tags.name = "a") and (tags.name = "b\\"")'
