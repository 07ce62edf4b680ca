"""What every request passes: one form of errors, and the question of who asks."""

from __future__ import annotations

import asyncio
import logging
from unittest.mock import Mock

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from asyncsdk.errors import ApiError, ConflictError, ServerError, UnauthorizedError
from asyncsdk.server.middleware import STILL_AT_WORK, TRUST_S, Gate, errors_as_envelopes
from asyncsdk.server.services import organizations
from asyncsdk.wire import routes


async def answered(error: Exception, path: str = "/a") -> web.Response:
    async def fail(_request: web.Request) -> web.StreamResponse:
        raise error

    answer = await errors_as_envelopes(make_mocked_request("GET", path), fail)
    assert isinstance(answer, web.Response)
    assert answer.content_type == "application/json"
    return answer


def message(answer: web.Response) -> str:
    text = orjson.loads(answer.body)["message"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (ConflictError("taken", status=409), 409, "taken"),
        (ApiError("odd", status=418), 418, "odd"),
        (ApiError("no status"), 500, "no status"),
        (web.HTTPNotFound(), 404, "no such route: GET /a"),
        (web.HTTPMethodNotAllowed("GET", []), 405, "/a does not take the method GET"),
        (web.HTTPRequestEntityTooLarge(1, 2), 413, "too large"),
        (web.HTTPUnsupportedMediaType(), 415, "Unsupported Media Type"),
        (OverflowError(), 400, "too large"),
        (RecursionError(), 400, "too deeply"),
        (web.RequestPayloadError(), 400, "Content- or Transfer-Encoding"),
    ],
)
async def test_an_error_becomes_an_envelope(error, status, text):
    answer = await answered(error)
    assert answer.status == status
    assert text in message(answer)


async def test_a_fault_of_ours_is_logged_and_not_told(caplog):
    with caplog.at_level(logging.ERROR):
        answer = await answered(RuntimeError("secret"))
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert answer.headers["X-Request-Id"] in caplog.text
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    ("error", "header"),
    [
        (ServerError("busy", status=503), "Retry-After"),
        (ApiError("slow down", status=429), "Retry-After"),
        (ConflictError(STILL_AT_WORK, status=409), "Retry-After"),
        (UnauthorizedError("who?", status=401), "WWW-Authenticate"),
    ],
)
async def test_some_errors_carry_a_header(error, header):
    assert (await answered(error)).headers[header]


async def test_a_conflict_that_stays_is_not_to_be_tried_again():
    assert "Retry-After" not in (await answered(ConflictError("taken", status=409))).headers


async def test_what_is_no_error_of_the_protocol_passes():
    with pytest.raises(web.HTTPFound):
        await answered(web.HTTPFound("/b"))


async def test_a_connection_that_breaks_elsewhere_is_an_error():
    async def fail(_request: web.Request) -> web.StreamResponse:
        raise ConnectionResetError

    transport = Mock()
    transport.is_closing.return_value = False
    with pytest.raises(ConnectionResetError):
        await errors_as_envelopes(make_mocked_request("GET", "/a", transport=transport), fail)


async def receive(request: web.Request) -> web.StreamResponse:
    """Take a body, and give nothing back."""
    await request.read()
    return web.Response()


async def send(request: web.Request) -> web.StreamResponse:
    """Answer for as long as somebody is there."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(bytes(100_000))


@pytest.mark.parametrize("handle", [receive, send])
async def test_a_client_that_leaves_is_not_worth_a_log(handle, caplog):
    begun = asyncio.Event()

    async def begin(request: web.Request) -> web.StreamResponse:
        begun.set()
        return await handle(request)

    app = web.Application(middlewares=[errors_as_envelopes])
    app.router.add_post("/", begin)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    _, writer = await asyncio.open_connection(*runner.addresses[0])
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12")
    await begun.wait()
    writer.transport.abort()
    await runner.cleanup()
    assert [record for record in caplog.records if record.name == "aiohttp.server"] == []


async def test_a_body_that_is_not_what_its_encoding_says_is_refused(raw):
    status, body = await raw(b"GET /api/home/ping", b"Content-Encoding: gzip", body=b"no gzip")
    assert status == 400
    assert "Content- or Transfer-Encoding" in orjson.loads(body)["message"]


@pytest.mark.parametrize(
    "target",
    [b"/nothing/\xff", b"/api/dataset/\xff", b"/api/organizations/find?name=\xff", b"/storage/\xff/key"],
)
async def test_a_path_or_query_that_is_not_utf8_is_refused(raw, target):
    status, body = await raw(b"GET " + target)
    assert status == 400
    assert "UTF-8" in orjson.loads(body)["message"]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Authorization: Bearer \xff", 401),
        (b"X-Picsellia-Organization: \xff", 403),
        (b"User-Agent: \xff", 200),
        (b"User-Agent: Picsellia-SDK/\xff.1", 200),
        (b"Idempotency-Key: \xff", 200),
    ],
)
async def test_headers_may_hold_anything(raw, header, status):
    found, body = await raw(b"GET /api/home/ping", header)
    assert found == status
    assert isinstance(orjson.loads(body), dict)


def asking(token: str) -> web.Request:
    return make_mocked_request("GET", "/", headers={"Authorization": f"Bearer {token}"})


async def test_a_token_is_trusted_for_a_moment_only(org):
    now = 0.0
    gate = Gate(org.platform.store, clock=lambda: now)
    assert (await gate.scope(asking(org.token))).username == org.username
    tokens = {row["username"]: row["id"] for row in org.platform.write(organizations.list_tokens())}
    org.platform.write(organizations.revoke_token(tokens[org.username]))
    now = TRUST_S * 0.99
    await gate.scope(asking(org.token))
    now = TRUST_S
    with pytest.raises(UnauthorizedError):
        await gate.scope(asking(org.token))


async def test_what_is_trusted_is_bounded(org, monkeypatch):
    monkeypatch.setattr("asyncsdk.server.middleware.MOST_TRUSTED", 2)
    gate = Gate(org.platform.store)
    texts = [f"token-{org.id}-{number}" for number in range(5)]
    for text in texts:
        org.platform.write(organizations.add_token(org.username, "n", text=text))
        assert (await gate.scope(asking(text))).username == org.username
        assert len(gate._trusted) <= 2


async def test_the_organization_header_is_read_in_any_case(api):
    headers = {"X-Picsellia-Organization": f" {api.org.id.upper()} "}
    answer = await api.call(routes.PING, headers=headers)
    assert answer["default_organization"] == api.org.id
