"""One file on its way here: broken connections, expired URLs, damaged bytes."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
from functools import partial

import orjson
import pytest
from aiohttp import web

from asyncsdk.errors import PartialFailure
from asyncsdk.flow.files import DamagedFileError
from asyncsdk.transport.failures import ExpiredUrlError

LARGE = 3 * 2**20


@pytest.fixture
async def shelf(proxied, make_image):
    """A version of one large file and four small ones, with the files' bytes by name."""
    paths = [make_image("large.png", fill=os.urandom(LARGE))]
    paths += [make_image(f"small-{number}.png", width=20 + number) for number in range(4)]
    data = await (await proxied.get_datalake()).upload_data(paths)
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    await (await version.add_data(data)).wait(poll_s=0.002)
    return version, {path.name: path.read_bytes() for path in paths}


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def whole(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def ranges(proxy):
    found = [passed.headers.get("Range") for passed in proxy.of("GET", "/storage/")]
    return [one for one in found if one]


def large_only(act):
    async def decide(passing):
        answer = await passing.forward()
        return await act(passing, answer) if answer.content_length > 2**20 else answer

    return decide


async def break_off(passing, answer, length, out):
    """Send so much of a body, and close the connection once something of it has landed."""
    started = await passing.send_part(answer, length)
    while not any(part.stat().st_size for part in out.glob(".*.part")):  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    passing.request.transport.abort()
    return started


def breaks_off(length, out):
    """Send so much of a large body and close the connection."""
    return large_only(partial(break_off, length=length, out=out))


# Broken off


async def test_a_transfer_that_breaks_off_goes_on_where_it_was(shelf, proxy, out):
    version, files = shelf
    proxy.on("GET", "/storage/", breaks_off(2 * 2**20, out), times=1)
    asset = await version.find_asset(filename="large.png")
    report = await asset.download(out)
    assert whole(out) == {"large.png": files["large.png"]}
    assert len(ranges(proxy)) == 1
    start = int(re.fullmatch(r"bytes=(\d+)-", ranges(proxy)[0])[1])
    assert 0 < start <= 2 * 2**20
    assert report.bytes == len(files["large.png"]) - start
    assert list(out.glob(".*")) == []


async def test_a_later_call_goes_on_where_an_earlier_one_stopped(shelf, proxy, out):
    version, files = shelf
    end_early = breaks_off(2**20 + 2**19, out)

    async def then_refuse(passing):
        return web.Response(status=404) if "Range" in passing.passed.headers else await end_early(passing)

    proxy.on("GET", "/storage/", then_refuse)
    report = await version.download(out, on_error="collect")
    assert [failure.item for failure in report.failed] == ["large.png"]
    assert "large.png" not in whole(out)
    proxy._rules.clear()
    proxy.passed.clear()
    report = await version.download(out)
    assert whole(out) == files
    assert len(ranges(proxy)) == 1
    assert 0 < report.bytes < len(files["large.png"])


async def test_a_part_of_another_object_is_not_gone_on_with(shelf, proxy, out):
    version, files = shelf

    async def change_the_object(passing, answer):
        answer.headers["ETag"] = '"another"'
        answer.body = bytes(len(answer.body))
        return await break_off(passing, answer, 2**20 + 2**19, out)

    proxy.on("GET", "/storage/", large_only(change_the_object), times=6)
    await version.download(out, on_error="collect")
    proxy._rules.clear()
    await version.download(out)
    assert whole(out) == files


async def test_a_truncated_body_is_never_under_the_final_name(shelf, proxy, out):
    version, files = shelf

    async def cut(passing):
        answer = await passing.forward()
        started = await passing.send_part(answer, len(answer.body) - 1)
        passing.request.transport.abort()
        return started

    proxy.on("GET", "/storage/", cut)
    report = await version.download(out, on_error="collect")
    assert sorted(failure.item for failure in report.failed) == sorted(files)
    assert whole(out) == {}
    proxy._rules.clear()
    await version.download(out)
    assert whole(out) == files


async def page_of_a_gateway(passing):
    return web.Response(text="<html>Log in</html>")


async def cut_unseen(passing):
    """End a body of untold length before its end, as a gateway does that speaks HTTP/1.0."""
    answer = await passing.forward()
    started = web.StreamResponse(headers={"ETag": answer.headers["ETag"]})
    started.enable_chunked_encoding()
    await started.prepare(passing.request)
    await started.write(answer.body[:-1])
    await started.write_eof()
    return started


@pytest.mark.parametrize("act", [page_of_a_gateway, cut_unseen])
async def test_what_is_not_as_long_as_the_platform_tells_does_not_land(shelf, proxy, out, act):
    version, files = shelf
    proxy.on("GET", "/storage/", act)
    report = await version.download(out, on_error="collect")
    assert sorted(failure.item for failure in report.failed) == sorted(files)
    assert {type(failure.error) for failure in report.failed} == {DamagedFileError}
    assert whole(out) == {}
    assert list(out.glob(".*")) == []
    asset = await version.find_asset(filename="small-0.png")
    with pytest.raises(DamagedFileError):
        await asset.read()
    with pytest.raises(DamagedFileError):
        [chunk async for chunk in asset.stream()]


async def test_a_body_of_unknown_length_is_fine(shelf, proxy, out):
    """Measured: a 200 without Content-Length always failed."""
    version, files = shelf

    async def chunked(passing):
        answer = await passing.forward()
        started = web.StreamResponse(headers={"ETag": answer.headers["ETag"]})
        started.enable_chunked_encoding()
        await started.prepare(passing.request)
        await started.write(answer.body)
        await started.write_eof()
        return started

    proxy.on("GET", "/storage/", chunked)
    report = await version.download(out)
    assert whole(out) == files
    assert report.bytes == sum(map(len, files.values()))
    assert list(out.glob(".*")) == []


@pytest.mark.parametrize(
    ("status", "headers"), [(503, {}), (429, {"Retry-After": "0"}), (500, {}), (408, {})]
)
async def test_a_storage_that_fails_for_a_moment_is_tried_again(shelf, proxy, out, status, headers):
    version, files = shelf
    proxy.answers("GET", "/storage/", times=3, status=status, headers=headers)
    await version.download(out)
    assert whole(out) == files


# Damaged


async def test_bytes_that_do_not_fit_the_checksum_are_fetched_again(shelf, proxy, out):
    version, files = shelf

    async def damage(passing):
        answer = await passing.forward()
        answer.body = bytes(len(answer.body))
        return answer

    proxy.on("GET", "/storage/", damage, times=5)
    await version.download(out)
    assert whole(out) == files


async def test_bytes_that_never_fit_the_checksum_are_reported(shelf, proxy, out):
    version, files = shelf

    async def damage(passing):
        answer = await passing.forward()
        answer.body = bytes(len(answer.body))
        return answer

    proxy.on("GET", "/storage/", damage)
    with pytest.raises(PartialFailure, match=r"sha256 is .* announced was") as caught:
        await version.download(out)
    assert sorted(failure.item for failure in caught.value.report.failed) == sorted(files)
    assert all(isinstance(failure.error, DamagedFileError) for failure in caught.value.report.failed)
    assert whole(out) == {}


async def test_a_checksum_of_another_kind_is_checked_too(shelf, proxy, out):
    version, files = shelf

    async def google(passing):
        answer = await passing.forward()
        del answer.headers["x-amz-checksum-sha256"]
        digest = base64.b64encode(hashlib.md5(answer.body).digest()).decode()
        answer.headers["x-goog-hash"] = f"crc32c=AAAAAA==,md5={digest}"
        if passing.passed is proxy.of("GET", "/storage/")[0]:
            answer.body = bytes(len(answer.body))
        return answer

    proxy.on("GET", "/storage/", google)
    await version.download(out)
    assert whole(out) == files


# Expired


async def test_expired_urls_are_renewed_once_for_a_page(shelf, proxy, out):
    """Measured: expired URLs were renewed one by one, with an extra request per file."""
    version, files = shelf

    async def mark(passing):
        body = orjson.loads((await passing.forward()).body)
        for item in body["items"]:
            item["data"]["presigned_url"] += "&expired=yes"
        return web.json_response(body)

    async def refuse_marked(passing):
        if "expired" in passing.passed.query:
            return web.Response(status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
        return await passing.forward()

    proxy.on("GET", "/assets", mark)
    proxy.on("GET", "/storage/", refuse_marked)
    assets = await version.list_assets()
    proxy.passed.clear()
    await assets.download(out, max_workers=1)
    assert whole(out) == files
    assert proxy.count("XGET", "/assets") == 1
    assert proxy.count("GET", "/storage/") == len(files) + 1
    assert orjson.loads(proxy.of("XGET")[0].body) == {"ids": assets.ids}


async def test_expired_urls_of_data_are_renewed_too(shelf, proxy, proxied, out):
    _, files = shelf
    data = await (await proxied.get_datalake()).list_data()
    proxy.answers("GET", "/storage/", times=1, status=403)
    await data.download(out, max_workers=1)
    assert whole(out) == files
    assert proxy.count("XGET", "/datas") == 1


async def test_many_who_meet_an_expired_url_at_once_renew_once(shelf, proxy, out):
    version, files = shelf
    assets = await version.list_assets()
    proxy.answers("GET", "/storage/", times=5, status=403)
    await assets.download(out)
    assert whole(out) == files
    assert proxy.count("XGET", "/assets") == 1


async def test_a_url_that_expires_on_the_way_loses_nothing_that_has_come(shelf, proxy, out):
    version, files = shelf
    proxy.answers("GET", "/storage/", times=1, status=403)
    proxy.on("GET", "/storage/", breaks_off(2 * 2**20, out), times=1)
    asset = await version.find_asset(filename="large.png")
    report = await asset.download(out)
    assert whole(out) == {"large.png": files["large.png"]}
    assert report.bytes < len(files["large.png"])
    assert len(ranges(proxy)) == 2


async def test_a_storage_that_goes_on_refusing_is_reported(shelf, proxy, out):
    version, files = shelf
    proxy.answers("GET", "/storage/", status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
    report = await version.download(out, on_error="collect")
    assert len(report.failed) == len(files)
    assert all(isinstance(failure.error, ExpiredUrlError) for failure in report.failed)
    assert proxy.count("GET", "/storage/") <= 2 * len(files)


async def test_an_item_that_is_gone_when_its_url_is_renewed(shelf, proxy, proxied, out):
    version, files = shelf
    assets = await version.list_assets()
    await (await version.find_asset(filename="small-0.png")).delete()
    proxy.answers("GET", "/storage/", times=5, status=403)
    report = await assets.download(out, on_error="collect")
    assert [failure.item for failure in report.failed] == ["small-0.png"]
    assert "it is gone" in str(report.failed[0])
    assert len(whole(out)) == len(files) - 1


async def test_a_listing_without_urls_asks_for_them_by_the_page(shelf, proxy, out):
    version, files = shelf

    async def without_urls(passing):
        answer = await passing.forward()
        body = orjson.loads(answer.body)
        for item in body["items"]:
            item["data"]["presigned_url"] = None
        return web.json_response(body)

    proxy.on("GET", "/assets", without_urls)
    proxy.passed.clear()
    await version.download(out)
    assert whole(out) == files
    assert proxy.count("XGET", "/assets") == 1


async def test_a_single_object_renews_through_the_route_of_either_generation(shelf, proxy, out):
    version, files = shelf
    asset = await version.find_asset(filename="small-1.png")
    for route, way in ((200, "presigned-url"), (404, f"/api/data/{asset.data_id}")):
        proxy.answers("GET", "/storage/", times=1, status=403)
        if route == 404:
            proxy.answers("GET", "presigned-url", status=404)
        before = proxy.count("GET", way)
        await asset.download(out / str(route))
        assert whole(out / str(route)) == {"small-1.png": files["small-1.png"]}
        assert proxy.count("GET", way) > before
