"""Clients: reaching a platform or not, and what they find there."""

from __future__ import annotations

import asyncio
import traceback
from uuid import UUID

import pytest

import asyncsdk
from asyncsdk.errors import (
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    InvalidArgumentError,
    NotFoundError,
    ProtocolError,
    ServerError,
    UnauthorizedError,
)
from asyncsdk.wire import capabilities

HTML = b"<!doctype html><html><body>Welcome to nginx!</body></html>"


def http(status, body, content_type="text/html"):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body


# Connecting


async def test_it_knows_who_and_where_it_is(any_org, any_client):
    assert any_client.id == any_org.id
    assert any_client.name == any_org.name
    assert any_client.username == any_org.username
    assert any_client.host == any_org.host


async def test_capabilities_are_those_that_the_platform_tells(client, strict_client):
    assert client.capabilities == set(capabilities.ALL)
    assert strict_client.capabilities == frozenset()


async def test_nothing_listens_at_the_host(dead_host, settings):
    client = asyncsdk.Client(dead_host, "token", settings=settings())
    with pytest.raises(ConnectionFailedError, match=r"127\.0\.0\.1.*[Rr]efused"):
        await client.connect()
    await client.close()


async def test_html_with_status_200_is_no_platform(fake_host, settings):
    origin = await fake_host(http(200, HTML))
    client = asyncsdk.Client(origin, "token", settings=settings())
    with pytest.raises(ProtocolError, match=r"does not speak the platform's protocol.*Welcome"):
        await client.connect()
    await client.close()


async def test_a_host_without_the_routes_is_no_platform(fake_host, settings):
    origin = await fake_host(http(404, HTML))
    client = asyncsdk.Client(origin, "token", settings=settings())
    with pytest.raises(ProtocolError, match="does not speak the platform's protocol"):
        await client.connect()
    await client.close()


async def test_json_of_another_service_is_no_platform(fake_host, settings):
    origin = await fake_host(http(200, b'{"status": "ok"}', "application/json"))
    client = asyncsdk.Client(origin, "token", settings=settings())
    with pytest.raises(ProtocolError, match=r"does not speak.*username"):
        await client.connect()
    await client.close()


@pytest.mark.parametrize("body", [b'["a", "list"]', b'"a string"', b"null", b"17", b"no json"])
async def test_an_error_body_of_any_form_is_the_mapped_error(fake_host, settings, body):
    origin = await fake_host(http(500, body, "application/json"))
    client = asyncsdk.Client(origin, "token", settings=settings())
    with pytest.raises(ServerError) as caught:
        await client.connect()
    assert caught.value.status == 500
    await client.close()


async def test_a_host_that_moved_is_named_and_gets_no_token(fake_host, settings):
    moved = b"HTTP/1.1 301 X\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"
    client = asyncsdk.Client(await fake_host(moved), "token", settings=settings())
    with pytest.raises(ProtocolError, match=r"https://elsewhere\.example"):
        await client.connect()
    await client.close()


async def test_a_wrong_token(platform, settings):
    client = asyncsdk.Client(platform.url, "s3cr3t-but-wrong", settings=settings())
    with pytest.raises(UnauthorizedError, match="refuses the API token") as caught:
        await client.connect()
    assert caught.value.status == 401
    await client.close()


UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"


@pytest.mark.parametrize("unknown", ["no such organization", UNKNOWN_ID, UUID(UNKNOWN_ID)])
async def test_an_unknown_organization(org, settings, unknown):
    client = asyncsdk.Client(org.host, org.token, unknown, settings=settings())
    with pytest.raises(NotFoundError, match=r"no organization .* for user") as caught:
        await client.connect()
    assert caught.value.status == 404
    assert str(unknown) in str(caught.value)
    await client.close()


async def test_an_organization_of_others_is_unknown(org, new_org, settings):
    for wanted in (new_org().name, new_org().id):
        client = asyncsdk.Client(org.host, org.token, wanted, settings=settings())
        with pytest.raises(NotFoundError, match="no organization"):
            await client.connect()
        await client.close()


async def test_the_organization_by_name_by_id_and_by_default(org, connect):
    shouted = org.id.upper()
    for wanted in (org.name, org.id, shouted, f"{{{org.id}}}", org.id.replace("-", ""), None):
        assert (await connect(org, organization=wanted)).id == org.id


async def test_a_user_of_no_organization(fake_host, settings):
    ping = b'{"sdk_version": "6.19.2", "default_organization": null, "username": "ada"}'
    client = asyncsdk.Client(await fake_host(http(200, ping, "application/json")), "t", settings=settings())
    with pytest.raises(NotFoundError, match="'ada' belongs to no organization"):
        await client.connect()
    await client.close()


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:9", "https://elsewhere.example", asyncsdk.config.HOSTED_PLATFORM]
)
def test_no_token_is_told_before_any_request(host, monkeypatch):
    monkeypatch.delenv("PICSELLIA_TOKEN", raising=False)
    with pytest.raises(ConfigurationError, match="no API token"):
        asyncsdk.Client(host)


