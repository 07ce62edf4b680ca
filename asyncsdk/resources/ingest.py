"""Uploading local files into a datalake: many at once, each one wholly or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import attrs

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.errors import (
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownError,
    PartialFailure,
    TransferError,
)
from asyncsdk.flow.bounded import for_each_bounded
from asyncsdk.flow.progress import ProgressOption, open_progress
from asyncsdk.flow.threads import in_file_thread, in_short_job_thread
from asyncsdk.records.collection import rare_collection
from asyncsdk.records.data import DatalakeRecord, DataRecord, NewData
from asyncsdk.records.reports import UploadReport
from asyncsdk.resources.arguments import as_json_object, as_list, as_tag_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data_sources import as_source, source_id
from asyncsdk.resources.downloading import OnError, check_on_error
from asyncsdk.resources.local_files import FoundFiles, LocalFile, find_files, look_into
from asyncsdk.resources.object_upload import PARTS_AT_ONCE, upload_object
from asyncsdk.resources.tagging import TagHome, tag_ids
from asyncsdk.resources.upload_tally import UploadTally
from asyncsdk.wire import routes

if TYPE_CHECKING:
    from asyncsdk.resources.data_source import DataSource
    from asyncsdk.resources.tag import Tag

__all__ = ["UploadRequest", "upload_data"]

_LOOK_AGAIN_S = 0.5
_LONGEST_PAUSE_S = 5.0
_LOOKS = 40
_STILL = (DataUploadStatus.PENDING, DataUploadStatus.COMPUTING)


@attrs.frozen(kw_only=True)
class UploadRequest:
    """What is to be uploaded, in the caller's words; see `Datalake.upload_data`."""

    filepaths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
    tags: Sequence[str | Tag] | None
    source: str | DataSource | None
    metadata: Mapping[str, Any] | Sequence[Mapping[str, Any] | None] | None
    custom_metadata: Mapping[str, Any] | Sequence[Mapping[str, Any] | None] | None
    fill_metadata: bool
    upload_dir: str | None
    max_workers: int | None
    on_error: OnError
    progress: ProgressOption


