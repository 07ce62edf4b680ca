"""The pieces of a download, put together the way the resources do it."""

from __future__ import annotations

import base64
import hashlib
import os

import pytest

from asyncsdk.config import Retry, Settings, Timeouts
from asyncsdk.flow.files import DamagedFileError, land_bytes
from asyncsdk.flow.landing import LandingFile
from asyncsdk.transport.failures import ExpiredUrlError
from asyncsdk.transport.storage import StorageTransport

DATA = os.urandom(3 * 1024 * 1024)
SHA256 = base64.b64encode(hashlib.sha256(DATA).digest()).decode()


@pytest.fixture
async def storage(time):
    settings = Settings(retry=Retry(attempts=2, base_s=1), timeouts=Timeouts(stall_s=0.5))
    storage = StorageTransport(settings, timing=time.timing)
    yield storage
    await storage.aclose()


async def download(storage, url, path):
    async def attempt(_):
        async with (
            LandingFile(path) as landing,
            storage.open_download(url, start=landing.offset, validator=landing.validator) as body,
        ):
            await landing.begin(
                start=body.start, size=body.size, validator=body.validator, checksum=body.checksum
            )
            async for chunk in body:
                await landing.write(chunk)
            return await landing.commit()

    return await storage.retrier.run(attempt, route="download", timeout_s=60, retry_on=(DamagedFileError,))


def serve(wire, *, breaks_after, data=DATA, etag='"v1"', sha256=SHA256):
    """A storage that honours ranges, and breaks each answer off after some bytes."""

    def answer(request):
        start = 0
        headers = {"ETag": etag, "x-amz-checksum-sha256": sha256}
        if request.headers.get("If-Range") == etag:
            start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        body = data[start:]
        whole = wire.reply(206 if start else 200, body[:breaks_after], headers, length=len(body))
        return whole if len(body) <= breaks_after else wire.Stall(whole)

    return answer


async def test_a_download_goes_on_until_it_is_whole(storage, server, wire, tmp_path):
    server.plays(serve(wire, breaks_after=1_100_000))
    path = await download(storage, server.origin, tmp_path / "film.mp4")
    assert path.read_bytes() == DATA
    assert [request.headers.get("Range") for request in server.requests] == [
        None,
        "bytes=1100000-",
        "bytes=2200000-",
    ]
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]


async def test_another_version_is_never_mixed_in(storage, server, wire, tmp_path):
    new = DATA[::-1]
    new_sha256 = base64.b64encode(hashlib.sha256(new).digest()).decode()
    server.plays(
        serve(wire, breaks_after=2_000_000),
        serve(wire, breaks_after=9_000_000, data=new, etag='"v2"', sha256=new_sha256),
    )
    path = await download(storage, server.origin, tmp_path / "film.mp4")
    assert path.read_bytes() == new


async def test_damage_is_fetched_again(storage, server, wire, tmp_path):
    damaged = wire.reply(body=b"x" * len(DATA), headers={"ETag": '"v1"', "x-amz-checksum-sha256": SHA256})
    server.plays(damaged, serve(wire, breaks_after=9_000_000))
    path = await download(storage, server.origin, tmp_path / "film.mp4")
    assert path.read_bytes() == DATA
    server.plays(damaged)
    with pytest.raises(DamagedFileError):
        await download(storage, server.origin, path)
    assert path.read_bytes() == DATA
    assert [entry.name for entry in tmp_path.iterdir()] == ["film.mp4"]


async def test_an_expired_url_reaches_the_caller_and_the_part_stays(storage, server, wire, tmp_path):
    server.plays(serve(wire, breaks_after=2_000_000), wire.reply(403, b""))
    with pytest.raises(ExpiredUrlError):
        await download(storage, server.origin, tmp_path / "film.mp4")
    server.plays(serve(wire, breaks_after=9_000_000))
    path = await download(storage, server.origin, tmp_path / "film.mp4")
    assert path.read_bytes() == DATA
    assert server.requests[-1].headers["Range"] == "bytes=2000000-"


async def test_a_small_file_lands_in_one_hop(storage, server, wire, tmp_path):
    server.plays(wire.reply(body=DATA, headers={"x-amz-checksum-sha256": SHA256}))
    async with storage.open_download(server.origin) as body:
        data = await body.read(len(DATA))
        await land_bytes(tmp_path / "a.jpg", data, checksum=body.checksum)
    assert (tmp_path / "a.jpg").read_bytes() == DATA