def test_the_token_variable_is_for_the_hosted_platform_only(monkeypatch):
    monkeypatch.setenv("PICSELLIA_TOKEN", "from-the-environment")
    assert "from-the-environment" not in repr(asyncsdk.Client(asyncsdk.config.HOSTED_PLATFORM))
    for host in ("http://127.0.0.1:9", "https://app.picsellia.com.example", "https://app.picsellia.com:8443"):
        with pytest.raises(ConfigurationError, match="no API token"):
            asyncsdk.Client(host)


@pytest.mark.parametrize("host", ["ftp://x", "http://", "http://user:pw@x", "http://x:99999"])
def test_a_host_that_is_none(host):
    with pytest.raises(ConfigurationError):
        asyncsdk.Client(host, "token")


# Life


async def test_concurrent_first_calls_connect_once(org, proxy, settings):
    client = asyncsdk.Client(proxy.origin, org.token, org.name, settings=settings())
    await asyncio.gather(*(client.list_datasets() for _ in range(20)))
    assert proxy.count("GET", "/api/home/ping") == 1
    await client.close()


async def test_the_first_call_connects(org, settings):
    client = asyncsdk.Client(org.host, org.token, org.name, settings=settings())
    with pytest.raises(ConfigurationError, match="not connected yet"):
        client.id  # noqa: B018
    assert "not connected yet" in repr(client)
    assert await client.list_datasets() == []
    assert client.id == org.id
    await client.close()


async def test_a_failed_connection_can_be_tried_again(org, proxy, settings):
    client = asyncsdk.Client(proxy.origin, org.token, org.name, settings=settings())
    proxy.answers("GET", "/api/home/ping", times=5, status=502)
    with pytest.raises(ServerError):
        await client.connect()
    await client.connect()
    assert client.id == org.id
    await client.close()


async def test_closed_is_closed(org, connect):
    client = await connect(org)
    datalake = await client.get_datalake()
    await client.close()
    await client.close()
    for call in (client.connect, client.list_datasets, datalake.refresh, datalake.list_data_tags):
        with pytest.raises(ConfigurationError, match="the client is closed"):
            await call()


async def test_closed_while_it_connects_is_closed(org, proxy, settings, eventually):
    client = asyncsdk.Client(proxy.origin, org.token, org.name, settings=settings())
    go_on = asyncio.Event()

    async def wait(passing):
        await go_on.wait()
        return await passing.forward()

    proxy.on("GET", "/api/home/ping", wait)
    calls = [asyncio.create_task(client.list_datasets()) for _ in range(3)]
    await eventually(lambda: proxy.passed)
    await client.close()
    go_on.set()
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        assert isinstance(outcome, asyncsdk.AsyncSDKError), outcome
    with pytest.raises(ConfigurationError, match="the client is closed"):
        await client.connect()
    assert proxy.count("GET", "/api/home/ping") == 1


async def test_one_of_several_first_calls_is_cancelled(org, proxy, settings, eventually):
    client = asyncsdk.Client(proxy.origin, org.token, org.name, settings=settings())
    go_on = asyncio.Event()

    async def wait(passing):
        await go_on.wait()
        return await passing.forward()

    proxy.on("GET", "/api/home/ping", wait, times=1)
    first, second = (asyncio.create_task(client.list_datasets()) for _ in range(2))
    await eventually(lambda: proxy.passed)
    first.cancel()
    assert await second == []
    with pytest.raises(asyncio.CancelledError):
        await first
    go_on.set()
    await client.close()


def test_a_client_belongs_to_one_event_loop(org, settings):
    client = asyncsdk.Client(org.host, org.token, org.name, settings=settings())

    async def use():
        return await client.get_datalake()

    async def use_again(datalake):
        for call in (client.list_datasets, datalake.refresh, lambda: anext(datalake.iter_data())):
            with pytest.raises(ConfigurationError, match=r"another event loop.*one client per loop"):
                await call()

    with asyncio.Runner() as first, asyncio.Runner() as second:
        datalake = first.run(use())
        second.run(use_again(datalake))
        first.run(client.close())


