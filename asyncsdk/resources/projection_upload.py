"""Making a projection of a local file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from asyncsdk.enums import ObjectDataType
from asyncsdk.errors import OutcomeUnknownError
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.data import DatalakeRecord
from asyncsdk.records.paging import Items
from asyncsdk.records.projections import NewProjection, ProjectionRecord
from asyncsdk.resources.arguments import as_json_object
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.local_files import as_path, look_into
from asyncsdk.resources.object_upload import upload_object
from asyncsdk.wire import routes

__all__ = ["list_projections", "upload_projection"]


async def list_projections(connection: Connection, data_id: str) -> list[ProjectionRecord]:
    """List the projections of a data."""
    found = await connection.call(routes.LIST_PROJECTIONS, Items[ProjectionRecord], data=data_id)
    return found.items


async def upload_projection(
    connection: Connection,
    datalake_id: str,
    data_id: str,
    name: str,
    path: str | os.PathLike[str],
    additional_info: Mapping[str, Any] | None,
    *,
    fill_metadata: bool,
) -> ProjectionRecord:
    """Upload a file and make it a projection."""
    given = as_json_object(additional_info, "additional_info")
    file = await in_file_thread(partial(look_into, exif=fill_metadata), as_path(path, "path"))
    await connection.open()
    lake = await connection.call(routes.GET_DATALAKE, DatalakeRecord, datalake=datalake_id)
    object_name = await upload_object(
        connection, lake.connector_id or connection.connector, file, kind=ObjectDataType.DATA_PROJECTION
    )
    body = NewProjection(
        name=name,
        file_size=file.size_bytes,
        object_name=object_name,
        filename=file.path.name,
        content_type=file.content_type,
        width=file.image_size.width if file.image_size else None,
        height=file.image_size.height if file.image_size else None,
        additional_info={**file.exif, **(given or {})} or None,
    )
    try:
        return await connection.call(routes.CREATE_PROJECTION, ProjectionRecord, body=body, data=data_id)
    except OutcomeUnknownError as error:
        return await _look_up(connection, data_id, object_name, error)


async def _look_up(
    connection: Connection, data_id: str, object_name: str, unknown: OutcomeUnknownError
) -> ProjectionRecord:
    """The object was uploaded for this projection alone: if one has it, the creation has happened."""
    for record in await list_projections(connection, data_id):
        if record.object_name == object_name:
            return record
    raise unknown
