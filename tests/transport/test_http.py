"""Requests over real sockets: answers, faults, retries, deadlines, redirects, proxies.

Names of tests carry the rows of faults that published clients are known for: l8 to l10.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import socket
import traceback

import attrs
import pytest
from aiohttp import web
from held import Content

from asyncsdk.config import Limits, Retry, Settings, Timeouts
from asyncsdk.errors import (
    ApiError,
    AsyncSDKError,
    BadRequestError,
    ConflictError,
    ConnectionFailedError,
    DeadlineError,
    NotFoundError,
    OutcomeUnknownError,
    ProtocolError,
    RateLimitedError,
    ServerError,
    UnauthorizedError,
)
from asyncsdk.records.reports import Failure
from asyncsdk.transport import http as http_module
from asyncsdk.transport.http import HttpTransport
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Repeat, Request

TOKEN = "s3cret-t0ken"
READ = Request("GET", "/api/thing", route="GET /api/thing")
CREATE = Request("POST", "/api/things", body=b"{}", route="POST /api/things", repeat=Repeat.CREATION)
KEYED = Request(
    "POST", "/api/things", body=b"{}", route="POST /api/things", repeat=Repeat.CREATION, idempotency_key="k1"
)


@pytest.fixture
async def connect(time, other_tasks):
    """Makes transports with a virtual clock, and checks that closing leaves nothing."""
    made = []

    def make(server, **options):
        options.setdefault("settings", Settings(retry=Retry(attempts=3, base_s=1, cap_s=10)))
        origin = server if isinstance(server, str) else server.origin
        transport = HttpTransport(origin, TOKEN, timing=time.timing, **options)
        made.append(transport)
        return transport

    before = len(other_tasks())
    yield make
    for transport in made:
        await transport.aclose()
        assert transport.limiter.in_flight == 0
    await asyncio.sleep(0)
    assert [task for task in other_tasks() if "_serve" not in task.get_coro().__qualname__][before:] == []


async def test_a_request_as_it_goes_out(connect, server, wire):
    server.plays(wire.reply(body=b'{"a": 1}', headers={"X-One": "1"}))
    transport = connect(server, organization="org-1")
    response = await transport.send(
        routes.FILTER_DATA.request(
            datalake="a/b", body={"q": "é"}, query={"q": 'a = "b c"&', "types": ["A", "B"]}
        )
    )
    assert (response.status, response.body, response.headers["x-one"]) == (200, b'{"a": 1}', "1")
    [sent] = server.requests
    assert sent.method == "XGET"
    assert sent.target == "/api/datalake/a%2Fb/datas?q=a%20%3D%20%22b%20c%22%26&types=A&types=B"
    assert json.loads(sent.body) == {"q": "é"}
    assert sent.headers.getall("Authorization") == [f"Bearer {TOKEN}"]
    assert sent.headers.getall("Content-Type") == ["application/json"]
    assert sent.headers.getall("X-Picsellia-Organization") == ["org-1"]
    assert sent.headers["User-Agent"] == http_module.USER_AGENT
    assert "Idempotency-Key" not in sent.headers
    assert "Cookie" not in sent.headers


async def test_a_real_server(connect):
    async def handle(request):
        return web.json_response({"method": request.method, "body": await request.text()})

    app = web.Application(client_max_size=2**23)
    app.router.add_route("*", "/api/thing", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    transport = connect(f"http://127.0.0.1:{runner.addresses[0][1]}")
    large = b'"' + b"x" * 3_000_000 + b'"'
    for method, body in (("GET", None), ("DELETE", b"{}"), ("PATCH", large)):
        request = Request(method, "/api/thing", body=body, route="r")
        answer = json.loads((await transport.send(request)).body)
        assert answer == {"method": method, "body": (body or b"").decode()}
    await transport.aclose()
    await runner.cleanup()


async def test_the_organization_can_change(connect, server, wire):
    server.plays(wire.reply())
    transport = connect(server)
    for organization in (None, "one", "two", None):
        transport.organization = organization
        assert transport.organization == organization
        await transport.send(READ)
    sent = [request.headers.getall("X-Picsellia-Organization", []) for request in server.requests]
    assert sent == [[], ["one"], ["two"], []]
    assert server.connections == 1


@pytest.mark.parametrize("idempotency", [False, True])
async def test_keys_go_only_to_a_platform_that_honours_them(connect, server, wire, idempotency):
    server.plays(wire.reply(201))
    await connect(server, idempotency=idempotency).send(KEYED)
    assert server.requests[0].headers.get("Idempotency-Key") == ("k1" if idempotency else None)


async def test_no_cookie_comes_back(connect, server, wire):
    server.plays(wire.reply(headers={"Set-Cookie": "a=b"}))
    transport = connect(f"http://localhost:{server.port}")  # no jar would keep those of an address
    await transport.send(READ)
    await transport.send(READ)
    assert "Cookie" not in server.requests[1].headers


async def test_compressed_answers_are_read(connect, server, wire):
    server.plays(wire.reply(body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"}))
    assert (await connect(server).send(READ)).body == b'{"a": 1}'


async def test_an_answer_that_is_too_large_is_refused(connect, server, wire, monkeypatch):
    monkeypatch.setattr(http_module, "MAX_ANSWER_BYTES", 1000)
    server.plays(wire.reply(body=gzip.compress(b"0" * 2000), headers={"Content-Encoding": "gzip"}))
    with pytest.raises(ProtocolError, match="larger than 1000 bytes"):
        await connect(server).send(READ)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (208, ConflictError),
        (400, BadRequestError),
        (401, UnauthorizedError),
        (404, NotFoundError),
        (409, ConflictError),
        (418, ApiError),
    ],
)
async def test_what_is_permanent_is_raised_at_once(connect, server, wire, time, status, error):
    server.plays(wire.reply(status, b'{"message": "so it is", "detail": ["why"]}', {"X-Request-Id": "r7"}))
    with pytest.raises(error) as caught:
        await connect(server).send(READ)
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.route, caught.value.request_id) == (status, READ.route, "r7")
    assert caught.value.detail == ("why",)
    assert len(server.requests) == 1
    assert time.slept == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'["a", {"b": 1}]', 'a\n{"b":1}'),
        (b'"just text"', "just text"),
        (b"null", "status 400"),
        (b"7", "7"),
        (b'{"message": null, "detail": "x"}', "x"),
        (b"plain", "plain"),
        (b"<!doctype html><html>", "status 400"),
        (b"\xff\xfe", "400"),
        (b"", "status 400"),
    ],
)
async def test_l10_any_error_body_will_do(connect, server, wire, body, text):
    server.plays(wire.reply(400, body))
    with pytest.raises(BadRequestError) as caught:
        await connect(server).send(READ)
    assert text in str(caught.value)


async def test_l10_one_502_costs_nothing(connect, server, wire, time):
    server.plays(wire.reply(502, b"<html>"), wire.reply(body=b"[1]"))
    assert (await connect(server).send(READ)).body == b"[1]"
    assert time.slept == [0.5]


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimitedError), (500, ServerError), (503, ServerError)]
)
async def test_l10_what_goes_on_is_raised_in_the_end(connect, server, wire, time, status, error):
    server.plays(wire.reply(status, b'{"message": "not now"}'))
    with pytest.raises(error, match="not now"):
        await connect(server).send(READ)
    assert len(server.requests) == 3
    assert time.slept == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 503])
async def test_a_failed_request_is_let_go_as_soon_as_it_is_reported(connect, server, wire, status):
    """A bulk upload in which thousands of files fail would else hold them all."""
    server.plays(wire.reply(status))
    transport = connect(server)
    content = Content(b"x" * 1000)
    held = content.held

    async def fail(content):
        try:
            await transport.send(attrs.evolve(CREATE, body=content, repeat=Repeat.SAFE))
        except ApiError as error:
            return Failure("a.jpg", error)

    gc.disable()
    try:
        failure = await fail(content)
        del content
        assert held() is None
    finally:
        gc.enable()
    assert failure.error.status == status


@pytest.mark.parametrize(
    ("retry_after", "wait_s"),
    [("3", 3.05), ("0", 0.05), ("Fri, 31 Dec 9999 23:59:59 GMT", 10.05), ("100000", 10.05), ("soon", 0.5)],
)
async def test_retry_after_is_honoured_under_a_cap(connect, server, wire, time, retry_after, wait_s):
    server.plays(wire.reply(429, headers={"Retry-After": retry_after}), wire.reply())
    await connect(server).send(READ)
    assert sum(time.slept) == pytest.approx(wait_s)


async def test_retry_after_keeps_other_requests_back_too(connect, server, wire, time):
    server.plays(wire.reply(503, headers={"Retry-After": "7"}))
    transport = connect(server, settings=Settings(retry=Retry(attempts=1)))
    start = transport.limiter.limit
    with pytest.raises(ServerError):
        await transport.send(READ)
    server.plays(wire.reply())
    await transport.send(READ)
    assert time.slept == [7]
    assert transport.limiter.limit < start


FAULTS = {
    "closed before the answer": lambda wire: wire.Cut(),
    "reset before the answer": lambda wire: wire.Cut(reset=True),
    "closed within the headers": lambda wire: wire.Cut(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "reset after the headers": lambda wire: wire.Cut(wire.reply(body=b"", length=10), reset=True),
    "truncated body": lambda wire: wire.Cut(wire.reply(body=b'{"a"', length=10)),
    "truncated chunks": lambda wire: wire.Cut(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"
    ),
    "not HTTP": lambda wire: wire.Cut(b"SSH-2.0-OpenSSH\r\n\r\n"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_broken_answer_is_repeated_where_that_is_safe(connect, server, wire, fault):
    for request in (READ, Request("XGET", "/api/thing", body=b"{}", route="XGET /api/thing")):
        server.plays(FAULTS[fault](wire), wire.reply(body=b"[1]"))
        assert (await connect(server).send(request)).body == b"[1]"


@pytest.mark.parametrize("fault", FAULTS)
async def test_l9_a_creation_of_unknown_outcome_is_not_repeated(connect, server, wire, fault):
    server.plays(FAULTS[fault](wire), wire.reply(201))
    with pytest.raises(OutcomeUnknownError, match="may or may not") as caught:
        await connect(server).send(CREATE)
    assert caught.value.route == CREATE.route
    assert caught.value.__cause__ is not None
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_creation_with_a_key_is_repeated_with_it(connect, server, wire, fault):
    server.plays(FAULTS[fault](wire), wire.reply(201))
    assert (await connect(server, idempotency=True).send(KEYED)).status == 201
    assert [request.headers["Idempotency-Key"] for request in server.requests] == ["k1", "k1"]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_creation_that_was_refused_for_now_is_repeated(connect, server, wire, status):
    server.plays(wire.reply(status), wire.reply(201))
    assert (await connect(server).send(CREATE)).status == 201


async def test_a_creation_that_failed_inside_the_platform_is_of_unknown_outcome(connect, server, wire):
    server.plays(wire.reply(500, b'{"message": "boom"}'), wire.reply(201))
    with pytest.raises(OutcomeUnknownError, match="boom"):
        await connect(server).send(CREATE)
    assert len(server.requests) == 1


async def test_a_key_at_work_elsewhere_is_waited_for(connect, server, wire, time):
    server.plays(wire.reply(409, headers={"Retry-After": "2"}), wire.reply(201))
    assert (await connect(server, idempotency=True).send(KEYED)).status == 201
    assert time.slept == [pytest.approx(2.05)]


async def test_a_keyed_creation_that_stays_without_answer_is_of_unknown_outcome(connect, server, wire):
    server.plays(wire.Cut())
    with pytest.raises(OutcomeUnknownError):
        await connect(server, idempotency=True).send(KEYED)
    assert len(server.requests) == 3


async def test_a_deletion_whose_answer_was_lost_is_done(connect, server, wire):
    server.plays(wire.Cut(), wire.reply(404))
    request = Request("DELETE", "/api/thing", route="DELETE /api/thing")
    assert (await connect(server).send(request)).status == 204
    with pytest.raises(NotFoundError):
        await connect(server).send(request)


async def test_an_idle_connection_that_was_closed_is_replaced_at_once(connect, server, wire, time):
    server.plays(wire.reply(), wire.Cut(), wire.reply(body=b"[2]"))
    transport = connect(server, settings=Settings(retry=Retry(attempts=1)))
    await transport.send(READ)
    assert (await transport.send(READ)).body == b"[2]"
    assert time.slept == []


@pytest.mark.parametrize("method", ["GET", "PUT", "XGET"])
async def test_nobody_repeats_behind_our_back(connect, server, wire, method):
    server.plays(wire.Cut())
    transport = connect(server, settings=Settings(retry=Retry(attempts=1)))
    with pytest.raises(ConnectionFailedError):
        await transport.send(Request(method, "/", body=b"x", route="r"))
    assert len(server.requests) == 2  # the one repetition of ours, for a stale connection


@pytest.fixture
def closed_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.mark.parametrize("request_", [READ, CREATE])
async def test_a_refused_connection_is_tried_again_even_for_creations(connect, closed_port, time, request_):
    with pytest.raises(ConnectionFailedError, match=f"127.0.0.1:{closed_port}") as caught:
        await connect(f"http://127.0.0.1:{closed_port}").send(request_)
    assert time.slept == [0.5, 1.0]
    assert "refused" in str(caught.value)


async def test_an_unknown_host(connect, time, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # a network may take its time to tell
    with pytest.raises(ConnectionFailedError, match="no-such-host"):
        await connect("http://no-such-host.invalid").send(READ)
    assert len(time.slept) == 2


async def test_l8_an_answer_that_does_not_come_in_time(connect, server, wire, time_is_up):
    transport = connect(server)

    def too_late(data=b""):
        def play(_):
            asyncio.get_running_loop().call_soon(time_is_up, transport._session)
            return wire.Stall(data)

        return play

    server.plays(too_late(), too_late(wire.reply(body=b"1", length=5)), wire.reply(body=b"[3]"))
    assert (await transport.send(READ)).body == b"[3]"
    assert transport.limiter.limit < 8
    server.plays(too_late())
    with pytest.raises(DeadlineError, match="no whole answer in time"):
        await transport.send(READ)
    with pytest.raises(OutcomeUnknownError):
        await transport.send(CREATE)


async def test_an_answer_that_may_take_long_has_the_time_of_the_whole_call(connect):
    async def handle(_):
        await asyncio.sleep(0.1)
        return web.Response()

    app = web.Application()
    app.router.add_route("GET", "/api/thing", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    settings = Settings(timeouts=Timeouts(request_s=0.02), retry=Retry(attempts=1))
    transport = connect(f"http://127.0.0.1:{runner.addresses[0][1]}", settings=settings)
    with pytest.raises(DeadlineError):
        await transport.send(READ)
    assert (await transport.send(attrs.evolve(READ, slow=True))).status == 200
    await transport.aclose()
    await runner.cleanup()


async def test_no_try_begins_after_the_deadline(connect, server, wire, time):
    server.plays(wire.reply(503, b'{"message": "busy"}', {"Retry-After": "9"}))
    transport = connect(server, settings=Settings(retry=Retry(attempts=99, cap_s=100)))
    with pytest.raises(DeadlineError, match=r"not done within 20 s; last: busy") as caught:
        await transport.send(READ, timeout_s=20)
    assert isinstance(caught.value, TimeoutError)
    assert time.now < 1020
    with pytest.raises(DeadlineError):  # it was refused each time: nothing has happened
        await transport.send(CREATE, timeout_s=20)


async def test_an_outage_fails_fast(connect, server, wire):
    server.plays(wire.reply(500))
    retry = Retry(attempts=5, base_s=0, budget=0.25, budget_floor=6)
    transport = connect(server, settings=Settings(retry=retry))
    for _ in range(20):
        with pytest.raises(ServerError):
            await transport.send(READ)
    assert len(server.requests) == 20 + 6 + 20 * 0.25


async def test_redirects_within_the_platform_are_followed_for_reads(connect, server, wire):
    server.plays(
        wire.reply(307, headers={"Location": "/api/there?a=%2F"}),
        wire.reply(302, headers={"Location": "again"}),
        wire.reply(body=b"[1]"),
    )
    assert (await connect(server).send(READ)).body == b"[1]"
    assert [request.target for request in server.requests] == ["/api/thing", "/api/there?a=%2F", "/api/again"]
    assert {request.headers["Authorization"] for request in server.requests} == {f"Bearer {TOKEN}"}


async def test_redirects_elsewhere_get_no_token(connect, server, other_server, wire):
    server.plays(wire.reply(301, headers={"Location": f"{other_server.origin}/api/thing?x=1"}))
    with pytest.raises(ProtocolError, match=other_server.origin):
        await connect(server).send(READ)
    assert other_server.requests == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("method", "location"),
    [
        ("POST", "/api/there"),
        ("XGET", "/api/there"),
        ("GET", "https://127.0.0.1/"),
        ("GET", "mailto:x@y"),
        ("GET", "//evil.example/"),
    ],
)
async def test_other_redirects_are_errors(connect, server, wire, method, location):
    server.plays(wire.reply(302, headers={"Location": location}))
    with pytest.raises(ProtocolError, match="redirects to"):
        await connect(server).send(Request(method, "/api/thing", route="r"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "location", ["http://[::1", "http://h:99999/", "http://h:x/", "/\u00ff", "http://\u00ff/"]
)
async def test_a_redirect_to_no_address_is_an_error_without_secrets(connect, server, location):
    server.plays(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))
    with pytest.raises(AsyncSDKError, match=r"address|redirects") as caught:
        await connect(server).send(READ)
    assert len(server.requests) == 1
    assert not any(TOKEN in text for text in texts(caught.value))


async def test_redirects_in_circles_are_an_error(connect, server, wire):
    server.plays(wire.reply(302, headers={"Location": "/api/thing"}))
    with pytest.raises(ProtocolError, match="more than 5"):
        await connect(server).send(READ)
    server.plays(wire.reply(304, b""))
    with pytest.raises(ApiError, match="304"):
        await connect(server).send(READ)


def texts(error):
    """Every text that a report of an error could show."""
    while error is not None:
        yield str(error)
        yield repr(error)
        yield repr(vars(error))
        yield from map(repr, error.args)
        yield from texts(error.__context__ if error.__cause__ is None else None)
        error = error.__cause__


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_token_is_in_no_text(connect, server, wire, fault):
    server.plays(FAULTS[fault](wire))
    transport = connect(server)
    shown = [repr(transport), str(transport)]
    for request in (READ, CREATE):
        with pytest.raises(AsyncSDKError) as caught:
            await transport.send(request)
        shown += texts(caught.value)
    assert not [text for text in shown if TOKEN in text]


def frames(error):
    """Every variable of the frames that an error came through, as tools that report errors show them."""
    seen = [traceback.TracebackException.from_exception(error, capture_locals=True)]
    for one in seen:
        yield from (repr(frame.locals) for frame in one.stack)
        seen += [cause for cause in (one.__cause__, one.__context__) if cause]


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_token_is_in_no_frame(connect, server, wire, fault):
    server.plays(FAULTS[fault](wire))
    with pytest.raises(AsyncSDKError) as caught:
        await connect(server).send(READ)
    assert not [text for text in frames(caught.value) if TOKEN in text]


async def test_the_token_is_in_no_frame_of_a_request_that_was_not_sent_or_not_answered(
    connect, server, closed_port, wire
):
    with pytest.raises(ConnectionFailedError) as refused:
        await connect(f"http://127.0.0.1:{closed_port}").send(READ)
    waiting = asyncio.create_task(connect(server.plays(wire.Stall())).send(READ))
    await server.asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await waiting
    shown = [*frames(refused.value), *frames(cancelled.value)]
    assert not [text for text in shown if TOKEN in text]


async def test_the_environment_of_proxies_is_followed_without_netrc(
    connect, server, wire, monkeypatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login bad password bad\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", f"http://user:p%40ss@127.0.0.1:{server.port}")
    server.plays(wire.reply())
    await connect("http://platform.example").send(READ)
    [sent] = server.requests
    assert sent.target == "http://platform.example/api/thing"
    assert sent.headers.getall("Authorization") == [f"Bearer {TOKEN}"]
    assert sent.headers["Proxy-Authorization"] == "Basic dXNlcjpwQHNz"


async def test_a_tunnel_shows_the_proxy_no_token(connect, server, wire, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://user:pass@127.0.0.1:{server.port}")
    server.plays(wire.reply(407))
    with pytest.raises(ConnectionFailedError, match="proxy") as caught:
        await connect("https://platform.example").send(READ)
    assert server.requests[0].method == "CONNECT"
    assert TOKEN.encode() not in server.requests[0].head
    assert server.requests[0].headers["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"
    assert not [text for text in texts(caught.value) if TOKEN in text or "pass@" in text]


async def test_a_proxy_that_is_down_is_told(connect, closed_port, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port}")
    with pytest.raises(ConnectionFailedError, match="proxy"):
        await connect("http://platform.example").send(READ)


async def test_a_closed_transport_says_so(connect, server):
    transport = connect(server)
    await transport.aclose()
    await transport.aclose()
    with pytest.raises(ConnectionFailedError, match="closed"):
        await transport.send(READ)


async def test_a_cancelled_request_frees_its_slot(connect, server, wire):
    server.plays(wire.Stall())
    transport = connect(server)
    task = asyncio.ensure_future(transport.send(READ))
    await server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert transport.limiter.in_flight == 0


async def test_requests_in_flight_are_bounded(connect, server, wire):
    server.plays(wire.reply())
    settings = Settings(limits=Limits(api_concurrency=3))
    transport = connect(server, settings=settings)
    await asyncio.gather(*(transport.send(READ) for _ in range(30)))
    assert server.connections <= 3


async def test_waiting_for_a_slot_has_a_deadline(connect, server, wire):
    server.plays(wire.Stall())
    transport = connect(server, settings=Settings(limits=Limits(api_concurrency=1)))
    first = asyncio.ensure_future(transport.send(READ))
    await server.asked.wait()
    with pytest.raises(DeadlineError, match="no free slot"):
        await transport.send(READ, timeout_s=0.02)
    first.cancel()
    await asyncio.wait([first])
