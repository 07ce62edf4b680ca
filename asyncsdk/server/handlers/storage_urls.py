"""The signed URLs of the platform's own storage: a ticket in the URL or form stands in for authorization."""

from __future__ import annotations

from collections.abc import AsyncIterator

import attrs
import orjson
from aiohttp import web

from asyncsdk.errors import BadRequestError
from asyncsdk.server.blobs.local import LocalBlobs
from asyncsdk.server.blobs.resumable import parse_slice
from asyncsdk.server.blobs.urls import STORAGE_PATH
from asyncsdk.server.handlers.storage_download import answer_download
from asyncsdk.server.handlers.storage_form import UploadForm

__all__ = ["add_storage_routes"]

_DEFAULT_CONTENT_TYPE = "application/octet-stream"


def add_storage_routes(app: web.Application, blobs: LocalBlobs) -> None:
    """Serve the signed URLs of a local storage.

    The handlers raise `ApiError`s; a middleware of the application turns them into answers.

    Args:
        app: the application; its authentication must let `/storage/` through.
        blobs: the storage.
    """
    urls = _SignedUrls(blobs)
    path = f"{STORAGE_PATH}/{{connector}}"
    app.router.add_post(path, urls.post)
    app.router.add_put(f"{path}/{{key:.+}}", urls.put)
    app.router.add_get(f"{path}/{{key:.+}}", urls.get)


@attrs.frozen
class _SignedUrls:
    """Answers requests to signed URLs."""

    blobs: LocalBlobs

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Read an object."""
        connector, key = _target(request)
        self.blobs.urls.check_download(connector, key, request.query)
        async with self.blobs.open(connector, key) as reader:
            return await answer_download(request, reader)

    async def post(self, request: web.Request) -> web.Response:
        """Upload an object as a form."""
        form = UploadForm(request.headers.get("Content-Type", ""))
        chunks = _body(request)
        first = await _read_fields(form, chunks)
        connector, key = request.match_info["connector"], form.fields.get("key", "")
        self.blobs.urls.check_upload(connector, key, form.fields)
        content_type = form.fields.get("content-type") or _DEFAULT_CONTENT_TYPE
        stored = await self.blobs.put(connector, key, content_type, _read_file(form, first, chunks))
        return web.Response(status=204, headers=_etag(stored.etag))

    async def put(self, request: web.Request) -> web.Response:
        """Upload a whole object, a part of one, or a slice of a resumable upload."""
        if "part" in request.query:
            return await self._put_part(request)
        if "upload" in request.query:
            return await self._put_slice(request)
        return await self._put_whole(request)

    async def _put_whole(self, request: web.Request) -> web.Response:
        connector, key = _target(request)
        self.blobs.urls.check_upload(connector, key, request.query)
        if request.headers.get("x-ms-blob-type", "").lower() != "blockblob":
            raise BadRequestError("the header x-ms-blob-type must be BlockBlob", status=400)
        content_type = request.headers.get("Content-Type") or _DEFAULT_CONTENT_TYPE
        stored = await self.blobs.put(connector, key, content_type, _body(request))
        return web.Response(status=201, headers=_etag(stored.etag))

    async def _put_part(self, request: web.Request) -> web.Response:
        connector, key = _target(request)
        upload_id, part_no = self.blobs.urls.check_part(connector, key, request.query)
        chunks = _body(request)
        etag = await self.blobs.put_part(connector, key, upload_id, part_no, chunks)
        return web.Response(headers=_etag(etag))

    async def _put_slice(self, request: web.Request) -> web.Response:
        connector, key = _target(request)
        upload_id = self.blobs.urls.check_resume(connector, key, request.query)
        part = parse_slice(request.headers.get("Content-Range", ""))
        chunks = _body(request)
        progress = await self.blobs.put_slice(connector, key, upload_id, part, chunks)
        if progress.stored is not None:
            facts = {"name": key, "size": str(progress.received)}
            return web.Response(
                body=orjson.dumps(facts), content_type="application/json", headers=_etag(progress.stored.etag)
            )
        held = {"Range": f"bytes=0-{progress.received - 1}"} if progress.received else {}
        return web.Response(status=308, headers=held)


def _target(request: web.Request) -> tuple[str, str]:
    return request.match_info["connector"], request.match_info["key"]


def _etag(etag: str) -> dict[str, str]:
    return {"ETag": f'"{etag}"'}


async def _body(request: web.Request) -> AsyncIterator[bytes]:
    """Read the body as it arrives."""
    try:
        async for chunk in request.content.iter_any():
            yield chunk
    except (ConnectionError, web.RequestPayloadError) as error:
        raise BadRequestError("the body breaks off", status=400) from error


async def _read_fields(form: UploadForm, chunks: AsyncIterator[bytes]) -> bytes:
    """Read up to the file and return what has arrived of it."""
    async for chunk in chunks:
        content = form.feed(chunk)
        if form.has_file:
            return content
    return b""


async def _read_file(form: UploadForm, first: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Read the file to its end, and what follows it to no use, so that the connection stays good."""
    yield first
    async for chunk in chunks:
        yield form.feed(chunk)
    form.end()
