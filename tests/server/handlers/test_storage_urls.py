"""The signed URLs over real sockets, with both of aiohttp's request parsers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import os
from pathlib import Path

import aiohttp
import attrs
import pytest
from aiohttp import web, web_protocol
from aiohttp.http_parser import HttpRequestParserPy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored_content import content_of
from yarl import URL

from asyncsdk.enums import StorageKind
from asyncsdk.errors import ApiError, BadRequestError
from asyncsdk.server.blobs import reader
from asyncsdk.server.blobs.local import LocalBlobs
from asyncsdk.server.blobs.signing import Purpose, Signer
from asyncsdk.server.handlers.storage_urls import add_storage_routes
from asyncsdk.wire.statuses import envelope

CONNECTOR = "01920000-0000-7000-8000-00000000c001"
CONTENT = hashlib.shake_256(b"content").digest(1000)
BOUNDARY = "b0undary"


@attrs.define
class Storage:
    """A storage that is served, and a client of it."""

    blobs: LocalBlobs
    session: aiohttp.ClientSession
    clock: list[float]
    folder: Path
    entered: asyncio.Queue[None]
    handled: asyncio.Queue[object]

    async def send(self, method, url, **options):
        async with self.session.request(method, URL(url, encoded=True), **options) as response:
            return response.status, response.headers, await response.read()

    async def store(self, key="a.png", content=CONTENT, content_type="image/png"):
        async def chunks():
            yield content

        await self.blobs.put(CONNECTOR, key, content_type, chunks())
        return self.blobs.sign_download(CONNECTOR, key)

    async def post(self, name="a.png", content=CONTENT, after=b"", **changes):
        """Upload a form; a field that is changed to None is left out."""
        url, fields = self.blobs.urls.form(CONNECTOR, name, "image/png")
        return await self.post_fields(url, {**fields, **changes}, content, after)

    async def post_fields(self, url, fields, content, after=b""):
        body = form_body({name: value for name, value in fields.items() if value is not None}, content, after)
        return await self.send("POST", url, data=io.BytesIO(body), headers=FORM)

    async def left(self):
        return list((self.folder / "incoming").iterdir())

    async def break_off(self, head, body):
        """Send the start of a request, end the connection, and return what the handler came to."""
        url = URL(self.blobs.urls.public_url)
        _, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(head)
        await self.entered.get()
        writer.write(body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        return await self.handled.get()


FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def form_body(fields, content, after=b""):
    body = b""
    for name, value in fields.items():
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    if content is not None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + after + f"--{BOUNDARY}--\r\n".encode()


@pytest.fixture(params=["c", "python"])
def parser(request, monkeypatch):
    if request.param == "python":
        monkeypatch.setattr(web_protocol, "HttpRequestParser", HttpRequestParserPy)


@pytest.fixture
async def open_storage(tmp_path, parser):
    opened = []

    async def opener(kind=StorageKind.MINIO):
        clock, entered, handled = [1_800_000_000.0], asyncio.Queue(), asyncio.Queue()
        blobs = LocalBlobs(tmp_path, Signer(bytes(32), lambda: clock[0]), "http://unset", kind=kind)

        @web.middleware
        async def envelopes(request, handler):
            outcome = None
            entered.put_nowait(None)
            try:
                return await handler(request)
            except ApiError as error:
                outcome = error
                return web.json_response(envelope(error), status=error.status)
            except Exception as error:
                outcome = error
                raise
            finally:
                handled.put_nowait(outcome)

        app = web.Application(middlewares=[envelopes])
        add_storage_routes(app, blobs)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        blobs.urls.public_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        session = aiohttp.ClientSession()
        opened.append((session, runner, blobs))
        return Storage(blobs, session, clock, tmp_path, entered, handled)

    yield opener
    for session, runner, blobs in opened:
        await session.close()
        await runner.cleanup()
        await blobs.close()


@pytest.fixture
async def storage(open_storage):
    return await open_storage()


class TestForms:
    async def test_an_upload(self, storage):
        status, headers, body = await storage.post()
        assert (status, body) == (204, b"")
        assert headers["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
        assert await content_of(storage.blobs, CONNECTOR, "a.png") == CONTENT

    async def test_the_forms_content_type_is_stored(self, storage):
        await storage.post(**{"Content-Type": "image/x-other"})
        assert (await storage.blobs.find(CONNECTOR, "a.png")).content_type == "image/x-other"
        await storage.post("b", **{"Content-Type": None})
        assert (await storage.blobs.find(CONNECTOR, "b")).content_type == "application/octet-stream"

    async def test_a_content_type_that_is_no_header_is_refused(self, storage):
        status, _, _ = await storage.post(**{"Content-Type": "image/png\nX: y"})
        assert status == 400
        assert await storage.blobs.find(CONNECTOR, "a.png") is None

    async def test_extra_text_parts_are_ignored(self, storage):
        extra = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="key"\r\n\r\nother\r\n'.encode()
        status, _, _ = await storage.post(after=extra, policy="x", success_action_status="201")
        assert status == 204
        assert await storage.blobs.find(CONNECTOR, "a.png") is not None

    @pytest.mark.parametrize(
        "changes", [{"key": "b.png"}, {"signature": "0" * 32}, {"signature": None}, {"key": None}]
    )
    async def test_a_forged_ticket(self, storage, changes):
        status, _, body = await storage.post(**changes)
        assert status == 403
        assert b'"detail": []' in body

    async def test_the_ticket_of_another_connector(self, storage):
        url, fields = storage.blobs.urls.form("another", "a.png", "image/png")
        status, _, _ = await storage.post_fields(url.replace("another", CONNECTOR), fields, CONTENT)
        assert status == 403

    async def test_an_expired_ticket(self, storage):
        url, fields = storage.blobs.urls.form(CONNECTOR, "a.png", "image/png")
        storage.clock[0] += 24 * 3600
        status, _, _ = await storage.post_fields(url, fields, CONTENT)
        assert status == 403

    async def test_a_form_without_a_file(self, storage):
        status, _, body = await storage.post(content=None)
        assert status == 400
        assert b"'file'" in body

    async def test_what_is_no_form(self, storage):
        url, _ = storage.blobs.urls.form(CONNECTOR, "a.png", "image/png")
        status, _, _ = await storage.send(
            "POST", url, data=b"{}", headers={"Content-Type": "application/json"}
        )
        assert status == 400

    async def test_other_content_conflicts(self, storage):
        await storage.post()
        status, _, body = await storage.post(content=b"other")
        assert status == 409
        assert b"a.png" in body

    @pytest.mark.parametrize("size", [0, 1, 65_536, 5_000_000])
    async def test_sizes(self, storage, size):
        content = os.urandom(size)
        assert (await storage.post(content=content))[0] == 204
        assert await content_of(storage.blobs, CONNECTOR, "a.png") == content

    async def test_a_connection_serves_many_uploads(self, storage):
        url = URL(storage.blobs.urls.public_url)
        reading, writer = await asyncio.open_connection(url.host, url.port)
        for number in range(3):
            target, fields = storage.blobs.urls.form(CONNECTOR, f"{number}", "image/png")
            body = form_body(fields, CONTENT)
            writer.write(post_head(target, len(body)) + body)
            assert b" 204 " in await reading.readuntil(b"\r\n\r\n")
        writer.close()

    @pytest.mark.parametrize("size", [1000, 2_000_000])
    async def test_a_broken_off_body_leaves_nothing(self, storage, size):
        target, fields = storage.blobs.urls.form(CONNECTOR, "a.png", "image/png")
        body = form_body(fields, bytes(size))
        for end in (100, size - 100, len(body) - len(BOUNDARY) - 10):
            outcome = await storage.break_off(post_head(target, len(body)), body[:end])
            assert isinstance(outcome, BadRequestError)
            assert await storage.left() == []
            assert await storage.blobs.find(CONNECTOR, "a.png") is None

    @pytest.mark.parametrize("size", [1000, 2_000_000])
    async def test_a_body_that_ends_early_leaves_nothing(self, storage, size):
        target, fields = storage.blobs.urls.form(CONNECTOR, "a.png", "image/png")
        body = form_body(fields, bytes(size))[: -len(BOUNDARY) - 10]
        assert (await storage.send("POST", target, data=io.BytesIO(body), headers=FORM))[0] == 400
        assert await storage.left() == []
        assert await storage.blobs.find(CONNECTOR, "a.png") is None


def post_head(url, length):
    head = f"POST {URL(url).raw_path_qs} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
    return f"{head}Content-Length: {length}\r\n\r\n".encode()


class TestAzure:
    @pytest.fixture
    async def storage(self, open_storage):
        return await open_storage(StorageKind.AZURE)

    async def test_an_upload(self, storage):
        presigned = await storage.blobs.presign_upload(CONNECTOR, "a b.png", "image/png")
        assert presigned.client_type == "azure"
        headers = {"x-ms-blob-type": "BlockBlob", "Content-Type": "image/png"}
        url = presigned.presigned_url_data.url
        status, answer, _ = await storage.send("PUT", url, data=CONTENT, headers=headers)
        assert status == 201
        assert answer["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
        assert (await storage.blobs.find(CONNECTOR, "a b.png")).content_type == "image/png"

    async def test_the_header_is_needed(self, storage):
        presigned = await storage.blobs.presign_upload(CONNECTOR, "a", "image/png")
        status, _, _ = await storage.send("PUT", presigned.presigned_url_data.url, data=CONTENT)
        assert status == 400

    async def test_a_body_in_chunks(self, storage):
        async def body():
            for _ in range(10):
                yield CONTENT

        url = storage.blobs.urls.upload(CONNECTOR, "a")
        headers = {"x-ms-blob-type": "BlockBlob", "Content-Type": "a/b"}
        assert (await storage.send("PUT", url, data=body(), headers=headers))[0] == 201
        assert await content_of(storage.blobs, CONNECTOR, "a") == CONTENT * 10

    async def test_a_malformed_chunk_leaves_nothing(self, storage):
        path = URL(storage.blobs.urls.upload(CONNECTOR, "a")).raw_path_qs
        head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nx-ms-blob-type: BlockBlob\r\nTransfer-Encoding: chunked\r\n\r\n"
        outcome = await storage.break_off(head.encode(), b"5\r\n12345\r\nnonsense\r\n")
        assert isinstance(outcome, BadRequestError)
        assert await storage.left() == []
        assert await storage.blobs.find(CONNECTOR, "a") is None

    async def test_a_broken_off_body_leaves_nothing(self, storage):
        path = URL(storage.blobs.urls.upload(CONNECTOR, "a")).raw_path_qs
        head = (
            f"PUT {path} HTTP/1.1\r\nHost: x\r\nx-ms-blob-type: BlockBlob\r\nContent-Length: 3000000\r\n\r\n"
        )
        assert isinstance(await storage.break_off(head.encode(), bytes(2_000_000)), BadRequestError)
        assert await storage.left() == []
        assert await storage.blobs.find(CONNECTOR, "a") is None


class TestParts:
    @pytest.fixture
    async def upload_id(self, storage):
        return (await storage.blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id

    async def test_a_part_answers_its_etag(self, storage, upload_id):
        url = await storage.blobs.presign_part(CONNECTOR, "v", upload_id, 1)
        status, headers, _ = await storage.send("PUT", url, data=CONTENT)
        assert (status, headers["ETag"]) == (200, f'"{hashlib.md5(CONTENT).hexdigest()}"')

    @pytest.mark.parametrize("old_new", [("part=1", "part=2"), ("/v?", "/w?"), ("signature=", "signature=0")])
    async def test_a_changed_url_is_forbidden(self, storage, upload_id, old_new):
        url = await storage.blobs.presign_part(CONNECTOR, "v", upload_id, 1)
        status, _, _ = await storage.send("PUT", url.replace(*old_new), data=CONTENT)
        assert status == 403

    async def test_a_part_of_an_upload_that_is_over(self, storage, upload_id):
        url = await storage.blobs.presign_part(CONNECTOR, "v", upload_id, 1)
        storage.blobs._uploads.forget(CONNECTOR, "v", upload_id)
        assert (await storage.send("PUT", url, data=CONTENT))[0] == 404

    async def test_a_broken_off_body_leaves_nothing(self, storage, upload_id):
        path = URL(await storage.blobs.presign_part(CONNECTOR, "v", upload_id, 1)).raw_path_qs
        head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n"
        assert isinstance(await storage.break_off(head.encode(), bytes(2_000_000)), BadRequestError)
        assert await storage.left() == []
        assert sorted(path.name for path in (storage.folder / "multipart" / upload_id).iterdir()) == [
            "content",
            "upload.json",
        ]


class TestSlices:
    @pytest.fixture
    async def storage(self, open_storage):
        return await open_storage(StorageKind.GOOGLE)

    @pytest.fixture
    async def url(self, storage):
        return (await storage.blobs.start_multipart(CONNECTOR, "v", "video/mp4")).url

    async def test_slices_to_the_end(self, storage, url):
        status, headers, _ = await storage.send(
            "PUT", url, data=CONTENT[:600], headers={"Content-Range": "bytes 0-599/1000"}
        )
        assert (status, headers["Range"]) == (308, "bytes=0-599")
        status, headers, _ = await storage.send("PUT", url, headers={"Content-Range": "bytes */1000"})
        assert (status, headers["Range"]) == (308, "bytes=0-599")
        status, headers, body = await storage.send(
            "PUT", url, data=CONTENT[600:], headers={"Content-Range": "bytes 600-999/1000"}
        )
        assert (status, body) == (200, b'{"name":"v","size":"1000"}')
        assert headers["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
        status, _, _ = await storage.send("PUT", url, headers={"Content-Range": "bytes */1000"})
        assert status == 200

    async def test_nothing_yet(self, storage, url):
        status, headers, _ = await storage.send("PUT", url, headers={"Content-Range": "bytes */*"})
        assert status == 308
        assert "Range" not in headers

    @pytest.mark.parametrize("header", [None, "nonsense", "bytes 0-500/1000", "bytes 400-999/1000"])
    async def test_what_does_not_fit(self, storage, url, header):
        headers = {"Content-Range": header} if header else {}
        assert (await storage.send("PUT", url, data=CONTENT[:600], headers=headers))[0] == 400

    async def test_a_changed_url_is_forbidden(self, storage, url):
        headers = {"Content-Range": "bytes 0-999/1000"}
        assert (await storage.send("PUT", url.replace("/v?", "/w?"), data=CONTENT, headers=headers))[0] == 403
        storage.clock[0] += 7 * 24 * 3600
        assert (await storage.send("PUT", url, data=CONTENT, headers=headers))[0] == 403


class TestDownloads:
    async def test_the_whole_object(self, storage):
        url = await storage.store()
        status, headers, body = await storage.send("GET", url)
        assert (status, body) == (200, CONTENT)
        assert headers["Content-Length"] == "1000"
        assert headers["Content-Type"] == "image/png"
        assert headers["ETag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'
        assert base64.b64decode(headers["x-amz-checksum-sha256"]) == hashlib.sha256(CONTENT).digest()
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Access-Control-Allow-Origin"] == "*"

    @pytest.mark.parametrize("small_bytes", [0, 1 << 18])
    async def test_head_is_get_without_the_body(self, storage, monkeypatch, small_bytes):
        monkeypatch.setattr(reader, "_SMALL_BYTES", small_bytes)
        url = await storage.store()
        status, headers, body = await storage.send("HEAD", url)
        assert (status, body) == (200, b"")
        assert headers["Content-Length"] == "1000"
        _, of_get, _ = await storage.send("GET", url)
        assert {**headers, "Date": ""} == {**of_get, "Date": ""}

    @pytest.mark.parametrize("small_bytes", [0, 1 << 18])
    async def test_not_modified(self, storage, monkeypatch, small_bytes):
        monkeypatch.setattr(reader, "_SMALL_BYTES", small_bytes)
        url = await storage.store()
        etag = (await storage.send("HEAD", url))[1]["ETag"]
        for _ in range(2):  # the connection is still good
            status, headers, body = await storage.send("GET", url, headers={"If-None-Match": etag})
            assert (status, body) == (304, b"")
            assert headers["ETag"] == etag

    async def test_ranges_of_what_is_not_there(self, storage):
        url = await storage.store()
        status, headers, body = await storage.send("GET", url, headers={"Range": "bytes=1000-"})
        assert status == 416
        assert headers["Content-Range"] == "bytes */1000"
        assert b'"detail":[]' in body

    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
        deadline=None,
        max_examples=30,
    )
    @given(st.integers(0, 999), st.integers(0, 1500), st.booleans())
    async def test_any_range_is_a_slice(self, storage, start, end, is_small):
        url = await storage.store()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reader, "_SMALL_BYTES", 10_000 if is_small else 0)
            patch.setattr(reader, "_CHUNK_BYTES", 100)
            status, headers, body = await storage.send("GET", url, headers={"Range": f"bytes={start}-{end}"})
        if end < start:
            assert (status, body) == (200, CONTENT)
        else:
            assert (status, body) == (206, CONTENT[start : end + 1])
            assert headers["Content-Length"] == str(len(body))

    async def test_a_broken_download_goes_on(self, storage):
        url = await storage.store()
        etag = (await storage.send("HEAD", url))[1]["ETag"]
        headers = {"Range": "bytes=400-", "If-Range": etag}
        assert (await storage.send("GET", url, headers=headers))[2] == CONTENT[400:]
        headers["If-Range"] = '"other"'
        assert (await storage.send("GET", url, headers=headers))[2] == CONTENT

    async def test_a_large_object(self, storage):
        content = os.urandom(5_000_000)
        url = await storage.store("large", content)
        assert (await storage.send("GET", url))[2] == content

    async def test_a_reader_that_leaves(self, storage):
        url = URL(await storage.store("large", bytes(30_000_000)))
        storage.handled = asyncio.Queue()
        before = open_files()
        reading, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"GET {url.raw_path_qs} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reading.readexactly(1000)
        writer.close()
        await writer.wait_closed()
        for _ in range(1000):
            if open_files() <= before:
                break
            await asyncio.sleep(0.005)
        assert open_files() <= before

    async def test_a_missing_object(self, storage):
        status, _, body = await storage.send("GET", storage.blobs.sign_download(CONNECTOR, "none"))
        assert status == 404
        assert b"none" in body

    async def test_an_expired_url(self, storage):
        url = await storage.store()
        storage.clock[0] += 3599
        assert (await storage.send("GET", url))[0] == 200
        storage.clock[0] += 1
        assert (await storage.send("GET", url))[0] == 403

    @pytest.mark.parametrize(
        "old_new",
        [
            ("a.png", "b.png"),
            ("expires=", "expires=9"),
            ("signature=", "signature=0"),
            ("signature", "s"),
            (CONNECTOR, "c"),
        ],
    )
    async def test_a_forged_url(self, storage, old_new):
        await storage.store("b.png")
        url = await storage.store()
        status, _, _ = await storage.send("GET", url.replace(*old_new))
        assert status == 403

    @pytest.mark.parametrize(
        "path",
        [
            "../../meta/x",
            "%2e%2e/%2e%2e/etc/passwd",
            "..%2f..%2fetc/passwd",
            "a%00b",
            "a%0ab",
            "/etc/passwd",
            "a%5c..%5cb",
        ],
    )
    async def test_paths_that_lead_out(self, storage, path):
        url = URL(storage.blobs.urls.public_url)
        reading, writer = await asyncio.open_connection(url.host, url.port)
        ticket = storage.blobs.urls.signer.sign(Purpose.DOWNLOAD, CONNECTOR, "a.png", lifetime_s=60)
        writer.write(f"GET /storage/{CONNECTOR}/{path}?{ticket.query()} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        status_line = (await reading.read()).split(b"\r\n")[0]
        assert status_line.split(b" ")[1] in {b"403", b"400", b"404"}
        writer.close()

    async def test_even_a_signed_path_cannot_lead_out(self, storage):
        (storage.folder / "secret").write_text("secret")
        for key in ("../../secret", "..", "a/../../../secret"):
            ticket = storage.blobs.urls.signer.sign(Purpose.DOWNLOAD, CONNECTOR, key, lifetime_s=60)
            url = f"{storage.blobs.urls.public_url}/storage/{CONNECTOR}/{key.replace('/', '%2F').replace('.', '%2E')}"
            assert (await storage.send("GET", f"{url}?{ticket.query()}"))[0] in {400, 403, 404}

    async def test_tickets_do_not_serve_another_purpose(self, storage):
        download = await storage.store()
        headers = {"x-ms-blob-type": "BlockBlob", "Content-Type": "a/b", "Content-Range": "bytes 0-0/1"}
        status, _, _ = await storage.send("PUT", download, data=b"x", headers=headers)
        assert status == 403
        upload = storage.blobs.urls.upload(CONNECTOR, "a.png")
        assert (await storage.send("GET", upload))[0] == 403
        for extra in ("upload=x", "upload=x&part=1"):
            assert (await storage.send("PUT", f"{upload}&{extra}", data=b"x", headers=headers))[0] == 403
        query = URL(download).query
        fields = {"key": "a.png", "expires": query["expires"], "signature": query["signature"]}
        url, _ = storage.blobs.urls.form(CONNECTOR, "a.png", "a/b")
        assert (await storage.post_fields(url, fields, b"x"))[0] == 403

    async def test_names_of_all_kinds(self, storage):
        for key in ("ä ö.png", "a+b&c=d?e#f%20.png", "日本/犬.jpg", "a;b,c", "~tilde", "a:b@c"):
            assert (await storage.send("GET", await storage.store(key)))[2] == CONTENT