async def upload_data(
    connection: Connection, datalake: DatalakeRecord, request: UploadRequest
) -> tuple[Sequence[DataRecord], UploadReport]:
    """Upload files and return the new data, in the files' order, and the report.

    Raises:
        MissingFileError: a path does not exist; nothing was uploaded.
        InvalidArgumentError: an argument is not acceptable; nothing was uploaded.
        PartialFailure: a file failed and the request says "raise"; all the others were tried.
    """
    check_on_error(request.on_error)
    found = await in_file_thread(find_files, request.filepaths)
    files = len(found.files)
    metadata = _of_each(request.metadata, files, "metadata")
    custom_metadata = _of_each(request.custom_metadata, files, "custom_metadata")
    tags, source = as_tag_names(request.tags), as_source(request.source)
    limit = request.max_workers or connection.settings.limits.transfer_concurrency
    await connection.open()
    ingest = Ingest(
        connection=connection,
        datalake_id=datalake.id,
        connector=datalake.connector_id or connection.connector,
        tag_ids=await tag_ids(TagHome.of_datalake(connection, datalake.id), tags),
        source_id=await source_id(connection, source),
        fill_metadata=request.fill_metadata,
        upload_dir=request.upload_dir,
        parts_at_once=max(1, min(PARTS_AT_ONCE, limit // max(1, min(limit, files)))),
    )
    return await ingest.run(
        found, metadata, custom_metadata, limit=limit, on_error=request.on_error, progress=request.progress
    )


@attrs.frozen(kw_only=True)
class Ingest:
    """How files become data.

    Attributes:
        connection: the platform.
        datalake_id: where the data goes.
        connector: the datalake's storage connector.
        tag_ids: data tags of each new data.
        source_id: data source of each new data.
        fill_metadata: read metadata from EXIF; what the caller gives goes before it.
        upload_dir: prefix that is wanted for object names.
        parts_at_once: most parts of a large file in flight.
    """

    connection: Connection
    datalake_id: str
    connector: str
    tag_ids: tuple[str, ...] = ()
    source_id: str | None = None
    fill_metadata: bool = False
    upload_dir: str | None = None
    parts_at_once: int = PARTS_AT_ONCE

    async def run(
        self,
        found: FoundFiles,
        metadata: Sequence[dict[str, Any] | None],
        custom_metadata: Sequence[dict[str, Any] | None],
        *,
        limit: int,
        on_error: OnError,
        progress: ProgressOption,
    ) -> tuple[Sequence[DataRecord], UploadReport]:
        """Upload the files and return the new data in the files' order, and the report.

        Raises:
            PartialFailure: a file failed and `on_error` is "raise"; all the others were tried.
        """
        jobs = zip(count(), found.files, metadata, custom_metadata)
        tally = UploadTally(found.files)
        with open_progress(progress, stage="upload", total=len(found.files), unit="file") as reporter:

            async def one(job: tuple[int, Path, dict[str, Any] | None, dict[str, Any] | None]) -> None:
                number, path, *own = job
                try:
                    tally.done(number, await self._upload(path, *own))
                except Exception as error:  # noqa: BLE001 - reported, file by file
                    tally.failed(number, error)
                    reporter.advance(item=path.name, failed=1)
                else:
                    reporter.advance(item=path.name)

            with rare_collection():
                await for_each_bounded(one, jobs, limit=limit)
        records, report = tally.result(found.skipped)
        if report.failed and on_error == "raise":
            raise PartialFailure(f"{len(report.failed)} of {len(found.files)} files failed\n{report}", report)
        return records, report

    async def _upload(
        self, path: Path, metadata: dict[str, Any] | None, custom_metadata: dict[str, Any] | None
    ) -> DataRecord:
        file = await in_short_job_thread(partial(look_into, exif=self.fill_metadata), path)
        object_name = await upload_object(
            self.connection,
            self.connector,
            file,
            upload_dir=self.upload_dir,
            parts_at_once=self.parts_at_once,
        )
        record = await self._create(file, object_name, metadata, custom_metadata)
        return await self._until_ready(record, path)

    async def _create(
        self,
        file: LocalFile,
        object_name: str,
        metadata: dict[str, Any] | None,
        custom_metadata: dict[str, Any] | None,
    ) -> DataRecord:
        is_video = file.content_type.startswith("video/")
        known = {**file.exif, **(metadata or {})}
        body = NewData(
            type=DataType.VIDEO if is_video else DataType.IMAGE,
            filename=file.path.name,
            object_name=object_name,
            content_type=file.content_type,
            tags=self.tag_ids,
            data_source_id=self.source_id,
            meta=file.image_size,
            metadata=known or None,
            custom_metadata=custom_metadata,
        )
        try:
            return await self.connection.call(
                routes.CREATE_DATA, DataRecord, body=body, datalake=self.datalake_id
            )
        except OutcomeUnknownError as error:
            return await self._look_up(object_name, error)

    async def _look_up(self, object_name: str, unknown: OutcomeUnknownError) -> DataRecord:
        """An object name belongs to one data only: if that is there, the creation has happened."""
        query = {
            "object_name": object_name,
            "upload_statuses": list(DataUploadStatus),
            "types": list(DataType),
        }
        try:
            return await self.connection.call(
                routes.FIND_DATA, DataRecord, query=query, datalake=self.datalake_id
            )
        except NotFoundError:
            raise unknown from None

    async def _until_ready(self, record: DataRecord, path: Path) -> DataRecord:
        """Wait for platforms that measure files in the background."""
        pause = _LOOK_AGAIN_S
        for _ in range(_LOOKS):
            if record.upload_status not in _STILL:
                break
            await anyio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_S)
            record = await self.connection.call(routes.GET_DATA, DataRecord, data=record.id)
        if record.upload_status is not DataUploadStatus.DONE:
            raise TransferError(
                str(path),
                f"the platform cannot read it (data {record.id} is {record.upload_status.value})",
            )
        return record


def _of_each(
    given: Mapping[str, Any] | Sequence[Mapping[str, Any] | None] | None, count: int, what: str
) -> list[dict[str, Any] | None]:
    """Return one dict of metadata per file: the same for all, or one each.

    Raises:
        InvalidArgumentError: a list does not have one entry per file, or an entry cannot travel.
    """
    if given is None or isinstance(given, Mapping):
        return [as_json_object(given, what)] * count
    entries = as_list(given)
    if len(entries) != count:
        raise InvalidArgumentError(f"{what}: {len(entries)} entries for {count} files")
    return [as_json_object(entry, what) for entry in entries]
