from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

import asyncsdk
from asyncsdk.config import Settings
from asyncsdk.errors import ConfigurationError, InvalidArgumentError, NotSupportedError
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.endpoint import RemoteEndpoint
from asyncsdk.wire import capabilities, routes


class Held(RemoteEndpoint):
    """A platform that notes when it is let go of."""

    def release(self):
        self.released.append(self.host)


async def test_closed_while_the_platform_starts_lets_go_of_it(org, proxy):
    starting, started = asyncio.Event(), asyncio.Event()
    Held.released = []

    async def reach():
        starting.set()
        await started.wait()
        return Held(proxy.origin, org.token)

    connection = Connection(reach, settings=Settings())
    opening = asyncio.create_task(connection.open())
    await starting.wait()
    await connection.close()
    started.set()
    with pytest.raises(ConfigurationError, match="the client is closed"):
        await opening
    assert Held.released == [proxy.origin]
    assert proxy.passed == []


async def test_the_organization_goes_with_requests_once_it_is_known(proxied, proxy, org):
    await proxied.list_datasets()
    told = [passed.headers.get("X-Picsellia-Organization") for passed in proxy.passed]
    assert told == [None, None, None, org.id]
    assert [passed.path for passed in proxy.passed[:3]] == [
        "/api/home/ping",
        "/api/organizations/find",
        f"/api/organization/{org.id}",
    ]


async def test_a_feature_that_the_platform_lacks_is_told_before_any_request(scripted):
    client, transport = scripted([], strict=True)
    with pytest.raises(NotSupportedError, match="'shards'"):
        client._connection.require("shards", "walking in parallel")
    assert transport.requests == []


async def test_an_organization_without_a_connector_cannot_store_files(scripted):
    client, _ = scripted([])
    client._connection._organization = client._connection.organization.__class__("1", "bare", None)
    with pytest.raises(ConfigurationError, match="'bare' has no storage connector"):
        _ = client._connection.connector


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
async def test_a_text_that_is_no_unicode_is_refused_before_any_request(scripted, text):
    client, transport = scripted([])
    lake = asyncsdk.Datalake(client._connection, SimpleNamespace(id="lake"))
    for call in (
        lambda: client.create_dataset(text), lambda: client.get_dataset(text), lambda: lake.list_data(tags=text),
        lambda: lake.list_data(filenames=[text]), lambda: lake.list_data(q=f'filename = "{text}"'),
        lambda: lake.create_data_tag(text), lambda: lake.find_data(filename=text),
    ):  # fmt: skip
        with pytest.raises(InvalidArgumentError, match="cannot travel as JSON"):
            await call()
    assert transport.requests == []


async def test_metadata_that_is_no_json_is_refused_before_any_request(scripted):
    client, transport = scripted([])
    data = asyncsdk.Data(client._connection, SimpleNamespace(id="data"), "lake")
    for change in (data.update_metadata, data.update_custom_metadata):
        with pytest.raises(InvalidArgumentError, match="is no JSON object"):
            await change({"a": {1, 2}})
    assert transport.requests == []


async def test_a_client_that_moves_to_another_loop_or_process_makes_other_keys(monkeypatch):
    """Until it is connected it may move, as to several children of one process: their creations are not the same."""
    connection, keys = Connection(None, settings=Settings()), []
    monkeypatch.setattr(connection, "capabilities", frozenset({capabilities.IDEMPOTENCY}))
    for _ in range(2):
        loop = asyncio.new_event_loop()
        connection._claim(loop)
        loop.close()
        keys += [connection._new_key(routes.CREATE_DATASET) for _ in range(2)]
    assert len(set(keys)) == 4
    assert len({key.partition("-")[0] for key in keys}) == 2
