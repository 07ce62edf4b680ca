"""The aiohttp service of the guide for async services."""

from __future__ import annotations

import importlib.util
import json

import pytest
from aiohttp.test_utils import TestClient, TestServer
from docs_pages import DOCS
from docs_world import make_files

import asyncsdk


@pytest.fixture(scope="module")
def example():
    """The module of the example."""
    spec = importlib.util.spec_from_file_location("stream_listing", DOCS / "examples" / "stream_listing.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def alone(platforms, tmp_path_factory):
    with platforms(tmp_path_factory.mktemp("service") / "workspace") as platform:
        yield platform


@pytest.fixture
async def service(example, alone, tmp_path):
    """A client of the service, whose platform has a version `birds/v1` of six assets."""
    make_files(tmp_path)
    async with asyncsdk.Client.embedded(alone.workspace) as client:
        data = await (await client.get_datalake()).upload_data(tmp_path / "photos", progress=False)
        dataset = await client.create_dataset("birds")
        await (await dataset.create_version("v1")).add_data(data, wait=True)
        async with TestClient(TestServer(example.make_app(str(alone.workspace)))) as service:
            yield service
        await dataset.delete()


async def test_it_streams_a_listing_and_tells_errors(service):
    answer = await service.get("/birds/v1", params={"q": "width > 42"})
    assert answer.content_type == "application/x-ndjson"
    lines = [json.loads(line) async for line in answer.content]
    assert sorted(line["filename"] for line in lines) == ["image-3.png", "image-4.png", "image-5.png"]
    assert {line["width"] for line in lines} == {43, 44, 45}

    wrong = await service.get("/birds/v1", params={"q": "width >"})
    assert (wrong.status, "position" in await wrong.text()) == (400, True)
    assert (await service.get("/birds/v2")).status == 404
