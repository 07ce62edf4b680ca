from __future__ import annotations

import pytest

from asyncsdk.errors import InvalidArgumentError, NotFoundError, OutcomeUnknownError, ProtocolError


async def test_a_route_without_a_method_can_be_called(any_client):
    ping = await any_client.request("GET", "/api/home/ping")
    assert ping["username"] == any_client.username


async def test_query_and_body_travel_as_the_protocol_writes_them(scripted, says):
    client, transport = scripted([says({"items": []})])
    query = {"types": ["IMAGE", "VIDEO"], "q": None, "deep": True}
    await client.request("xget", "/api/x", query=query, body={"ids": ["1"]})
    sent = transport.requests[0]
    assert (sent.method, sent.path, sent.body) == ("XGET", "/api/x", b'{"ids":["1"]}')
    assert sent.query == (("types", "IMAGE"), ("types", "VIDEO"), ("deep", "True"))


async def test_it_makes_and_reads(any_client):
    made = await any_client.request(
        "POST", f"/api/organization/{any_client.id}/datasets", body={"name": "birds"}
    )
    assert (await any_client.get_dataset("birds")).id == made["id"]


async def test_an_empty_answer_is_none(scripted, says):
    client, _ = scripted([says(None, status=204), says(b" \n")])
    assert await client.request("DELETE", "/api/x") is None
    assert await client.request("POST", "/api/x") is None


async def test_errors_are_the_mapped_ones(client):
    with pytest.raises(NotFoundError) as caught:
        await client.request("GET", "/api/no/such/route")
    assert caught.value.route == "GET /api/no/such/route"


async def test_what_is_no_json_is_a_protocol_error(scripted, says):
    client, _ = scripted([says(b"<html>")])
    with pytest.raises(ProtocolError, match="not JSON"):
        await client.request("GET", "/")


@pytest.mark.parametrize(
    "path",
    [
        "", "api/x", "//elsewhere.example/api", "https://elsewhere.example/", "/api/x y", "/api/x\r\nHost: y",
        "/api/x#part", "/api/x?q=1", "/api/é", "/\\elsewhere.example",
    ],
)  # fmt: skip
async def test_a_path_that_is_none_is_refused_before_any_request(scripted, path):
    client, transport = scripted([])
    with pytest.raises(InvalidArgumentError, match="path"):
        await client.request("GET", path)
    assert transport.requests == []


@pytest.mark.parametrize("method", ["", "GET /api/x HTTP/1.1\r\nHost: y", "G T", "head"])
async def test_a_method_that_is_none_is_refused_before_any_request(scripted, method):
    client, transport = scripted([])
    with pytest.raises(InvalidArgumentError, match=r"method|HEAD"):
        await client.request(method, "/api/x")
    assert transport.requests == []


@pytest.mark.parametrize("body", [{1, 2}, {"a": object()}, {"a": "\ud800"}, 2**70])
async def test_a_body_that_is_no_json_is_refused_before_any_request(scripted, body):
    client, transport = scripted([])
    with pytest.raises(InvalidArgumentError, match="cannot travel as JSON"):
        await client.request("PATCH", "/api/x", body=body)
    assert transport.requests == []


async def test_a_post_is_not_sent_twice(proxied, proxy):
    proxy.loses_answer("POST", "/datasets")
    path = f"/api/organization/{proxied.id}/datasets"
    with pytest.raises(OutcomeUnknownError):
        await proxied.request("POST", path, body={"name": "birds"})
    assert proxy.count("POST", "/datasets") == 1


async def test_a_read_is_sent_again(proxied, proxy):
    proxy.answers("GET", "/datasets", times=2, status=502)
    path = f"/api/organization/{proxied.id}/datasets"
    assert (await proxied.request("GET", path))["items"] == []
