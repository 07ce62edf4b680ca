"""Our route that compares two versions: its pages, its cursors, and whom it answers."""

from __future__ import annotations

import contextlib
import sqlite3
from uuid import uuid4

import attrs
import pytest
from sqlalchemy.dialects import sqlite

from asyncsdk.server.services.comparing import MOST_ASSETS
from asyncsdk.server.services.version_differences import WINDOW, unequal_shapes
from asyncsdk.wire import routes


@attrs.frozen
class Pair:
    """Two versions of one dataset."""

    api: object
    dataset: str
    first: str
    second: str

    async def __call__(self, *, expect=200, turned=False, **query):
        variables = {"version": self.first, "other": self.second}
        if turned:
            variables = {"version": self.second, "other": self.first}
        return await self.api.call(routes.COMPARE_VERSIONS, query=query, expect=expect, **variables)

    async def walk(self, **query):
        """The sizes of all pages, and the items."""
        items, sizes, cursor = [], [], {}
        while True:
            page = await self(**query, **cursor)
            items += page["items"]
            sizes.append(len(page["items"]))
            if page["next_cursor"] is None:
                return sizes, items
            cursor = {"cursor": page["next_cursor"]}


async def make_pair(api):
    dataset = (await api.call(routes.CREATE_DATASET, {"name": "birds"}, expect=201))["id"]
    made = [
        (await api.call(routes.CREATE_VERSION, {"version": name}, dataset=dataset, expect=201))["id"]
        for name in ("v1", "v2")
    ]
    return Pair(api, dataset, *made)


@pytest.fixture
async def pair(api):
    return await make_pair(api)


@pytest.mark.parametrize("limit", ["1", "2", "3", "100", "0", "99999"])
async def test_pages_of_any_size_give_the_same(api, rows, pair, limit):
    data = rows.data(7)
    await api.add_assets(pair.first, data[:5])
    await api.add_assets(pair.second, [data[6], *data[2:4]])
    sizes, items = await pair.walk(limit=limit)
    assert max(sizes) <= 2 * (int(limit) or MOST_ASSETS)
    assert [one["filename"] for one in items] == [f"{number:06}.png" for number in (0, 1, 4, 6)]
    assert [(one["asset_id"] is None, one["other_asset_id"] is None) for one in items] == [
        (False, True), (False, True), (False, True), (True, False),
    ]  # fmt: skip


async def test_what_differs_is_all_that_travels(api, rows, pair):
    data = rows.data(2 * MOST_ASSETS)
    for version in (pair.first, pair.second):
        await api.add_assets(version, data)
    assert await pair.walk() == ([0, 0, 0], [])


async def test_empty_versions_do_not_differ(pair):
    assert await pair() == {"items": [], "next_cursor": None}


async def test_a_cursor_belongs_to_what_was_asked(api, rows, pair):
    await api.add_assets(pair.first, rows.data(3))
    cursor = (await pair(limit="1"))["next_cursor"]
    assert len((await pair(limit="2", cursor=cursor))["items"]) == 2
    for odd in (
        {"cursor": "x"},
        {"cursor": cursor, "labels_only": "True"},
        {"cursor": cursor, "worker_id": str(uuid4())},
        {"cursor": cursor, "turned": True},
    ):
        await pair(expect=400, **odd)


@pytest.mark.parametrize(
    "odd", [{"labels_only": "yes"}, {"all_annotations": "1"}, {"worker_id": "x"}, {"limit": "-1"}]
)
async def test_odd_requests_are_refused(pair, odd):
    await pair(expect=400, **odd)


async def test_versions_of_two_datasets_and_of_others_are_refused(api, other_api, pair):
    foreign, elsewhere = await make_pair(other_api), await api.add_version("elsewhere")
    await attrs.evolve(pair, second=elsewhere)(expect=400)
    for unknown in (foreign.first, str(uuid4()), "None"):
        await attrs.evolve(pair, second=unknown)(expect=404)
        await attrs.evolve(pair, first=unknown)(expect=404)
    await attrs.evolve(foreign, api=api)(expect=404)


@pytest.mark.parametrize("of_worker", [False, True])
@pytest.mark.parametrize("newest_only", [False, True])
@pytest.mark.parametrize("labels_only", [False, True])
def test_nothing_is_read_but_the_window(platform, of_worker, newest_only, labels_only):
    comparing = unequal_shapes(of_worker=of_worker, newest_only=newest_only, labels_only=labels_only)
    for prepared in (WINDOW, comparing):
        steps = plan(platform, prepared)
        assert [step for step in steps if step.startswith("SCAN")] in ([], ["SCAN drawn"])
        bounded = [step for step in steps if "(version=? AND data>?" in step]
        assert len(bounded) == (1 if prepared is WINDOW else 4)


def plan(platform, prepared):
    text, own = prepared.text(sqlite.dialect(paramstyle="named"))
    given = {"version": 1, "other": 2, "after": 0, "until": 9, "most": 9, "worker": "x"}
    with contextlib.closing(sqlite3.connect(platform.workspace / "database.sqlite")) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", given | own)]
