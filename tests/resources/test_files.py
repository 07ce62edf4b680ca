"""Reading and streaming single files without a file here."""

from __future__ import annotations

import asyncio
import gc
import os

import pytest
from aiohttp import web

from asyncsdk.errors import ConnectionFailedError, NotFoundError, ProtocolError
from asyncsdk.flow.files import DamagedFileError
from asyncsdk.resources.files import Records


@pytest.fixture
async def shelf(proxied, make_image, version):
    """A large and a small data and their bytes."""
    paths = [make_image("large.png", fill=os.urandom(3 * 2**20)), make_image("small.png")]
    data = await (await proxied.get_datalake()).upload_data(paths)
    await (await version.add_data(data)).wait(poll_s=0.002)
    return list(data), [path.read_bytes() for path in paths]


async def test_bytes_of_data_and_assets(any_client, images):
    lake = await any_client.get_datalake()
    data = await lake.upload_data(images[:2])
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    await version.add_data(data, wait=True)
    for one in (*data, *await version.list_assets()):
        content = next(path for path in images if path.name == one.filename).read_bytes()
        assert await one.read() == content
        async with one.stream() as chunks:
            assert b"".join([chunk async for chunk in chunks]) == content


async def test_a_file_that_is_too_large_is_refused(shelf):
    (large, small), contents = shelf
    assert await large.read(max_bytes=len(contents[0])) == contents[0]
    with pytest.raises(ProtocolError, match="more than 1000 bytes"):
        await large.read(max_bytes=1000)
    assert await small.read(max_bytes=len(contents[1])) == contents[1]


async def test_reading_is_repeated_and_renewed_and_verified(shelf, proxy):
    (large, small), contents = shelf
    proxy.answers("GET", "/storage/", times=1, status=503)
    proxy.answers("GET", "/storage/", times=1, status=403)
    assert await small.read() == contents[1]

    async def damage(passing):
        answer = await passing.forward()
        answer.body = bytes(len(answer.body))
        return answer

    proxy.on("GET", "/storage/", damage, times=2)
    assert await large.read() == contents[0]
    proxy.on("GET", "/storage/", damage)
    with pytest.raises(DamagedFileError, match=r"small\.png: its sha256"):
        await small.read()


async def test_what_is_gone_is_told(shelf, proxy):
    (large, small), _ = shelf
    proxy.answers("GET", "/storage/", status=404, body=b"<Error><Code>NoSuchKey</Code></Error>")
    with pytest.raises(NotFoundError, match="NoSuchKey"):
        await small.read()
    with pytest.raises(NotFoundError, match="NoSuchKey"):
        await anext(large.stream())


async def test_a_stream_gives_chunks_as_they_come(shelf, proxy):
    (large, _), contents = shelf
    half = asyncio.Event()

    async def pause(passing):
        answer = await passing.forward()
        started = await passing.send_part(answer, 2**20)
        await half.wait()
        await started.write(answer.body[2**20 :])
        await started.write_eof()
        return started

    proxy.on("GET", "/storage/", pause)
    received = b""
    async for chunk in large.stream():
        received += chunk
        if len(received) >= 2**20:
            half.set()
    assert received == contents[0]


async def test_opening_a_stream_is_repeated_and_renewed(shelf, proxy):
    (large, _), contents = shelf
    proxy.answers("GET", "/storage/", times=2, status=503, headers={"Retry-After": "0"})
    proxy.answers("GET", "/storage/", times=1, status=403)
    async with large.stream() as chunks:
        assert b"".join([chunk async for chunk in chunks]) == contents[0]


async def test_a_stream_that_breaks_off_says_so(shelf, proxy):
    (large, _), _ = shelf

    async def cut(passing):
        answer = await passing.forward()
        started = await passing.send_part(answer, 1000)
        passing.request.transport.close()
        return started

    proxy.on("GET", "/storage/", cut)
    stream = large.stream()
    with pytest.raises(ConnectionFailedError, match="broke off"):
        [chunk async for chunk in stream]
    await stream.aclose()


async def test_a_closed_stream_gives_nothing_more(shelf, proxy):
    (large, _), _ = shelf
    stream = large.stream()
    assert await anext(stream)
    await stream.aclose()
    await stream.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    never_begun = large.stream()
    await never_begun.aclose()
    count = proxy.count("GET", "/storage/")
    with pytest.raises(StopAsyncIteration):
        await anext(never_begun)
    assert await never_begun.next_page() is None
    assert proxy.count("GET", "/storage/") == count


async def test_an_abandoned_stream_gives_its_place_back(shelf, proxied, eventually):
    (large, _), _ = shelf

    async def begin():
        async for _ in large.stream():
            break

    await begin()
    gc.collect()
    storage = proxied._connection._storage
    limiter = next(iter(storage.limiters._by_host.values()))
    await eventually(lambda: limiter.in_flight == 0)


async def test_an_ended_stream_stays_ended(shelf):
    (_, small), contents = shelf
    stream = small.stream()
    assert b"".join([chunk async for chunk in stream]) == contents[1]
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    await stream.aclose()


async def test_data_without_a_url_asks_for_one(shelf, proxy, proxied):
    (_, small), contents = shelf

    async def without(passing):
        import orjson

        body = orjson.loads((await passing.forward()).body)
        return web.json_response(body | {"presigned_url": None})

    proxy.on("GET", "/datas/find", without)
    lake = await proxied.get_datalake()
    data = await lake.find_data(id=small.id)
    assert data.url is None
    assert await data.read() == contents[1]


async def test_records_in_pages():
    records = Records(range(5), page=2)
    assert [await records.next_page() for _ in range(4)] == [[0, 1], [2, 3], [4], None]
    await records.aclose()
