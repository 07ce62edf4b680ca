"""Storing local files with a model version: as its files, or as its thumbnail."""

from __future__ import annotations

import os
from pathlib import Path

from asyncsdk.enums import ObjectDataType
from asyncsdk.errors import ConflictError, InvalidArgumentError, NotFoundError, OutcomeUnknownError
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.models import ModelFileRecord, NewModelFile
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.local_files import LocalFile, as_path, look_into
from asyncsdk.resources.object_upload import PART_BYTES, upload_object
from asyncsdk.resources.zipping import zipped
from asyncsdk.wire import capabilities, routes

__all__ = ["find_file", "store_file", "upload_thumbnail"]

_MOST_THUMBNAIL_BYTES = 5 * 1024 * 1024


async def find_file(connection: Connection, version_id: str, name: str) -> ModelFileRecord:
    """Find a file of a model version by its name."""
    return await connection.call(
        routes.FIND_MODEL_FILE, ModelFileRecord, query={"name": name}, model_version=version_id
    )


async def store_file(
    connection: Connection,
    version_id: str,
    name: str,
    path: str | os.PathLike[str],
    *,
    do_zip: bool,
    replace: bool,
) -> ModelFileRecord:
    """Upload a file and make it a file of a model version."""
    if not name.strip():
        raise InvalidArgumentError("name: must not be empty")
    given = as_path(path, "path")
    if not do_zip:
        return await _store(connection, version_id, name, given, replace=replace)
    async with zipped(given) as archive:
        return await _store(connection, version_id, name, archive, replace=replace)


async def _store(
    connection: Connection, version_id: str, name: str, path: Path, *, replace: bool
) -> ModelFileRecord:
    file = await in_file_thread(_look_into, path)
    before = await _find(connection, version_id, name)  # before gigabytes are sent in vain
    if before is not None and not replace:
        raise ConflictError(f"the model version has a file {name!r} already; give replace=True", status=409)
    object_name = await _upload(connection, version_id, file, ObjectDataType.MODEL_FILE)
    at_once = connection.supports(capabilities.FILE_REPLACEMENT)
    if replace and not at_once:
        await _delete(connection, version_id, name)
    body = NewModelFile(
        name=name,
        filename=file.path.name,
        object_name=object_name,
        large=file.size_bytes > PART_BYTES,
        replace=True if replace and at_once else None,
    )
    try:
        return await connection.call(
            routes.CREATE_MODEL_FILE, ModelFileRecord, body=body, model_version=version_id
        )
    except OutcomeUnknownError:
        made = await _find(connection, version_id, name)
        if made is None or made.object_name != object_name:
            raise
        return made


async def upload_thumbnail(connection: Connection, version_id: str, path: str | os.PathLike[str]) -> str:
    """Upload an image as the thumbnail of a model version and return its object name."""
    file = await in_file_thread(_look_into, as_path(path, "path"))
    if file.size_bytes > _MOST_THUMBNAIL_BYTES:
        raise InvalidArgumentError(f"{file.path}: a thumbnail has at most {_MOST_THUMBNAIL_BYTES} bytes")
    return await _upload(connection, version_id, file, ObjectDataType.MODEL_THUMB)


async def _upload(connection: Connection, version_id: str, file: LocalFile, kind: ObjectDataType) -> str:
    await connection.open()
    context = {"model_version_id": version_id}
    return await upload_object(connection, connection.connector, file, kind=kind, context=context)


async def _find(connection: Connection, version_id: str, name: str) -> ModelFileRecord | None:
    try:
        return await find_file(connection, version_id, name)
    except NotFoundError:
        return None


async def _delete(connection: Connection, version_id: str, name: str) -> None:
    found = await _find(connection, version_id, name)
    if found is not None:
        await connection.act(routes.DELETE_MODEL_FILE, model_file=found.id)


def _look_into(path: Path) -> LocalFile:
    if path.is_dir():
        raise InvalidArgumentError(f"{path}: is a folder; give do_zip=True to store it as an archive")
    return look_into(path, exif=False)
