"""Requests of known bytes take a shorter way over the same connections; what comes of them is the same."""

from __future__ import annotations

import asyncio
import gzip
import socket

import aiohttp
import pytest

from asyncsdk.errors import ProtocolError
from asyncsdk.transport import lane
from asyncsdk.transport.session import HttpSession

HEADERS = {"Authorization": "Bearer t", "Content-Type": "application/json", "User-Agent": "tests"}
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
ZIPPED = gzip.compress(b"abcde" * 100)
ANSWERS = {
    "plain": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: 7\r\n\r\nabcde",
    "empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    "chunked": CHUNKED,
    "zipped": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b"
    % (len(ZIPPED), ZIPPED),
    "to the end": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde",
    "after a hint": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + CHUNKED,
    "an error": b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nRetry-After: 3\r\n\r\nno",
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
    "large": b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000,
}


@pytest.fixture
async def session():
    session = HttpSession(headers=HEADERS, connect_s=60)
    yield session
    await session.aclose()


@pytest.fixture
async def general():
    """A session that takes the way of streams for everything."""
    session = HttpSession(headers=HEADERS, connect_s=60)

    async def none(origin):
        return None

    session._new_lane = none
    yield session
    await session.aclose()


async def ask(session, url, *, method="POST", headers=None, body=b"{}", timeout_s=60.0, max_bytes=10**6):
    return await session.ask(
        method,
        url,
        headers=headers or {},
        body=body,
        timeout_s=timeout_s,
        max_bytes=max_bytes,
        route="POST /there",
    )


@pytest.mark.parametrize("name", ANSWERS)
async def test_both_ways_read_the_same_answer(session, general, server, name):
    server.plays(ANSWERS[name])
    found = [await ask(one, f"{server.origin}/a%2Fb?q=%20") for one in (session, session, general)]
    short, again, long = [(answer.status, dict(answer.headers), answer.body) for answer in found]
    assert short == again == long
    closes = b"Connection: close" in ANSWERS[name]
    assert server.requests[0].connection == 1
    assert server.requests[1].connection == (2 if closes else 1)


@pytest.mark.parametrize("headers", [{}, {"X-Own": "é"}, {"content-type": "text/plain", "USER-AGENT": "me"}])
@pytest.mark.parametrize("method", ["GET", "XGET", "POST", "DELETE"])
@pytest.mark.parametrize("body", [None, b"", b'{"a": 1}'])
async def test_both_ways_send_the_same_request(session, general, server, wire, method, headers, body):
    server.plays(wire.reply())
    for one in (session, general):
        await ask(one, f"{server.origin}/a%2Fb?q=%20#part", method=method, headers=headers, body=body)
    short, long = server.requests
    assert (short.method, short.target, short.body) == (long.method, long.target, long.body)
    own = {name: short.headers[name].encode("latin-1").decode() for name in short.headers}
    other = {name: long.headers[name].encode("latin-1").decode() for name in long.headers}
    if method == "GET" and body == b"":
        own.pop("Content-Length")
        other.pop("Content-Length", None)
    assert {name.lower(): own[name] for name in own} == {name.lower(): other[name] for name in other}


@pytest.mark.parametrize("headers", [{"X-Evil": "a\r\nX-More: b"}, {"X\n": "a"}, {"X": "\0"}])
async def test_a_header_cannot_break_out_of_its_line(session, server, wire, headers):
    server.plays(wire.reply())
    with pytest.raises(ValueError, match="line break"):
        await ask(session, server.origin, headers=headers)
    assert not server.requests


async def test_a_target_cannot_break_out_of_its_line(session, server, wire):
    server.plays(wire.reply())
    with pytest.raises(ValueError, match="line break"):
        await ask(session, f"{server.origin}/a HTTP/1.1\r\nX-Evil: b")
    assert not server.requests


async def test_what_is_not_http_is_an_error_of_the_answer(session, server):
    server.plays(b"SSH-2.0-OpenSSH_9.2\r\n")
    with pytest.raises(aiohttp.ClientResponseError):
        await ask(session, server.origin)


async def test_an_answer_that_is_too_large_ends_the_connection(session, server):
    server.plays(ANSWERS["large"])
    for _ in range(2):
        with pytest.raises(ProtocolError, match="larger than 1000 bytes"):
            await ask(session, server.origin, max_bytes=1000)
    assert server.connections == 2


async def test_a_silent_host_ends_with_the_time(session, server, wire, time_is_up):
    server.plays(wire.Stall(), wire.reply())
    asking = asyncio.create_task(ask(session, server.origin))
    await server.asked.wait()
    time_is_up(session)
    with pytest.raises(TimeoutError):
        await asking
    assert (await ask(session, server.origin)).status == 200
    assert [request.connection for request in server.requests] == [1, 2]


async def test_a_cancelled_request_leaves_no_connection_that_others_would_take(session, server, wire):
    server.plays(wire.Stall(), wire.reply())
    asking = asyncio.create_task(ask(session, server.origin))
    await server.asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (await ask(session, server.origin)).status == 200
    assert [request.connection for request in server.requests] == [1, 2]


