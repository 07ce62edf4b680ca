"""Pages: by cursor, by offset and in shards; whatever happens meanwhile, nothing repeats and nothing is lost."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncsdk.wire import routes

ODD_NAMES = ["", "a", "A", "é", "b", "b", "b", "🐦", "a b", '"', "\\", "%", "_", "ab", "10", "9"]


async def walk(api, route, *, query=None, body=None, first=None, **variables):
    """Follow the cursors to the end; gives the pages."""
    pages, cursor = [], first
    while True:
        asked = (query or {}) | ({"cursor": cursor} if cursor else {})
        page = await api.call(route, body, query=asked, **variables)
        pages.append(page)
        assert len(pages) < 100
        cursor = page["next_cursor"]
        if not cursor:
            return pages


def ids_of(pages) -> list[str]:
    return [item["id"] for page in pages for item in page["items"]]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 1000])
async def test_a_walk_gives_the_whole_listing_newest_first(api, rows, size):
    ids = rows.data(7)
    pages = await walk(api, routes.LIST_DATA, query={"limit": str(size)})
    assert ids_of(pages) == ids[::-1]
    assert {page["count"] for page in pages} == {7}
    assert all(len(page["items"]) == size for page in pages[:-1])
    assert len(pages) == -(-7 // size)  # the last full page knows that it is the last


async def test_offset_pages_are_cut_from_the_same_listing(api, rows):
    ids = rows.data(10)[::-1]
    for limit, offset in itertools.product((0, 1, 4, 10, 11), (0, 1, 9, 10, 11, 10**15)):
        query = {"limit": str(limit), "offset": str(offset)}
        page = await api.call(routes.LIST_DATA, query=query)
        assert ids_of([page]) == ids[offset : offset + limit], query
        assert page["count"] == 10, query
        filtered = await api.call(routes.LIST_DATA, query=query | {"q": 'filename ~ "png"'})
        assert (ids_of([filtered]), filtered["count"]) == (ids_of([page]), 10), query
    assert ids_of([await api.call(routes.FILTER_DATA, {}, query={"offset": "3"})]) == ids[3:]


async def test_a_cursor_may_follow_an_offset_page(api, rows):
    ids = rows.data(10)[::-1]
    pages = await walk(api, routes.LIST_DATA, query={"limit": "3", "offset": "2"})
    assert ids_of(pages) == ids[2:]
    assert {page["count"] for page in pages} == {10}


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("size", [1, 3, 10])
async def test_the_shards_make_up_the_listing_in_its_order(api, rows, filtered, size):
    ids = rows.data(40, filename=lambda n: f"{'ab'[n % 3 == 0]}{n}")
    version = await api.add_version()
    await api.add_assets(version, ids)
    query = {"limit": str(size)} | ({"q": 'data.filename ~ "a"'} if filtered else {})
    whole = ids_of(await walk(api, routes.LIST_ASSETS, query=query, version=version))
    assert len(whole) == (26 if filtered else 40)
    first = await api.call(routes.LIST_ASSETS, query=query, version=version)
    found = [item["id"] for item in first["items"]]
    assert first["shards"]
    for shard in first["shards"]:
        pages = await walk(api, routes.LIST_ASSETS, query=query, first=shard, version=version)
        assert {page["count"] for page in pages} == {len(whole)}
        assert all("shards" not in page for page in pages)
        found += ids_of(pages)
    assert found == whole


async def test_shards_are_offered_where_they_help(api, strict_api, rows):
    rows.data(9)
    for query, offered in (
        ({"limit": "4"}, True),
        ({"limit": "9"}, False),
        ({"limit": "0"}, False),
        ({"limit": "4", "offset": "1"}, False),
        ({"limit": "4", "order_by": "filename"}, False),
        ({"limit": "4", "q": 'filename = "000001.png"'}, False),
    ):
        page = await api.call(routes.LIST_DATA, query=query)
        assert ("shards" in page) is offered, query
    for _ in range(3):
        await strict_api.add_data()
    page = await strict_api.call(routes.LIST_DATA, query={"limit": "1"})
    assert page["next_cursor"]
    assert "shards" not in page


async def test_what_changes_during_a_walk_neither_repeats_nor_loses_the_rest(api, rows):
    chance = random.Random(5)
    ids = rows.data(60)
    version = await api.add_version()
    await api.add_assets(version, ids[:40])
    for order in (None, "filename", "-data.width"):
        query = {"limit": "3"} | ({"order_by": order} if order else {})
        before = await walk(api, routes.LIST_ASSETS, query=query | {"limit": "1000"}, version=version)
        doomed = set(chance.sample(ids_of(before), 5))
        page = await api.call(routes.LIST_ASSETS, query=query, version=version)
        seen, shards = ids_of([page]), page.get("shards", [])
        while page["next_cursor"]:
            assert len(seen) < 100
            if doomed:
                await api.call(routes.DELETE_ASSET, asset=doomed.pop())
                await api.add_assets(version, chance.sample(ids, 3))
            page = await api.call(
                routes.LIST_ASSETS, query=query | {"cursor": page["next_cursor"]}, version=version
            )
            seen += ids_of([page])
        after = await walk(api, routes.LIST_ASSETS, query=query | {"limit": "1000"}, version=version)
        untouched = [one for one in ids_of(before) if one in set(ids_of(after))]
        assert max(Counter(seen).values()) == 1
        assert [one for one in seen if one in set(untouched)] == untouched
        by_shards = seen[:3]
        for shard in shards:
            by_shards += ids_of(
                await walk(api, routes.LIST_ASSETS, query=query, first=shard, version=version)
            )
        if shards:
            assert [one for one in by_shards if one in set(untouched)] == untouched


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    widths=st.lists(st.sampled_from([None, 1, 2, 3]), min_size=8, max_size=12),
    order=st.lists(
        st.sampled_from(["width", "-width", "filename", "-filename", "height", "-created_at", "type"]),
        min_size=1,
        max_size=3,
    ),
)
async def test_an_ordered_walk_is_the_ordered_whole_with_ties_and_gaps(api, rows, widths, order):
    left = await api.call(routes.LIST_DATA)
    await api.call(routes.DELETE_MANY_DATA, {"ids": ids_of([left])})
    rows.data(
        len(widths),
        width=lambda n: widths[n],
        height=lambda n: widths[n] and n % 2,
        filename=lambda n: ODD_NAMES[n % len(ODD_NAMES)],
    )
    query = {"order_by": order}
    whole = await api.call(routes.LIST_DATA, query=query)
    pages = await walk(api, routes.LIST_DATA, query=query | {"limit": "3"})
    assert ids_of(pages) == ids_of([whole])
    offset = 0
    for page in pages:  # offsets cut the same order
        cut = await api.call(routes.LIST_DATA, query=query | {"limit": "3", "offset": str(offset)})
        assert ids_of([cut]) == ids_of([page])
        offset += 3
    assert ids_of([whole]) == expected_order(whole["items"], order)


def expected_order(items, order) -> list[str]:
    """Python's view of it: texts by code point, what has no value last, ties newest first."""
    items = sorted(items, key=lambda item: item["id"], reverse=True)
    for term in reversed(order):
        name = term.removeprefix("-")
        values = {
            item["id"]: (item["meta"] or {}).get(name) if name in {"width", "height"} else item[name]
            for item in items
        }
        some = [item for item in items if values[item["id"]] is not None]
        none = [item for item in items if values[item["id"]] is None]
        some.sort(key=lambda item: values[item["id"]], reverse=term.startswith("-"))
        items = some + none
    return [item["id"] for item in items]


