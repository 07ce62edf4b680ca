"""What every object storage keeps to, seen from the wire. Further kinds join the fixture's parameters."""

from __future__ import annotations

import hashlib

import pytest
from stored_content import content_of

from asyncsdk.enums import StorageKind
from asyncsdk.errors import BadRequestError, ConflictError, NotFoundError
from asyncsdk.records.storage import UploadedPart

CONNECTOR = "01920000-0000-7000-8000-00000000c001"
SMALL = b"\x89PNG" + bytes(range(256)) * 4
PART_BYTES = 300_000
LARGE = hashlib.shake_256(b"large").digest(2 * PART_BYTES + 1234)
EVEN = LARGE[: 2 * PART_BYTES]


@pytest.fixture(params=[StorageKind.MINIO, StorageKind.AZURE, StorageKind.GOOGLE])
async def blobs(request, open_blobs, serve):
    storage = open_blobs(request.param)
    await serve(storage)
    return storage


@pytest.fixture(params=[StorageKind.MINIO])
async def part_blobs(request, open_blobs, serve):
    """The kinds that take parts."""
    storage = open_blobs(request.param)
    await serve(storage)
    return storage


async def _upload(blobs, wire, key, content, content_type="image/png"):
    presigned = await blobs.presign_upload(CONNECTOR, key, content_type)
    return await wire.upload(presigned, key, content, content_type)


class TestSingleUploads:
    async def test_what_is_uploaded_can_be_read(self, blobs, wire):
        status, _ = await _upload(blobs, wire, "data/a.png", SMALL)
        assert status < 400
        found = await blobs.find(CONNECTOR, "data/a.png")
        assert found.size_bytes == len(SMALL)
        assert found.content_type == "image/png"
        assert found.sha256 in {None, hashlib.sha256(SMALL).hexdigest()}
        status, headers, body = await wire.get(blobs.sign_download(CONNECTOR, "data/a.png"))
        assert (status, body) == (200, SMALL)
        assert headers["ETag"] == f'"{found.etag}"'
        assert headers["Content-Type"] == "image/png"
        assert headers["Content-Length"] == str(len(SMALL))

    @pytest.mark.parametrize(
        "content", [b"", b"\r\n", b"\r\n--", LARGE], ids=["empty", "break", "dashes", "large"]
    )
    async def test_any_content_survives(self, blobs, wire, content):
        await _upload(blobs, wire, "data/any", content)
        _, _, body = await wire.get(blobs.sign_download(CONNECTOR, "data/any"))
        assert body == content

    @pytest.mark.parametrize(
        "key", ["data/ä ö+&?=%41#.png", "a" * 200, "x/" * 200 + "y", "data/.hidden", "日本/犬.jpg"]
    )
    async def test_any_name_survives(self, blobs, wire, key):
        await _upload(blobs, wire, key, SMALL)
        _, _, body = await wire.get(blobs.sign_download(CONNECTOR, key))
        assert body == SMALL

    async def test_the_same_content_again_is_fine(self, blobs, wire):
        await _upload(blobs, wire, "data/a", SMALL)
        status, _ = await _upload(blobs, wire, "data/a", SMALL)
        assert status < 400

    async def test_an_object_is_never_overwritten(self, blobs, wire):
        await _upload(blobs, wire, "data/a", SMALL)
        status, _ = await _upload(blobs, wire, "data/a", SMALL + b"!")
        assert status == 409
        assert await content_of(blobs, CONNECTOR, "data/a") == SMALL

    async def test_connectors_do_not_share_objects(self, blobs, wire):
        await _upload(blobs, wire, "data/a", SMALL)
        assert await blobs.find("another", "data/a") is None


