"""The counters of versions and datalakes are kept by every change; they must always tell the truth."""

from __future__ import annotations

import random

import pytest

from asyncsdk.wire import routes


class Changes:
    """Changes of every kind, chosen by chance."""

    def __init__(self, api, rows, versions, seed) -> None:
        self.api, self.rows, self.versions = api, rows, versions
        self.chance = random.Random(seed)
        self.data: list[str] = []

    async def add_rows(self):
        self.data += self.rows.data(self.chance.randint(1, 5))

    async def add_data(self):
        self.data.append((await self.api.add_data())["id"])

    async def add_assets(self):
        chosen = [one for one in self.data if self.chance.random() < 0.7]
        if chosen:
            await self.api.add_assets(self.chance.choice(self.versions), chosen)

    async def delete_an_asset(self):
        version = self.chance.choice(self.versions)
        items = (await self.api.call(routes.LIST_ASSETS, version=version))["items"]
        if items:
            await self.api.call(routes.DELETE_ASSET, asset=self.chance.choice(items)["id"])

    async def delete_assets(self):
        version = self.chance.choice(self.versions)
        items = (await self.api.call(routes.LIST_ASSETS, version=version))["items"]
        chosen = [item["id"] for item in items if self.chance.random() < 0.5]
        await self.api.call(routes.DELETE_MANY_ASSETS, {"ids": chosen + chosen}, version=version)

    async def delete_a_data(self):
        if self.data:
            await self.api.call(routes.DELETE_DATA, data=self.data.pop(), expect=204)

    async def delete_data(self):
        chosen = [self.data.pop() for _ in range(self.chance.randint(0, len(self.data)))]
        await self.api.call(routes.DELETE_MANY_DATA, {"ids": chosen + chosen})

    async def replace_version(self):
        place = self.chance.randrange(len(self.versions))
        await self.api.call(routes.DELETE_VERSION, version=self.versions[place])
        self.versions[place] = await self.api.add_version(f"v{self.chance.random()}")

    async def take(self):
        often = [self.add_rows, self.add_assets] * 3
        rarely = [self.add_data, self.delete_an_asset, self.delete_assets, self.delete_a_data]
        await self.chance.choice([*often, *rarely, self.delete_data, self.replace_version])()


@pytest.mark.parametrize("seed", range(4))
async def test_counters_tell_the_truth_after_any_changes(api, rows, check_store, seed):
    changes = Changes(api, rows, [await api.add_version(name) for name in ("first", "second")], seed)
    for _ in range(25):
        await changes.take()
        assert (await api.call(routes.LIST_DATA))["count"] == len(changes.data)
        for version in changes.versions:
            page = await api.call(routes.LIST_ASSETS, query={"limit": "0"}, version=version)
            whole = await api.call(routes.FILTER_ASSETS, {}, version=version)
            assert page["count"] == len(whole["items"])
    check_store()
