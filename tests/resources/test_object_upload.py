"""Single, multipart and resumable uploads to every kind of storage that the protocol names."""

from __future__ import annotations

import hashlib
import os
import re

import orjson
import pytest
from aiohttp import web

from asyncsdk.enums import StorageKind
from asyncsdk.errors import NotSupportedError, ProtocolError, TransferError
from asyncsdk.resources import object_upload
from asyncsdk.resources.object_upload import PART_BYTES


async def digest_of(data):
    """Digest and length of an object, read as a stream."""
    found, length = hashlib.sha256(), 0
    async with data.stream() as chunks:
        async for chunk in chunks:
            found.update(chunk)
            length += len(chunk)
    return found.hexdigest(), length


def digest_of_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size


@pytest.fixture(params=["aws", "google", "azure"], scope="module")
def kind_platform(request, platforms, tmp_path_factory):
    """A platform that speaks as another kind of storage."""
    workspace = tmp_path_factory.mktemp(request.param) / "workspace"
    with platforms(workspace, storage_kind=StorageKind(request.param)) as running:
        yield request.param, running


@pytest.fixture
async def kind_client(kind_platform, make_org, connect, make_proxy):
    """The kind, a client and the proxy that it goes through."""
    kind, platform = kind_platform
    org = make_org(platform)
    proxy = await make_proxy(org)
    return kind, await connect(org, host=proxy.origin), proxy


async def test_every_kind_takes_small_files(kind_client, images):
    kind, client, proxy = kind_client
    data = await (await client.get_datalake()).upload_data(images)
    assert [await one.read() for one in data] == [path.read_bytes() for path in images]
    assert [one.content_type for one in data] == ["image/jpeg", "image/png"] * 3
    sent = proxy.of("PUT" if kind == "azure" else "POST", "/storage/")
    assert len(sent) == 6
    if kind == "azure":
        assert {passed.headers["x-ms-blob-type"] for passed in sent} == {"BlockBlob"}


async def test_every_kind_takes_large_files(kind_client, make_image):
    kind, client, proxy = kind_client
    path = make_image("large.png", fill=bytes(range(256)) * 4, size=PART_BYTES + 1000)
    data = await (await client.get_datalake()).upload_data(path)
    assert await digest_of(data[0]) == digest_of_file(path)
    sizes = [len(passed.body) for passed in proxy.of("PUT", "/storage/")]
    if kind == "azure":
        assert sizes == [path.stat().st_size]
        assert proxy.count("POST", "complete_part_upload") == 0
    else:
        assert sorted(sizes) == [1000, PART_BYTES]
        assert proxy.count("POST", "complete_part_upload") == (1 if kind == "aws" else 0)
    if kind == "google":
        ranges = [passed.headers["Content-Range"] for passed in proxy.of("PUT", "/storage/")]
        total = PART_BYTES + 1000
        assert ranges == [f"bytes 0-{PART_BYTES - 1}/{total}", f"bytes {PART_BYTES}-{total - 1}/{total}"]


@pytest.mark.parametrize(("size", "parts"), [(PART_BYTES, 0), (PART_BYTES + 1, 2), (2 * PART_BYTES, 2)])
async def test_files_strictly_larger_than_a_part_go_in_parts(proxied, proxy, make_image, size, parts):
    path = make_image("large.png", fill=b"a marked beginning", size=size)
    with path.open("r+b") as file:
        file.seek(size - 9)
        file.write(b"and a end")
    data = await (await proxied.get_datalake()).upload_data(path)
    assert await digest_of(data[0]) == digest_of_file(path)
    assert proxy.count("PUT", "/storage/") == parts
    if parts:
        completed = orjson.loads(proxy.of("POST", "complete_part_upload")[0].body)
        assert [part["PartNumber"] for part in completed["parts"]] == [1, 2]
        assert all(re.fullmatch('".+"', part["ETag"]) for part in completed["parts"])


async def test_a_part_that_fails_is_sent_again(proxied, proxy, make_image):
    proxy.answers("PUT", "/storage/", times=1, status=503, headers={"Retry-After": "0"})
    proxy.swallows("PUT", "/storage/")
    path = make_image("large.png", size=PART_BYTES + 5)
    data = await (await proxied.get_datalake()).upload_data(path)
    assert await digest_of(data[0]) == digest_of_file(path)
    assert proxy.count("PUT", "/storage/") == 4


async def test_an_expired_url_of_a_part_is_renewed(proxied, proxy, make_image):
    proxy.answers("PUT", "/storage/", times=1, status=403)
    path = make_image("large.png", size=PART_BYTES + 5)
    data = await (await proxied.get_datalake()).upload_data(path)
    assert await digest_of(data[0]) == digest_of_file(path)
    assert proxy.count("POST", "generate_part_presigned_url") == 3