async def test_bytes_that_nobody_asked_for_are_no_answer_to_the_next_request(session, server, wire):
    server.plays(wire.reply() + wire.reply(body=b"injected"), wire.reply(body=b"asked for"))
    await ask(session, server.origin)
    assert (await ask(session, server.origin)).body == b"asked for"
    assert [request.connection for request in server.requests] == [1, 2]


@pytest.mark.parametrize("rest", [b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 ", b"H"])
async def test_the_beginning_of_an_answer_is_no_part_of_the_next_one(session, server, wire, rest):
    server.plays(wire.reply() + rest, wire.reply(404, b"gone"))
    await ask(session, server.origin)
    answer = await ask(session, server.origin)
    assert (answer.status, answer.body) == (404, b"gone")


async def test_a_refusal_of_much_that_was_sent_ends_the_connection(session, server, wire):
    server.plays(wire.reply(413), wire.reply())
    await ask(session, server.origin, body=bytes(10_000))
    await ask(session, server.origin, body=bytes(10_000))
    await ask(session, server.origin)
    assert [request.connection for request in server.requests] == [1, 2, 2]


async def test_a_length_among_the_headers_goes_out_once(session, server, wire):
    server.plays(wire.reply())
    await ask(session, server.origin, headers={"content-length": "2"})
    assert server.requests[0].headers.getall("Content-Length") == ["2"]


async def test_an_idle_connection_is_not_kept_for_ever(monkeypatch, session, server, wire):
    monkeypatch.setattr(lane, "_KEEP_S", 0.0)
    server.plays(wire.reply())
    await ask(session, server.origin)
    (way,) = session._lanes.values()
    await asyncio.sleep(0.01)  # the sweep is due at once
    assert not way._idle
    assert way._sweeping is None
    await ask(session, server.origin)
    assert server.connections == 2


async def test_requests_at_once_have_a_connection_each(session, server, wire):
    server.plays(wire.reply())
    for _ in range(2):
        await asyncio.gather(*(ask(session, server.origin) for _ in range(5)))
    assert server.connections == 5
    assert len(server.requests) == 10


async def test_a_host_that_answers_before_it_has_read_all_gets_a_new_connection(session):
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n")

    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host = await asyncio.start_server(serve, sock=listening, limit=1024)
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    way = await session._new_lane(origin)
    for _ in range(2):
        answer = await way.exchange(
            "POST", "/", headers={}, body=bytes(2**25), timeout_s=60.0, max_bytes=9, route="POST /"
        )
        assert answer.status == 413
    assert len(connections) == 2
    for writer in connections:
        writer.close()
    host.close()


async def opened(session, url, *, silence_s=60.0):
    return await session.open("GET", url, headers={}, silence_s=silence_s)


@pytest.mark.parametrize("name", ANSWERS)
async def test_both_ways_open_the_same_answer(session, general, server, name):
    server.plays(ANSWERS[name])
    found = []
    for one in (session, general):
        async with await opened(one, server.origin) as answer:
            told = (answer.status, dict(answer.headers), answer.content_length)
            found.append((*told, await answer.read(10**6, "GET /")))
    assert found[0] == found[1]


async def test_a_body_that_was_read_leaves_its_connection_to_the_next_request(session, server):
    server.plays(ANSWERS["large"])
    for _ in range(2):
        async with await opened(session, server.origin) as answer:
            await answer.read(10**6, "GET /")
    assert (await ask(session, server.origin)).status == 200
    assert [request.connection for request in server.requests] == [1, 1, 1]


async def test_a_body_that_is_left_drops_its_connection(session, server):
    server.plays(ANSWERS["large"])
    for _ in range(2):
        async with await opened(session, server.origin) as answer:
            await answer.content.readany()
    assert [request.connection for request in server.requests] == [1, 2]


async def test_silence_before_and_within_an_answer_is_noticed(session, general, server, wire):
    for play in (wire.Stall(), wire.Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")):
        server.plays(play)
        for one in (session, general):
            with pytest.raises(aiohttp.SocketTimeoutError):
                async with await opened(one, server.origin, silence_s=0.05) as answer:
                    await answer.read(100, "GET /")


async def test_silence_that_one_request_may_not_keep_another_may(session, server, wire, time_is_up):
    server.plays(wire.reply(), wire.Stall())
    async with await opened(session, server.origin, silence_s=0.5) as answer:
        await answer.read(100, "GET /")
    server.asked.clear()
    asking = asyncio.create_task(ask(session, server.origin, timeout_s=60))
    await server.asked.wait()
    await asyncio.sleep(0.6)
    time_is_up(session)
    with pytest.raises(TimeoutError) as caught:
        await asking
    assert not isinstance(caught.value, aiohttp.ClientError)
    assert [request.connection for request in server.requests] == [1, 1]
