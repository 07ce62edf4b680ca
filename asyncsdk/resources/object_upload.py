"""Moving one local file into the object storage: in one request, in parts, or in slices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from asyncsdk.enums import ObjectDataType, StorageKind
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.files import read_chunks
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.storage import (
    CompletedUpload,
    MultipartUpload,
    NewObjectName,
    NewPartUrl,
    NewUpload,
    ObjectName,
    PartUrl,
    PresignedUpload,
    UploadedPart,
)
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.local_files import LocalFile
from asyncsdk.transport.bodies import Upload
from asyncsdk.transport.failures import ExpiredUrlError
from asyncsdk.wire import routes

__all__ = ["PARTS_AT_ONCE", "PART_BYTES", "upload_object"]

T = TypeVar("T")

PART_BYTES = 25 * 1024 * 1024
"""Files that are strictly larger go in parts of this size (protocol, section 3.3)."""

PARTS_AT_ONCE = 4
"""How many parts of one file are in flight where nothing else is asked for."""


async def upload_object(
    connection: Connection,
    connector: str,
    file: LocalFile,
    *,
    kind: ObjectDataType = ObjectDataType.DATA,
    context: dict[str, Any] | None = None,
    upload_dir: str | None = None,
    parts_at_once: int = PARTS_AT_ONCE,
) -> str:
    """Upload a file and return its object name.

    Args:
        connection: the platform.
        connector: the storage connector.
        file: the file.
        kind: what the object is for.
        context: ids of what it belongs to, for the kinds that want them.
        upload_dir: prefix that is wanted for the object name, for storages that allow it.
        parts_at_once: most parts of a large file in flight.

    Raises:
        TransferError: the file changed between two parts; no object was made.
    """
    body = NewObjectName(filename=file.path.name, type=kind, context=context, upload_dir=upload_dir)
    name = await connection.call(
        routes.GENERATE_OBJECT_NAME,
        ObjectName,
        body=body,
        org=connection.organization.id,
        connector=connector,
    )
    new = NewUpload(name.object_name, file.content_type)
    if file.size_bytes > PART_BYTES:
        started = await connection.call(
            routes.START_MULTIPART, MultipartUpload, body=new, connector=connector
        )
        match (started.client_type or "").lower():
            case StorageKind.AWS | StorageKind.MINIO if started.upload_id:
                await _send_parts(connection, connector, new, started.upload_id, file, parts_at_once)
                return new.object_name
            case StorageKind.GOOGLE if started.url:
                await _send_slices(connection, started.url, file)
                return new.object_name
    await _renewing(partial(_send_whole, connection, connector, new, file))
    return new.object_name


async def _send_whole(connection: Connection, connector: str, new: NewUpload, file: LocalFile) -> None:
    target = await connection.call(routes.PRESIGN_UPLOAD, PresignedUpload, body=new, connector=connector)
    storage = await connection.storage()
    content = (
        Upload(file.size_bytes, partial(read_chunks, file.path))
        if file.content is None
        else Upload.of(file.content)
    )
    await storage.upload(target, content, object_name=new.object_name, content_type=new.content_type)


async def _send_parts(
    connection: Connection, connector: str, new: NewUpload, upload_id: str, file: LocalFile, at_once: int
) -> None:
    storage = await connection.storage()

    async def send(part_no: int) -> UploadedPart:
        wanted = NewPartUrl(new.object_name, upload_id, part_no)

        async def once() -> str:
            part = await connection.call(routes.PRESIGN_PART, PartUrl, body=wanted, connector=connector)
            return await storage.put_part(part.url, _slice(file, (part_no - 1) * PART_BYTES))

        return UploadedPart(ETag=await _renewing(once), PartNumber=part_no)

    numbers = range(1, -(-file.size_bytes // PART_BYTES) + 1)
    parts = await map_bounded(send, numbers, limit=at_once)
    await in_file_thread(file.check_unchanged)
    await connection.act(
        routes.COMPLETE_MULTIPART,
        body=CompletedUpload(new.object_name, upload_id, parts),
        connector=connector,
    )


async def _send_slices(connection: Connection, url: str, file: LocalFile) -> None:
    storage = await connection.storage()
    for start in range(0, file.size_bytes, PART_BYTES):
        if start + PART_BYTES >= file.size_bytes:  # the last one makes the object
            await in_file_thread(file.check_unchanged)
        await storage.put_slice(url, _slice(file, start), start=start, total=file.size_bytes)


def _slice(file: LocalFile, start: int) -> Upload:
    length = min(PART_BYTES, file.size_bytes - start)
    return Upload(length, partial(read_chunks, file.path, start=start, length=length))


async def _renewing(send: Callable[[], Awaitable[T]]) -> T:
    """Send again with a fresh URL when the first one has expired on the way."""
    try:
        return await send()
    except ExpiredUrlError:
        return await send()
