from __future__ import annotations

import asyncio
import ssl

import pytest
import trustme

from asyncsdk.config import Retry, Settings
from asyncsdk.errors import ConfigurationError, ConnectionFailedError
from asyncsdk.transport.http import HttpTransport
from asyncsdk.transport.route_planner import make_tls_context
from asyncsdk.transport.session import HttpSession
from asyncsdk.transport.storage import StorageTransport
from asyncsdk.wire.requests import Request

READ = Request("GET", "/api/thing", route="GET /api/thing")


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture(scope="session")
def bundle(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
async def tls_server(server, wire, authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    await server.start(context)
    return server.plays(wire.reply(body=b"[1]"))


@pytest.fixture
async def transport(tls_server, time):
    transport = HttpTransport(
        tls_server.origin, "token", Settings(retry=Retry(attempts=3)), timing=time.timing
    )
    yield transport
    await transport.aclose()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
async def test_the_authorities_of_the_environment_are_trusted(
    transport, tls_server, monkeypatch, variable, time, bundle
):
    monkeypatch.setenv(variable, str(bundle))
    assert (await transport.send(READ)).body == b"[1]"
    storage = StorageTransport(timing=time.timing)
    async with storage.open_download(f"{tls_server.origin}/o") as body:
        assert await body.read(10) == b"[1]"
    await storage.aclose()


async def test_others_are_not_and_that_is_told_at_once(transport, time):
    with pytest.raises(ConnectionFailedError, match="certificate of localhost is not trusted"):
        await transport.send(READ)
    assert time.slept == []


async def test_a_bundle_that_is_missing_is_told(transport, monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE"):
        await transport.send(READ)


def test_a_bundle_can_be_a_folder(tmp_path):
    assert make_tls_context(str(tmp_path)).verify_mode is ssl.CERT_REQUIRED
    assert make_tls_context(str(tmp_path)).check_hostname


async def test_the_context_is_made_once(monkeypatch, tls_server, wire, bundle):
    made = []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setattr(
        "asyncsdk.transport.route_planner.make_tls_context",
        lambda path: made.append(path) or ssl.create_default_context(cafile=path),
    )
    session = HttpSession(headers={}, connect_s=60)
    for host in ("localhost", "127.0.0.1", "localhost"):
        answer = await session.open("GET", f"https://{host}:{tls_server.port}/", headers={})
        await answer.read(100, "GET /")
        answer.close()
    await session.aclose()
    assert len(made) == 1


async def test_the_first_requests_at_once_share_one_lane(monkeypatch, tls_server, bundle):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    session = HttpSession(headers={}, connect_s=60)

    async def ask():
        await session.ask(
            "GET", tls_server.origin, headers={}, body=None, timeout_s=60, max_bytes=9, route="GET /"
        )

    for _ in range(2):
        await asyncio.gather(*(ask() for _ in range(5)))
    assert tls_server.connections == 5
    await session.aclose()


async def test_a_session_that_closes_while_it_makes_a_lane_has_none(monkeypatch, tls_server, bundle):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    session = HttpSession(headers={}, connect_s=60)
    asking = asyncio.create_task(session.open("GET", tls_server.origin, headers={}))
    await asyncio.sleep(0)
    await session.aclose()
    with pytest.raises(ConnectionFailedError, match="closed"):
        await asking
