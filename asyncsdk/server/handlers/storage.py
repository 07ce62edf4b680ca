"""Object names, presigned requests and multipart uploads."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import NotFoundError
from asyncsdk.records import codec
from asyncsdk.records.storage import CompletedUpload, NewObjectName, NewPartUrl, NewUpload, ObjectRef
from asyncsdk.server.handlers.call import Call, Handler
from asyncsdk.server.services import organizations
from asyncsdk.server.services.object_names import new_object_name
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def _connector(call: Call) -> str:
    """Return the connector of the path, which must belong to the caller's organization."""
    connector = call.id("connector")
    await call.read(organizations.connector_organization(call.scope, connector))
    return connector


async def generate_object_name(call: Call) -> dict[str, Any]:
    """Give a fresh object name."""
    home = await call.read(organizations.get_organization(call.scope, call.id("org")))
    if home["default_connector_id"] != call.id("connector"):
        raise NotFoundError("no such storage connector in this organization", status=404)
    return {"object_name": new_object_name(call.body(NewObjectName))}


async def presign_upload(call: Call) -> dict[str, Any]:
    """Presign a single upload."""
    connector, body = await _connector(call), call.body(NewUpload)
    upload = await call.platform.blobs.presign_upload(connector, body.object_name, body.content_type)
    answer: dict[str, Any] = codec.dump(upload)
    return answer


async def start_multipart(call: Call) -> dict[str, Any]:
    """Start a multipart upload."""
    connector, body = await _connector(call), call.body(NewUpload)
    upload = await call.platform.blobs.start_multipart(connector, body.object_name, body.content_type)
    answer: dict[str, Any] = codec.dump(upload)
    return answer


async def presign_part(call: Call) -> dict[str, Any]:
    """Presign the upload of one part."""
    connector, body = await _connector(call), call.body(NewPartUrl)
    blobs = call.platform.blobs
    return {"url": await blobs.presign_part(connector, body.object_name, body.upload_id, body.part_no)}


async def complete_multipart(call: Call) -> dict[str, Any]:
    """Join the parts of a multipart upload."""
    connector, body = await _connector(call), call.body(CompletedUpload)
    blobs = call.platform.blobs
    stored = await blobs.complete_multipart(connector, body.object_name, body.upload_id, body.parts)
    return {"etag": stored.etag, "size": stored.size_bytes}


async def presign_download(call: Call) -> dict[str, Any]:
    """Give a download URL."""
    connector, body = await _connector(call), call.body(ObjectRef)
    stored = await call.platform.blobs.find(connector, body.object_name)
    if stored is None:
        raise NotFoundError("no such object", status=404)
    return {"presigned_url": call.platform.blobs.sign_download(connector, body.object_name)}


HANDLERS: dict[Route, Handler] = {
    routes.GENERATE_OBJECT_NAME: generate_object_name,
    routes.PRESIGN_UPLOAD: presign_upload,
    routes.START_MULTIPART: start_multipart,
    routes.PRESIGN_PART: presign_part,
    routes.COMPLETE_MULTIPART: complete_multipart,
    routes.PRESIGN_DOWNLOAD: presign_download,
}