async def test_assets_are_ordered_by_their_own_and_their_datas_fields(api, rows):
    ids = rows.data(4, filename=lambda n: "badc"[n], size_bytes=lambda n: n % 2)
    version = await api.add_version()
    await api.add_assets(version, ids[::-1])

    async def names(*order) -> str:
        page = await api.call(routes.LIST_ASSETS, query={"order_by": order}, version=version)
        return "".join(item["data"]["filename"] for item in page["items"])

    assert await names() == "badc"
    assert await names("filename") == await names("data.filename") == "abcd"
    assert await names("-filename") == "dcba"
    assert await names("data.created_at") == "badc"
    assert await names("size_bytes", "filename") == "bdac"
    assert await names("created_at", "-id") == await names("-id")


@pytest.mark.parametrize(
    "order", ["color", "", "-", "seq", "position", "--filename", "tags.name", "metadata.a", "é"]
)
async def test_nothing_else_can_be_ordered_by(api, order):
    version = await api.add_version()
    for route in (routes.LIST_DATA, routes.LIST_ASSETS, routes.FILTER_DATA, routes.FILTER_ASSETS):
        await api.call(route, query={"order_by": order}, version=version, expect=400)
        await api.call(route, query={"order_by": ["id"] * 17}, version=version, expect=400)


async def test_a_cursor_belongs_to_its_listing(api, other_api, rows):
    ids = rows.data(5)
    first, second = await api.add_version("first"), await api.add_version("second")
    for version in (first, second):
        await api.add_assets(version, ids)
    cursor = (await api.call(routes.LIST_ASSETS, query={"limit": "2"}, version=first))["next_cursor"]

    async def ask(expect, version=first, **query):
        return await api.call(routes.LIST_ASSETS, query=query, version=version, expect=expect)

    assert len((await ask(200, cursor=cursor))["items"]) == 3
    assert len((await ask(200, cursor=cursor, limit="1"))["items"]) == 1
    await ask(400, cursor=cursor, version=second)
    await ask(400, cursor=cursor, q='filename ~ "1"')
    await ask(400, cursor=cursor, order_by="filename")
    await ask(400, cursor=cursor, types="IMAGE")
    await ask(400, cursor=cursor, custom_metadata='{"a": 1}')
    for forged in (cursor[:-1], cursor + "A", "A" + cursor[1:], "x", "é", "=", "A" * 40, cursor.swapcase()):
        await ask(400, cursor=forged)
    await api.call(routes.LIST_DATA, query={"cursor": cursor}, expect=400)
    await api.call(
        routes.FILTER_ASSETS, {"data_ids": ids}, query={"cursor": cursor}, version=first, expect=400
    )
    theirs = await other_api.add_version()
    await other_api.call(routes.LIST_ASSETS, query={"cursor": cursor}, version=theirs, expect=400)
    await other_api.call(routes.LIST_ASSETS, query={"cursor": cursor}, version=first, expect=404)


async def test_a_filtered_listing_is_walked_too(api, rows):
    ids = rows.data(10)
    wanted = ids[2:9]
    pages = await walk(api, routes.FILTER_DATA, body={"ids": wanted}, query={"limit": "3"})
    assert ids_of(pages) == wanted[::-1]
    assert {page["count"] for page in pages} == {7}
    cursor = pages[0]["next_cursor"]
    rest = await api.call(routes.FILTER_DATA, {"ids": wanted}, query={"cursor": cursor})
    assert ids_of([rest]) == wanted[::-1][3:]  # without a limit, everything that is left
    await api.call(routes.FILTER_DATA, {"ids": wanted[1:]}, query={"cursor": cursor}, expect=400)
