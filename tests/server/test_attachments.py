"""Who holds on to a platform, and when it is alone."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from asyncsdk.server.serve import ServeOptions, run_platform
from asyncsdk.wire import routes

IDLE_S = 0.02
LONG_ENOUGH_S = 0.25
"""Longer than the idle time and one look at the connections."""


@pytest.fixture
async def running(tmp_path):
    async with run_platform(ServeOptions(workspace=tmp_path, port=0)) as platform:
        yield platform


@pytest.fixture
async def hold(running):
    """A function that holds on to the platform over a connection of its own, and gives the answer."""
    sessions = []

    async def attach(token: str = running.token) -> aiohttp.ClientResponse:
        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"})
        sessions.append(session)
        return await session.get(running.url + routes.ATTACH.template)

    yield attach
    for session in sessions:
        await session.close()


async def test_the_platform_is_not_alone_while_one_holds_on(running, hold):
    first, second = await hold(), await hold()
    for held in (first, second):
        assert await held.content.readline() == b"attached\n"
    alone = asyncio.create_task(running.attachments.until_alone(IDLE_S))
    await asyncio.sleep(LONG_ENOUGH_S)
    first.close()
    await asyncio.sleep(LONG_ENOUGH_S)
    assert not alone.done()
    second.close()
    await alone


async def test_nobody_is_let_in_once_it_is_about_to_stop(running, hold):
    await running.attachments.until_alone(IDLE_S)
    late = await hold()
    assert late.status == 503
    assert late.headers["Retry-After"]
    assert (await late.json())["message"] == "the platform is about to stop"


async def test_only_who_may_ask_may_hold_on(running, hold):
    refused = await hold("wrong")
    assert refused.status == 401
    await running.attachments.until_alone(IDLE_S)
