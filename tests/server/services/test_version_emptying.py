"""Deleting what is large in parts: between them others write, and after each of them the platform may stop."""

from __future__ import annotations

import pytest

from asyncsdk.server.services import version_emptying
from asyncsdk.server.services.copying_plan import Budget
from asyncsdk.server.services.scope import authenticate, hash_token
from asyncsdk.server.services.version_emptying import empty_dataset, empty_version
from asyncsdk.wire import routes


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Four assets in a part, as each of them counts for its tag too."""
    monkeypatch.setattr(version_emptying, "_PART", Budget(rows=8, assets=100))


@pytest.fixture
async def version(api, rows):
    version = await api.add_version()
    await api.add_assets(version, rows.data(10))
    return version


@pytest.fixture
async def dataset(api, version):
    return (await api.call(routes.GET_VERSION, version=version))["origin_id"]


def take_part(api, empty, of):
    def work():
        scope = yield from authenticate(hash_token(api.org.token))
        return (yield from empty(scope, of))

    return api.org.platform.write(work())


async def count(api, version):
    return (await api.call(routes.LIST_ASSETS, version=version))["count"]


async def test_a_part_takes_some_assets_and_the_version_refuses_changes_from_then_on(
    api, version, check_store
):
    before = await api.call(routes.LIST_ASSETS, version=version)
    assert take_part(api, empty_version, version) == 0
    left = await api.call(routes.LIST_ASSETS, version=version)
    assert left["count"] == 6
    assert {one["id"] for one in left["items"]} < {one["id"] for one in before["items"]}
    refused = await api.call(routes.UPDATE_VERSION, {"description": "new"}, version=version, expect=423)
    assert "deleted" in str(refused)
    check_store()


async def test_a_deletion_that_stopped_is_ended_by_the_next_one(api, version, check_store):
    assert take_part(api, empty_version, version) == 0
    await api.call(routes.DELETE_VERSION, version=version, expect=200)
    await api.call(routes.GET_VERSION, version=version, expect=404)
    check_store()


async def test_few_assets_go_with_their_version_alone(api, rows):
    version = await api.add_version()
    await api.add_assets(version, rows.data(4))
    assert take_part(api, empty_version, version) is None
    assert await count(api, version) == 4
    await api.call(routes.UPDATE_VERSION, {"description": "new"}, version=version)


async def test_the_versions_of_a_dataset_are_emptied_one_after_the_other(
    api, rows, dataset, version, check_store
):
    other = await api.call(routes.CREATE_VERSION, {"version": "other"}, dataset=dataset, expect=201)
    await api.add_assets(other["id"], rows.data(5))
    parts = 0
    while take_part(api, empty_dataset, dataset) is not None:
        parts += 1
        check_store()
    assert parts == 5  # 10 assets by 4, and 5 by 4
    assert [await count(api, each) for each in (version, other["id"])] == [0, 0]
    await api.call(routes.DELETE_DATASET, dataset=dataset, expect=200)
    await api.call(routes.GET_VERSION, version=version, expect=404)
    check_store()


async def test_nothing_is_taken_out_of_what_is_locked(api, dataset, version):
    await api.call(routes.LOCK_VERSION, version=version)
    await api.call(routes.DELETE_VERSION, version=version, expect=423)
    await api.call(routes.DELETE_DATASET, dataset=dataset, expect=423)
    assert await count(api, version) == 10
