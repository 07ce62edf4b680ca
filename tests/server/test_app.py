"""The application: its parser, its dispatch, and what it does with requests that no handler wants."""

from __future__ import annotations

import asyncio

import aiohttp
import orjson
import pytest
from aiohttp import http_parser, web, web_protocol

from asyncsdk.server.app import MOST_BODY_BYTES, use_python_request_parser
from asyncsdk.wire import routes


async def test_xget_reaches_its_handler_with_its_body(api, raw):
    await api.add_data("cat.png")
    wanted = await api.add_data("dog.png")
    path = routes.FILTER_DATA.path(datalake=api.org.datalake).encode()
    status, body = await raw(b"XGET " + path, body=b'{"filenames": ["dog.png"]}')
    assert status == 200
    assert [item["id"] for item in orjson.loads(body)["items"]] == [wanted["id"]]


async def test_the_compiled_parser_would_refuse_xget(monkeypatch):
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    async def ask() -> tuple[int, str]:
        app = web.Application()
        app.router.add_route("XGET", "/", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            async with (
                aiohttp.ClientSession() as session,
                session.request("XGET", url, data=b"hello") as found,
            ):
                return found.status, await found.text()
        finally:
            await runner.cleanup()

    assert http_parser.HttpRequestParser is not http_parser.HttpRequestParserPy
    monkeypatch.setattr(web_protocol, "HttpRequestParser", http_parser.HttpRequestParser)
    assert (await ask())[0] == 400
    use_python_request_parser()
    assert await ask() == (200, "hello")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/home/ping/", 404),
        ("GET", "//api/home/ping", 404),
        ("GET", "/api/data/a/b/c", 404),
        ("POST", "/api/home/ping", 405),
        ("HEAD", "/api/home/ping", 405),
        ("OPTIONS", "/api/home/ping", 405),
        ("XGET", "/api/home/ping", 405),
        ("BREW", "/api/home/ping", 405),
        ("PUT", "/api/asyncsdk/admin/tokens", 405),
    ],
)
async def test_what_is_no_route_is_told_in_the_envelope(api, session, method, path, status):
    if method == "HEAD":
        async with session.head(api.org.host + path) as answer:
            assert answer.status == status
    else:
        assert (await api.send(method, path)).status == status


async def test_the_methods_that_a_route_takes_are_told(api):
    answer = await api.send("POST", "/api/home/ping")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")


async def test_a_body_that_is_too_large_is_refused(api):
    body = b'{"name": "' + b"a" * MOST_BODY_BYTES + b'"}'
    answer = await api.send("POST", routes.CREATE_DATASET.path(org=api.org.id), data=body)
    assert answer.status == 413
    assert await api.call(routes.LIST_DATASETS) == {"items": [], "count": 0}


async def test_a_body_may_be_large(api):
    body = {"name": "a", "description": "", "unknown": "x" * 5_000_000}
    await api.call(routes.CREATE_DATASET, body, expect=201)


async def test_a_strict_platform_lacks_the_additions(api, strict_api, platform, strict_platform):
    for route in routes.ADDED:
        path = route.path(token="x")
        assert (await strict_api.send(route.method, path)).status == 404
    ping = await strict_api.call(routes.PING)
    assert ping.keys() == {"sdk_version", "username", "default_organization"}
    assert (await api.call(routes.PING))["asyncsdk"]["capabilities"] == [
        "file-replacement",
        "idempotency",
        "id-pages",
        "instances",
        "merged-filters",
        "shape-details",
        "shards",
        "worker-filters",
    ]


async def test_one_key_is_at_work_once(api):
    """Of many requests at once with one key, one acts; the others get its answer, or are told to come again."""
    path = routes.CREATE_DATASET.path(org=api.org.id)
    body = b'{"name": "street"}'
    answers = await asyncio.gather(
        *(api.send("POST", path, data=body, headers={"Idempotency-Key": "k"}) for _ in range(20))
    )
    made = {answer.body for answer in answers if answer.status == 201}
    assert len(made) == 1
    busy = [answer for answer in answers if answer.status != 201]
    assert {(answer.status, answer.headers["Retry-After"]) for answer in busy} <= {(409, "1")}
    assert len((await api.call(routes.LIST_DATASETS))["items"]) == 1


async def test_a_strict_platform_knows_no_keys(strict_api):
    for status in (201, 409):
        await strict_api.call(routes.CREATE_DATASET, {"name": "street"}, key="k", expect=status)


async def test_requests_of_one_connection_do_not_mix(api, session):
    names = [f"d{number}" for number in range(50)]
    made = await asyncio.gather(
        *(api.call(routes.CREATE_DATASET, {"name": name}, expect=201) for name in names)
    )
    assert [one["name"] for one in made] == names
