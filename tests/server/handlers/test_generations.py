"""That the older published client meets no member of an enumeration that it cannot read."""

from __future__ import annotations

import pytest

from asyncsdk.server.handlers.generations import for_old_client, is_old_client
from asyncsdk.wire import routes

OLD = {"User-Agent": "Picsellia-SDK/6.19.2"}


@pytest.mark.parametrize("kind", ["KEYPOINT", "MASK", "SEGMENTATION"])
async def test_new_types_are_not_configured_for_the_old_client(api, kind):
    dataset = (await api.call(routes.CREATE_DATASET, {"name": "street"}, expect=201))["id"]
    body = {"version": "first", "description": f'"type":"{kind}"', "type": kind}
    seen = [await api.call(routes.CREATE_VERSION, body, dataset=dataset, headers=OLD, expect=201)]
    version = seen[0]["id"]
    data = (await api.add_data())["id"]
    for route, options in (
        (routes.GET_VERSION, {}),
        (routes.UPDATE_VERSION, {"body": {"description": f'"type":"{kind}"'}}),
        (routes.FIND_VERSION, {"query": {"id": version}}),
        (routes.FIND_VERSION_BY_ID, {"query": {"id": version}}),
        (routes.LOCK_VERSION, {}),
        (routes.UNLOCK_VERSION, {}),
        (routes.LIST_VERSIONS, {}),
        (routes.ADD_ASSETS, {"body": {"data_ids": [data]}}),
    ):
        found = await api.call(route, dataset=dataset, version=version, headers=OLD, **options)
        seen.append(found.get("dataset_version") or found.get("items", [found])[0])
    expected = kind if kind == "SEGMENTATION" else "NOT_CONFIGURED"
    assert {one["type"] for one in seen} == {expected}
    assert {one["description"] for one in seen} == {f'"type":"{kind}"'}
    assert (await api.call(routes.GET_VERSION, version=version))["type"] == kind


@pytest.mark.parametrize(
    ("agent", "old"),
    [
        ("Picsellia-SDK/6.19.2", True),
        ("Picsellia-SDK/6.9.0", True),
        ("Picsellia-SDK/6.36", True),
        ("Picsellia-SDK/5.99.1", True),
        ("Picsellia-SDK/6.37.0", False),
        ("Picsellia-SDK/7.0.0", False),
        ("Picsellia-SDK/x", False),
        ("asyncsdk/6.19", False),
        ("", False),
        (None, False),
    ],
)
def test_the_old_client_is_known_by_its_user_agent(agent, old):
    assert is_old_client(agent) is old


def test_other_routes_are_left_alone():
    body = b'{"type":"MASK"}'
    assert for_old_client(routes.GET_DATA, body) == body
    assert for_old_client(routes.GET_VERSION, body) == b'{"type":"NOT_CONFIGURED"}'
