"""The log file of a job."""

from __future__ import annotations

import os
from functools import partial

from asyncsdk.enums import ObjectDataType
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.jobs import SavedLog
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.local_files import as_path, look_into
from asyncsdk.resources.object_upload import upload_object
from asyncsdk.wire import routes

__all__ = ["store_file"]


async def store_file(connection: Connection, job_id: str, path: str | os.PathLike[str]) -> str:
    """Upload a file, keep it as the log of a job, and return its object name."""
    file = await in_file_thread(partial(look_into, exif=False), as_path(path, "path"))
    await connection.open()
    object_name = await upload_object(
        connection, connection.connector, file, kind=ObjectDataType.LOGGING, context={"job_id": job_id}
    )
    saved = await connection.call(routes.SAVE_JOB_RUN_LOG, SavedLog, body=SavedLog(object_name), job=job_id)
    return saved.logging_object_name
