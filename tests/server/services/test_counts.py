"""Counts that are kept until something changes."""

from __future__ import annotations

from asyncsdk.server.services.counts import Counts
from asyncsdk.wire import routes


def test_a_count_holds_as_long_as_nothing_changes():
    counts = Counts()
    assert counts.get("a", 1) is None
    counts.keep("a", 1, 5)
    assert counts.get("a", 1) == 5
    assert counts.get("a", 2) is None
    counts.keep("a", 2, 6)
    assert (counts.get("a", 1), counts.get("a", 2)) == (None, 6)


def test_the_oldest_counts_are_dropped():
    counts = Counts()
    for number in range(1001):
        counts.keep(str(number), 1, number)
    assert counts.get("0", 1) is None
    assert counts.get("1000", 1) == 1000


async def test_the_count_of_a_filtered_listing_follows_each_change(world):
    async def count():
        query = {"q": "width > 0", "limit": 0}
        return (await world.api.call(routes.LIST_ASSETS, version=world.version, query=query))["count"]

    before = await count()
    assert (before, await count()) == (1, 1)
    await world.api.call(routes.DELETE_ASSET, asset=world.asset)
    assert await count() == 0