def test_a_client_that_failed_in_one_loop_may_connect_in_another(dead_host, settings):
    client = asyncsdk.Client(dead_host, "token", settings=settings())

    async def fail():
        outcomes = await asyncio.gather(*(client.connect() for _ in range(3)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ConnectionFailedError] * 3

    asyncio.run(fail())
    asyncio.run(fail())
    asyncio.run(client.close())


async def test_the_token_is_in_no_text(org, platform, settings, dead_host, fake_host, caplog):
    caplog.set_level("DEBUG")
    token = org.token
    client = asyncsdk.Client(org.host, token, org.name, settings=settings())
    await client.connect()
    datalake = await client.get_datalake()
    texts = [repr(thing) for thing in (client, datalake, client._connection, client._connection._endpoint)]
    texts.append(repr(vars(client._connection)))
    with pytest.raises(NotFoundError) as unknown:
        await client.get_dataset("nowhere")
    texts += traceback.format_exception(unknown.value)
    await client.close()
    for host in (dead_host, await fake_host(http(200, HTML)), await fake_host(b"nonsense\r\n\r\n")):
        broken = asyncsdk.Client(host, token, settings=settings())
        with pytest.raises(asyncsdk.AsyncSDKError) as caught:
            await broken.connect()
        texts += traceback.format_exception(caught.value)
        texts += [repr(vars(caught.value)), repr(broken)]
        await broken.close()
    texts.append(caplog.text)
    assert [text for text in texts if token in text] == []


async def test_the_token_goes_to_no_storage(proxied, proxy, images):
    datalake = await proxied.get_datalake()
    data = await datalake.upload_data(images[:2])
    await data[0].read()
    to_storage = [passed for passed in proxy.passed if passed.path.startswith("/storage/")]
    assert len(to_storage) == 3
    for passed in to_storage:
        assert "Authorization" not in passed.headers
        assert "X-Picsellia-Organization" not in passed.headers


# What it finds and makes


async def test_datalakes(any_client, any_org):
    datalake = await any_client.get_datalake()
    assert datalake.id == any_org.datalake
    assert datalake.connector_id == any_org.connector
    assert await any_client.get_datalake(name=datalake.name) == datalake
    assert await any_client.get_datalake(id=datalake.id) == datalake
    assert await any_client.list_datalakes() == [datalake]
    await datalake.refresh()
    with pytest.raises(NotFoundError):
        await any_client.get_datalake(name="no such lake")
    with pytest.raises(InvalidArgumentError, match="not an id"):
        await any_client.get_datalake(id="not-an-id")


async def test_users(any_client, any_org):
    users = await any_client.list_users()
    assert [user.username for user in users] == [any_org.username]
    assert await any_client.list_users(username=any_org.username) == users
    assert await any_client.list_users(username="nobody") == []
    dataset = await any_client.create_dataset("birds")
    workers = await dataset.list_workers()
    assert [worker.id for worker in workers] == [user.id for user in users]
    assert await dataset.find_worker(any_org.username) == workers[0]
    assert any_org.username in repr(workers[0])
    assert users[0] != workers[0]
    with pytest.raises(NotFoundError, match="no worker 'nobody'"):
        await dataset.find_worker("nobody")


async def test_two_organizations_see_nothing_of_each_other(client, connect, new_org):
    other = await connect(new_org())
    dataset = await client.create_dataset("birds")
    assert await other.list_datasets() == []
    with pytest.raises(NotFoundError):
        await other.get_dataset_by_id(dataset.id)
    with pytest.raises(NotFoundError):
        await other.get_dataset("birds")


async def test_a_lost_answer_does_not_double_a_dataset(proxied, proxy):
    proxy.loses_answer("POST", "/datasets")
    dataset = await proxied.create_dataset("birds")
    assert await proxied.list_datasets() == [dataset]
    keys = {passed.headers["Idempotency-Key"] for passed in proxy.of("POST", "/datasets")}
    assert proxy.count("POST", "/datasets") == 2
    assert len(keys) == 1


async def test_each_creation_has_a_key_of_its_own(proxied, proxy):
    for name in ("a", "b"):
        await proxied.create_dataset(name)
    keys = {passed.headers["Idempotency-Key"] for passed in proxy.of("POST", "/datasets")}
    assert len(keys) == 2
    with pytest.raises(ConflictError):
        await proxied.create_dataset("a")


async def test_without_keys_a_lost_answer_is_an_unknown_outcome(strict_proxied, strict_proxy):
    strict_proxy.loses_answer("POST", "/datasets")
    with pytest.raises(asyncsdk.OutcomeUnknownError, match="may or may not have happened") as caught:
        await strict_proxied.create_dataset("birds")
    assert caught.value.route == "POST /api/organization/{org}/datasets"
    assert strict_proxy.count("POST", "/datasets") == 1
    assert "Idempotency-Key" not in strict_proxy.of("POST", "/datasets")[0].headers
    assert [dataset.name for dataset in await strict_proxied.list_datasets()] == ["birds"]


async def test_a_page_that_fails_for_a_moment_is_asked_for_again(proxied, proxy):
    for status, headers in ((502, {}), (503, {"Retry-After": "0"}), (429, {"Retry-After": "0"}), (408, {})):
        proxy.answers("GET", "/datasets", times=1, status=status, headers=headers)
    assert await proxied.list_datasets() == []
    assert proxy.count("GET", "/datasets") == 5