async def test_a_part_without_an_etag_is_told(proxied, proxy, make_image):
    proxy.answers("PUT", "/storage/")
    lake = await proxied.get_datalake()
    data = await lake.upload_data(make_image("large.png", size=PART_BYTES + 5), on_error="collect")
    assert isinstance(data.report.failed[0].error, ProtocolError)
    assert "no ETag" in str(data.report.failed[0])


@pytest.mark.parametrize(
    "told", [{}, {"client_type": "azure"}, {"client_type": "other"}, {"client_type": "aws"}]
)
async def test_a_platform_that_refuses_parts_gets_the_file_whole(proxied, proxy, make_image, told):
    async def refuse(_):
        return web.json_response(told)

    proxy.on("POST", "init_multipart_upload", refuse)
    path = make_image("large.png", size=PART_BYTES + 5)
    data = await (await proxied.get_datalake()).upload_data(path)
    assert await digest_of(data[0]) == digest_of_file(path)
    assert proxy.count("PUT", "/storage/") == 0


async def test_an_unknown_kind_of_storage_is_told_and_sent_nothing(proxied, proxy, images):
    async def other(passing):
        body = orjson.loads((await passing.forward()).body)
        return web.json_response(body | {"client_type": "tape"})

    proxy.on("POST", "generate_presigned_url", other)
    data = await (await proxied.get_datalake()).upload_data(images[0], on_error="collect")
    assert isinstance(data.report.failed[0].error, NotSupportedError)
    assert "'tape'" in str(data.report.failed[0])
    assert proxy.count("POST", "/storage/") == 0


async def test_kinds_are_compared_in_any_case(proxied, proxy, images):
    async def shout(passing):
        body = orjson.loads((await passing.forward()).body)
        return web.json_response(body | {"client_type": body["client_type"].upper()})

    proxy.on("POST", "generate_presigned_url", shout)
    data = await (await proxied.get_datalake()).upload_data(images[0])
    assert await data[0].read() == images[0].read_bytes()


async def test_the_form_is_the_protocols(proxied, proxy, images):
    await (await proxied.get_datalake()).upload_data(images[1])
    form = proxy.of("POST", "/storage/")[0]
    names = re.findall(rb'; name="([^"]+)"', form.body)
    assert names[-2:] == [b"Content-Type", b"file"]
    assert names[0] == b"key"
    assert b'name="Content-Type"\r\n\r\nimage/png\r\n' in form.body
    name = orjson.loads(proxy.of("POST", "/datas")[0].body)["object_name"]
    assert f'filename="{name}"\r\n\r\n'.encode() in form.body


@pytest.mark.parametrize(
    ("workers", "files", "peak"), [(1, 1, 1), (3, 1, 3), (3, 2, 2), (2, 3, 2), (None, 1, 4)]
)
async def test_parts_keep_within_max_workers(proxied, proxy, make_image, monkeypatch, workers, files, peak):
    monkeypatch.setattr(object_upload, "PART_BYTES", 10_000)
    crowd = proxy.crowds("PUT", "/storage/", peak)
    paths = [make_image(f"{number}.png", size=80_000) for number in range(files)]
    data = await (await proxied.get_datalake()).upload_data(paths, max_workers=workers)
    assert proxy.count("PUT", "/storage/") == 8 * files
    assert crowd.peak == peak
    assert [await digest_of(one) for one in data] == [digest_of_file(path) for path in paths]


@pytest.mark.parametrize("kind_platform", ["aws", "google"], indirect=True, scope="module")
async def test_a_file_that_changes_between_its_parts_becomes_no_object(kind_client, make_image):
    """Else the object would be a mixture of two files, whole by its length."""
    kind, client, proxy = kind_client
    path = make_image("large.png", size=PART_BYTES + 5)

    async def rewrite(passing):
        answer = await passing.forward()
        if proxy.count("PUT", "/storage/") == last:
            with path.open("r+b") as file:
                file.write(b"later")
            os.utime(path, ns=(1, 1))
        return answer

    last = 2 if kind == "aws" else 1  # the slice that makes the object is not sent any more
    proxy.on("PUT", "/storage/", rewrite)
    lake = await client.get_datalake()
    data = await lake.upload_data(path, on_error="collect")
    assert isinstance(data.report.failed[0].error, TransferError)
    assert "changed while it was uploaded" in str(data.report.failed[0])
    assert proxy.count("POST", "complete_part_upload") == 0
    assert not await lake.list_data()
