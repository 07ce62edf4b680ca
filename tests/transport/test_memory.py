from __future__ import annotations

import pytest

from asyncsdk.errors import ConnectionFailedError, NotFoundError
from asyncsdk.records.users import Users
from asyncsdk.transport.base import Transport
from asyncsdk.transport.http import HttpTransport
from asyncsdk.transport.memory import MemoryTransport, answer
from asyncsdk.wire.requests import Request

READ = Request("GET", "/x", route="GET /x")


def transports() -> list[Transport]:
    return [MemoryTransport([]), HttpTransport("http://h", "t")]


async def test_a_script_is_played_in_order():
    transport = MemoryTransport(
        [
            answer(Users(users=[]), headers={"X-Request-Id": "7"}),
            answer({"message": "gone"}, status=404),
            ConnectionFailedError("cut"),
        ]
    )
    response = await transport.send(READ)
    assert (response.body, response.headers["x-request-id"]) == (b'{"users":[]}', "7")
    with pytest.raises(NotFoundError, match="gone"):
        await transport.send(READ, timeout_s=3)
    with pytest.raises(ConnectionFailedError):
        await transport.send(READ)
    with pytest.raises(AssertionError, match="no answer left for GET /x"):
        await transport.send(READ)
    assert transport.requests == [READ] * 4


async def test_a_script_can_be_a_function():
    transport = MemoryTransport(lambda request: answer(request.path))
    assert (await transport.send(READ)).body == b'"/x"'
    await transport.aclose()
    assert transport.closed


def test_both_transports_fit_the_protocol():
    assert [transport.organization for transport in transports()] == [None, None]
