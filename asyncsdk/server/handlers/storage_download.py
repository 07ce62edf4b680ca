"""Downloads of objects: whole or a range of them, with validators, and with no harm to whoever shows them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from email.utils import formatdate

import attrs
import orjson
from aiohttp import web

from asyncsdk.errors import BadRequestError
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.blobs.reader import ObjectReader
from asyncsdk.wire.ranges import ByteRange, UnsatisfiableRange, parse_range
from asyncsdk.wire.statuses import envelope

__all__ = ["answer_download"]

_ALWAYS = {
    "Accept-Ranges": "bytes",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "private",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
_RASTER_IMAGES = frozenset(f"image/{name}" for name in ("jpeg", "png", "gif", "webp", "bmp", "tiff", "avif"))


@attrs.frozen
class Plan:
    """The head of an answer, and which bytes follow."""

    status: int
    headers: dict[str, str]
    start: int
    length: int


async def answer_download(request: web.Request, reader: ObjectReader) -> web.StreamResponse:
    """Answer a GET or HEAD for an object that is open.

    Args:
        request: the request, whose ticket was accepted.
        reader: the object.
    """
    stored = reader.stored
    try:
        plan = plan_download(request.headers, stored, formatdate(reader.modified_s, usegmt=True))
    except UnsatisfiableRange as error:
        return _unsatisfiable(stored, error)
    if reader.content is not None:
        body = reader.content[plan.start : plan.start + plan.length]
        return web.Response(
            status=plan.status, headers=plan.headers, body=None if plan.status == 304 else body
        )
    return await _stream(request, reader, plan)


def plan_download(headers: Mapping[str, str], stored: StoredObject, modified: str) -> Plan:
    """Decide how to answer.

    Args:
        headers: those of the request.
        stored: what is known of the object.
        modified: its `Last-Modified`.

    Raises:
        UnsatisfiableRange: the range lies outside the object.
    """
    etag = f'"{stored.etag}"'
    common = {**_ALWAYS, "ETag": etag, "Last-Modified": modified}
    if _names(headers.get("If-None-Match"), etag):
        return Plan(304, common, 0, 0)
    common["Content-Type"] = stored.content_type
    common["Content-Disposition"] = _disposition(stored.content_type)
    part = _range(headers, stored, etag, modified)
    if part is None:
        if stored.sha256 is not None:
            common["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(stored.sha256)).decode()
        return Plan(200, common, 0, stored.size_bytes)
    common["Content-Range"] = f"bytes {part.start}-{part.end}/{stored.size_bytes}"
    return Plan(206, common, part.start, part.length)


def _range(headers: Mapping[str, str], stored: StoredObject, etag: str, modified: str) -> ByteRange | None:
    condition = headers.get("If-Range")
    if condition is not None and condition.strip() not in {etag, modified}:
        return None
    return parse_range(headers.get("Range"), stored.size_bytes)


def _names(header: str | None, etag: str) -> bool:
    """Tell whether `If-None-Match` names this ETag, weak or strong."""
    if header is None:
        return False
    return header.strip() == "*" or any(
        candidate.strip().removeprefix("W/") == etag for candidate in header.split(",")
    )


def _disposition(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    return "inline" if kind in _RASTER_IMAGES or kind.startswith("video/") else "attachment"


def _unsatisfiable(stored: StoredObject, error: UnsatisfiableRange) -> web.Response:
    return web.Response(
        status=416,
        headers={**_ALWAYS, "Content-Range": f"bytes */{stored.size_bytes}"},
        body=orjson.dumps(envelope(BadRequestError(str(error), status=416))),
        content_type="application/json",
    )


async def _stream(request: web.Request, reader: ObjectReader, plan: Plan) -> web.StreamResponse:
    response = web.StreamResponse(status=plan.status, headers=plan.headers)
    if plan.status != 304:
        response.content_length = plan.length
    await response.prepare(request)
    if request.method != "HEAD":
        async for piece in reader.chunks(plan.start, plan.length):
            await response.write(piece)
    await response.write_eof()
    return response