class TestLargeUploads:
    @pytest.mark.parametrize("content", [LARGE, EVEN], ids=["odd", "multiple of the part size"])
    async def test_what_is_uploaded_can_be_read(self, blobs, wire, content):
        await wire.large_upload(blobs, CONNECTOR, "data/v.mp4", content, "video/mp4", PART_BYTES)
        found = await blobs.find(CONNECTOR, "data/v.mp4")
        assert (found.size_bytes, found.content_type) == (len(content), "video/mp4")
        _, headers, body = await wire.get(blobs.sign_download(CONNECTOR, "data/v.mp4"))
        assert body == content
        assert headers["ETag"] == f'"{found.etag}"'

    async def test_the_etag_counts_the_parts(self, part_blobs, wire):
        await wire.large_upload(part_blobs, CONNECTOR, "v", EVEN, "video/mp4", PART_BYTES)
        digests = [hashlib.md5(EVEN[:PART_BYTES]), hashlib.md5(EVEN[PART_BYTES:]), hashlib.md5(b"")]
        joined = hashlib.md5(b"".join(digest.digest() for digest in digests)).hexdigest()
        assert (await part_blobs.find(CONNECTOR, "v")).etag == f"{joined}-3"

    async def test_completing_twice_answers_the_same(self, part_blobs, wire):
        upload_id = (await part_blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        parts = await wire.send_parts(part_blobs, CONNECTOR, "v", upload_id, LARGE, PART_BYTES)
        first = await part_blobs.complete_multipart(CONNECTOR, "v", upload_id, parts)
        assert await part_blobs.complete_multipart(CONNECTOR, "v", upload_id, parts) == first

    async def test_parts_may_come_in_any_order_and_twice(self, part_blobs, wire):
        upload_id = (await part_blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        etags = {}
        for number, content in [(2, b"wrong"), (2, b"second"), (1, b"first ")]:
            url = await part_blobs.presign_part(CONNECTOR, "v", upload_id, number)
            _, headers = await wire.put(url, content)
            etags[number] = headers["ETag"].strip('"')
        parts = [UploadedPart(etags[1], 1), UploadedPart(etags[2], 2)]
        await part_blobs.complete_multipart(CONNECTOR, "v", upload_id, parts)
        assert await content_of(part_blobs, CONNECTOR, "v") == b"first second"

    async def test_wrong_lists_of_parts_are_refused(self, part_blobs, wire):
        upload_id = (await part_blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        parts = await wire.send_parts(part_blobs, CONNECTOR, "v", upload_id, LARGE, PART_BYTES)
        other = UploadedPart('"' + "0" * 32 + '"', 1)
        for wrong in ([], parts[::-1], [parts[0], parts[0]], [other, *parts[1:]]):
            with pytest.raises(BadRequestError):
                await part_blobs.complete_multipart(CONNECTOR, "v", upload_id, wrong)
        assert await part_blobs.find(CONNECTOR, "v") is None
        await part_blobs.complete_multipart(CONNECTOR, "v", upload_id, parts)

    async def test_joined_parts_do_not_overwrite(self, part_blobs, wire):
        await _upload(part_blobs, wire, "v", SMALL)
        upload_id = (await part_blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        parts = await wire.send_parts(part_blobs, CONNECTOR, "v", upload_id, LARGE, PART_BYTES)
        with pytest.raises(ConflictError):
            await part_blobs.complete_multipart(CONNECTOR, "v", upload_id, parts)
        assert await content_of(part_blobs, CONNECTOR, "v") == SMALL

    async def test_an_unknown_upload_is_not_found(self, part_blobs):
        part = UploadedPart("0" * 32, 1)
        with pytest.raises(NotFoundError):
            await part_blobs.complete_multipart(CONNECTOR, "v", "f" * 32, [part])


class TestReading:
    async def test_ranges(self, blobs, wire):
        await _upload(blobs, wire, "a", SMALL)
        url = blobs.sign_download(CONNECTOR, "a")
        status, headers, body = await wire.get(url, {"Range": "bytes=4-9"})
        assert (status, body) == (206, SMALL[4:10])
        assert headers["Content-Range"] == f"bytes 4-9/{len(SMALL)}"
        status, _, body = await wire.get(url, {"Range": "bytes=-3"})
        assert (status, body) == (206, SMALL[-3:])
        status, _, _ = await wire.get(url, {"Range": f"bytes={len(SMALL)}-"})
        assert status == 416

    async def test_a_missing_object(self, blobs, wire):
        assert await blobs.find(CONNECTOR, "none") is None
        status, _, _ = await wire.get(blobs.sign_download(CONNECTOR, "none"))
        assert status == 404
        with pytest.raises(NotFoundError):
            async with blobs.local_copy(CONNECTOR, "none"):
                pass

    async def test_a_changed_url_is_forbidden(self, blobs, wire):
        await _upload(blobs, wire, "a1", SMALL)
        await _upload(blobs, wire, "a2", SMALL)
        status, _, _ = await wire.get(blobs.sign_download(CONNECTOR, "a1").replace("/a1", "/a2"))
        assert status == 403

    async def test_a_local_file(self, blobs, wire):
        await _upload(blobs, wire, "a", LARGE)
        async with blobs.local_copy(CONNECTOR, "a") as path:
            assert path.read_bytes() == LARGE


class TestListing:
    NAMES = (
        "a/b.png",
        "a-b.png",
        "a.b.png",
        "a/b/c.png",
        "a0.png",
        "ab/x",
        "b",
        "日/犬.jpg",
        "é.png",
        "zz/.hid",
    )

    async def test_keys_come_in_order_a_page_at_a_time(self, blobs, wire):
        for name in self.NAMES[::-1]:
            await _upload(blobs, wire, name, SMALL)
        ordered = tuple(sorted(self.NAMES))
        whole = await blobs.list_keys(CONNECTOR, "")
        assert (whole.keys, whole.unfit, whole.is_last) == (ordered, {}, True)
        for limit in range(1, len(ordered) + 2):
            found, after, is_last = [], "", False
            while not is_last:
                page = await blobs.list_keys(CONNECTOR, "", after=after, limit=limit)
                found.append(page.keys)
                assert len(found) <= len(ordered) + 1
                is_last = page.is_last
                after = page.keys[-1] if page.keys else after
            assert tuple(key for keys in found for key in keys) == ordered
            assert all(len(keys) == limit for keys in found[:-1])

    @pytest.mark.parametrize(
        "prefix", ["a", "a/", "a/b", "a/b/", "a/b.png", "b", "é", "日/", "zz/.", "nothing", "a/x"]
    )
    async def test_a_prefix_is_the_start_of_the_whole_key(self, blobs, wire, prefix):
        for name in self.NAMES:
            await _upload(blobs, wire, name, SMALL)
        wanted = tuple(sorted(name for name in self.NAMES if name.startswith(prefix)))
        assert (await blobs.list_keys(CONNECTOR, prefix)).keys == wanted
        after = "a/b.png"
        wanted = tuple(name for name in wanted if name > after)
        assert (await blobs.list_keys(CONNECTOR, prefix, after=after)).keys == wanted

    async def test_connectors_and_things_under_way_are_not_listed(self, blobs, wire):
        await blobs.start_multipart(CONNECTOR, "started", "video/mp4")
        await _upload(blobs, wire, "mine", SMALL)
        assert (await blobs.list_keys(CONNECTOR, "")).keys == ("mine",)
        assert (await blobs.list_keys("another", "")).keys == ()

    async def test_deleted_objects_are_not_listed(self, blobs, wire):
        for key in ("a/1", "a/2"):
            await _upload(blobs, wire, key, SMALL)
        await blobs.delete(CONNECTOR, ["a/1"])
        assert (await blobs.list_keys(CONNECTOR, "a/")).keys == ("a/2",)

    @pytest.mark.parametrize(
        "prefix", ["../a", "a/../b", "/a", "a//b", "/", "..", "./a", "a\\b", "a\nb", "x" * 201]
    )
    async def test_prefixes_that_no_key_has_are_refused(self, blobs, prefix):
        with pytest.raises(BadRequestError):
            await blobs.list_keys(CONNECTOR, prefix)

    async def test_an_object_that_is_known_is_adopted_as_it_is(self, blobs, wire):
        await _upload(blobs, wire, "a.png", SMALL)
        known = await blobs.find(CONNECTOR, "a.png")
        assert await blobs.adopt(CONNECTOR, "a.png", "image/jpeg") == known
        assert await blobs.adopt(CONNECTOR, "none.png", "image/png") is None
        with pytest.raises(BadRequestError):
            await blobs.adopt(CONNECTOR, "../a.png", "image/png")


class TestPlatformSide:
    async def test_put_stores_what_the_platform_makes(self, blobs, wire, chunks):
        stored = await blobs.put(CONNECTOR, "export.json", "application/json", chunks(LARGE))
        assert stored == await blobs.find(CONNECTOR, "export.json")
        _, _, body = await wire.get(blobs.sign_download(CONNECTOR, "export.json"))
        assert body == LARGE

    async def test_deletion(self, blobs, wire):
        for key in ("a/1", "a/2", "a/3"):
            await _upload(blobs, wire, key, SMALL)
        await blobs.delete(CONNECTOR, ["a/1", "a/3", "never/was"])
        assert await blobs.find(CONNECTOR, "a/1") is None
        assert await blobs.find(CONNECTOR, "a/2") is not None
        await _upload(blobs, wire, "a/1", b"anew")
        assert await content_of(blobs, CONNECTOR, "a/1") == b"anew"

    @pytest.mark.parametrize(
        "key", ["../a", "a/../b", "/a", "a//b", "", ".", "a\\b", "a\nb", "a\0", "x" * 201, "é" * 300]
    )
    async def test_dangerous_names_are_refused(self, blobs, key, chunks):
        for attempt in (
            blobs.presign_upload(CONNECTOR, key, "image/png"),
            blobs.start_multipart(CONNECTOR, key, "image/png"),
            blobs.find(CONNECTOR, key),
            blobs.delete(CONNECTOR, [key]),
            blobs.put(CONNECTOR, key, "image/png", chunks(b"x")),
        ):
            with pytest.raises(BadRequestError):
                await attempt
