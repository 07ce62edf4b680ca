"""A local storage in a fresh folder, and a client that uploads the way the published one does."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import attrs
import pytest
from aiohttp import web
from yarl import URL

from asyncsdk.enums import StorageKind
from asyncsdk.errors import ApiError
from asyncsdk.records.storage import UploadedPart
from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.blobs.local import LocalBlobs
from asyncsdk.server.blobs.signing import Signer
from asyncsdk.server.handlers.storage_urls import add_storage_routes
from asyncsdk.wire.statuses import envelope

KEY = b"0123456789abcdef0123456789abcdef"


@attrs.define
class Clock:
    """A clock that stands still until it is told otherwise."""

    now: float

    def __call__(self) -> float:
        return self.now


@attrs.define
class Wire:
    """Performs presigned requests."""

    session: aiohttp.ClientSession

    async def upload(self, presigned, key, content, content_type):
        """Upload in one request; return its status and ETag."""
        request = presigned.presigned_url_data
        if presigned.client_type == "azure":
            headers = {**request.fields, "Content-Type": content_type, "x-ms-blob-type": "BlockBlob"}
            sent = self.session.put(URL(request.url, encoded=True), data=content, headers=headers)
        else:
            form = aiohttp.MultipartWriter("form-data")
            for name, value in {**request.fields, "Content-Type": content_type}.items():
                form.append(value, {"Content-Disposition": f'form-data; name="{name}"'})
            form.append(content, {"Content-Disposition": f'form-data; name="file"; filename="{key}"'})
            for part, _, _ in form._parts:
                part.headers.popall("Content-Type", None)
                part.headers.popall("Content-Length", None)
            sent = self.session.post(URL(request.url, encoded=True), data=form)
        async with sent as response:
            await response.read()
            return response.status, response.headers.get("ETag")

    async def put(self, url, content, headers=None):
        """Send a PUT; return its status and headers."""
        async with self.session.put(URL(url, encoded=True), data=content, headers=headers) as response:
            await response.read()
            return response.status, response.headers

    async def get(self, url, headers=None, method="GET"):
        """Read a URL; return status, headers and body."""
        async with self.session.request(method, URL(url, encoded=True), headers=headers) as response:
            return response.status, response.headers, await response.read()

    async def large_upload(self, blobs: Blobs, connector, key, content, content_type, part_bytes):
        """Upload a large object as the kind of storage wants it."""
        started = await blobs.start_multipart(connector, key, content_type)
        if started.client_type in {"aws", "minio"}:
            parts = await self.send_parts(blobs, connector, key, started.upload_id, content, part_bytes)
            await blobs.complete_multipart(connector, key, started.upload_id, parts)
        elif started.client_type == "google":
            for start in range(0, len(content), part_bytes):
                piece = content[start : start + part_bytes]
                span = f"bytes {start}-{start + len(piece) - 1}/{len(content)}"
                status, _ = await self.put(started.url, piece, {"Content-Range": span})
                assert status == (200 if start + len(piece) == len(content) else 308)
        else:
            presigned = await blobs.presign_upload(connector, key, content_type)
            status, _ = await self.upload(presigned, key, content, content_type)
            assert status < 400

    async def send_parts(self, blobs: Blobs, connector, key, upload_id, content, part_bytes):
        """Send all parts, an empty last one when the size asks for it."""
        parts = []
        for number in range(1, len(content) // part_bytes + 2):
            url = await blobs.presign_part(connector, key, upload_id, number)
            status, headers = await self.put(url, content[(number - 1) * part_bytes : number * part_bytes])
            assert status == 200
            parts.append(UploadedPart(headers["ETag"], number))
        return parts


@web.middleware
async def _envelopes(request, handler):
    try:
        return await handler(request)
    except ApiError as error:
        return web.json_response(envelope(error), status=error.status)


@pytest.fixture
def clock():
    return Clock(1_800_000_000.0)


@pytest.fixture
def signer(clock):
    return Signer(KEY, clock)


@pytest.fixture
async def open_blobs(tmp_path, signer):
    """Open a storage on the test's folder, anew each time, as after a restart."""
    opened = []

    def opener(kind=StorageKind.MINIO, folder: Path = tmp_path / "blobs", **options):
        blobs = LocalBlobs(folder, signer, "http://127.0.0.1", kind=kind, **options)
        opened.append(blobs)
        return blobs

    yield opener
    for blobs in opened:
        await blobs.close()


@pytest.fixture
async def serve():
    """Serve a local storage's URLs on a real socket; the URL it is reached at is set."""
    runners = []

    async def server(blobs: LocalBlobs) -> None:
        app = web.Application(middlewares=[_envelopes])
        add_storage_routes(app, blobs)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        blobs.urls.public_url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield server
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def wire():
    async with aiohttp.ClientSession() as session:
        yield Wire(session)


@pytest.fixture
def leftovers(tmp_path):
    """List what lies in the folders of things under way."""

    def lister(folder: Path = tmp_path / "blobs"):
        return [path.name for name in ("incoming", "multipart") for path in (folder / name).iterdir()]

    return lister


async def _chunks(content, size):
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.fixture
def chunks():
    """Give content in chunks, as a body arrives."""

    def chunker(content, size=65_536):
        return _chunks(content, size)

    return chunker
