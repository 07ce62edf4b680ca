"""Every filter of `list_data` and `iter_data`, on our platform and on the strict one."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID, uuid4

import orjson
import pytest

import asyncsdk
from asyncsdk.errors import InvalidArgumentError, InvalidQueryError, NotFoundError

NAMES = [f"img-{number:02}.{'png' if number % 2 else 'jpg'}" for number in range(6)]
EMPTY = ["ids", "object_names", "filenames", "tags"]


@pytest.fixture
async def shelf(any_org, any_client, add_rows):
    """Six data, `img-00.jpg` first; even ones are tagged `night`, the last two `day`."""
    lake = await any_client.get_datalake()
    add_rows(
        any_org,
        NAMES,
        width=lambda name: int(name[4:6]) + 10,
        custom_metadata=lambda name: orjson.dumps(
            {"site": name[5:6], "lens": {"mm": 35}, "on": True}
        ).decode(),
    )
    data = (await lake.list_data())[::-1]
    assert [one.filename for one in data] == NAMES
    await data[::2].add_tags(await lake.create_data_tag("night"))
    await data[4:].add_tags(await lake.create_data_tag("day"))
    return SimpleNamespace(lake=lake, data=data)


async def numbers(shelf, **filters):
    listed = await shelf.lake.list_data(**filters)
    assert [one.id async for one in shelf.lake.iter_data(**filters)] == listed.ids
    assert all(one.datalake_id == shelf.lake.id for one in listed)
    return [int(one.filename[4:6]) for one in listed]


async def test_limit_offset_and_order(shelf):
    for filters, expected in (
        ({}, [5, 4, 3, 2, 1, 0]), ({"limit": 2}, [5, 4]), ({"offset": 4}, [1, 0]), ({"limit": 2, "offset": 1}, [4, 3]),
        ({"limit": 0}, []), ({"offset": 99}, []), ({"order_by": ["filename"]}, [0, 1, 2, 3, 4, 5]),
        ({"order_by": "-width", "limit": 3}, [5, 4, 3]), ({"order_by": ["content_type", "filename"], "offset": 4}, [4, 5]),
    ):  # fmt: skip
        for page_size in (1, 4, 1000):
            assert await numbers(shelf, page_size=page_size, **filters) == expected, filters
            assert await numbers(shelf, page_size=page_size, filenames=NAMES, **filters) == expected, filters


async def test_filters(shelf):
    for filters, expected in (
        ({"tags": "night"}, [4, 2, 0]), ({"tags": ["night", "day"]}, [5, 4, 2, 0]),
        ({"tags": ["night", "day"], "intersect_tags": True}, [4]), ({"tags": "nobody's"}, []),
        ({"q": "width > 12"}, [5, 4, 3]), ({"q": "width > 14 or width < 11", "tags": "night"}, [0]),
        ({"q": " ", "tags": "night"}, [4, 2, 0]), ({"filenames": ["img-01.png", "x"]}, [1]),
        ({"filenames": "img-01.png"}, [1]), ({"filenames": NAMES[:4], "tags": "night", "q": "width > 11"}, [2]),
        ({"custom_metadata": {"site": "3"}}, [3]), ({"custom_metadata": {"site": "3", "on": True}}, [3]),
        ({"custom_metadata": {"site": "3"}, "filenames": NAMES}, [3]), ({"custom_metadata": {"site": 3}}, []),
        ({"custom_metadata": {}}, [5, 4, 3, 2, 1, 0]),
    ):  # fmt: skip
        assert await numbers(shelf, **filters) == expected, filters


async def test_lists_of_ids_intersect(shelf):
    data = shelf.data
    assert await numbers(shelf, ids=[UUID(data[4].id), data[1].id.upper(), uuid4()]) == [4, 1]
    assert await numbers(shelf, object_names=[data[4].object_name]) == [4]
    some = {
        "ids": data.ids[1:5],
        "object_names": [one.object_name for one in data[2:]],
        "filenames": NAMES[:5],
    }
    assert await numbers(shelf, **some) == [4, 3, 2]
    assert await numbers(shelf, **some, limit=1, offset=1) == [3]
    with pytest.raises(InvalidArgumentError, match="'x' is not an id"):
        await numbers(shelf, ids=["x"])


async def test_none_is_no_filter_and_an_empty_list_matches_nothing(shelf):
    for name in EMPTY:
        assert len(await numbers(shelf, **{name: None})) == 6
        assert await numbers(shelf, **{name: []}) == []


@pytest.mark.parametrize("name", EMPTY)
async def test_an_empty_list_sends_no_request(scripted, name):
    client, transport = scripted([])
    lake = asyncsdk.Datalake(client._connection, SimpleNamespace(id="lake"))
    for nothing in ([], (), iter(())):
        assert len(await lake.list_data(**{name: nothing})) == 0
        assert [data async for data in lake.iter_data(**{name: nothing})] == []
    assert transport.requests == []


async def test_a_malformed_query_has_its_position(shelf):
    for filters in ({}, {"filenames": NAMES}):
        with pytest.raises(InvalidQueryError) as caught:
            await shelf.lake.list_data(q="width >", **filters)
        assert caught.value.position == 7


async def test_statuses_and_types_are_named_where_the_protocol_wants_them(proxied, proxy):
    lake = await proxied.get_datalake()
    await lake.list_data(q="width > 3")
    await lake.list_data(filenames=["a"], q="width > 3", custom_metadata={"a": 1})
    every = ["PENDING", "COMPUTING", "ERROR", "DONE"]
    plain, filtered = proxy.of("GET", "/datas")[0], proxy.of("XGET", "/datas")[0]
    assert [f"upload_statuses={status}" for status in every] + ["types=IMAGE", "types=VIDEO"] == [
        part for part in plain.query.split("&") if part.startswith(("upload_statuses", "types"))
    ]
    assert orjson.loads(filtered.body) == {
        "filenames": ["a"], "q": "width > 3", "upload_statuses": every, "types": ["IMAGE", "VIDEO"],
    }  # fmt: skip
    assert "types" not in filtered.query
    assert "custom_metadata=%7B%22a%22%3A1%7D" in filtered.query


async def test_finding_one(shelf):
    lake, data = shelf.lake, shelf.data
    assert await lake.find_data(filename=NAMES[2]) == data[2]
    assert await lake.find_data(object_name=data[2].object_name) == data[2]
    assert await lake.find_data(id=UUID(data[2].id)) == data[2]
    assert await lake.find_data(NAMES[2], data[2].object_name, data[2].id) == data[2]
    with pytest.raises(NotFoundError):
        await lake.find_data(NAMES[2], data[3].object_name)
    with pytest.raises(InvalidArgumentError, match="at least one"):
        await lake.find_data()


async def test_several_of_one_name_are_told(any_org, any_client, add_rows):
    add_rows(any_org, ["a.png", "a.png"])
    lake = await any_client.get_datalake()
    with pytest.raises(InvalidQueryError, match="several"):
        await lake.find_data("a.png")
