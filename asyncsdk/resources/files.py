"""Files of data, assets, assignments, projections and models: whole sequences into a folder, single ones into memory or a stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from asyncsdk.errors import NotFoundError
from asyncsdk.flow.files import DamagedFileError, new_digest, verify
from asyncsdk.records.assignments import AssignmentRecord
from asyncsdk.records.data import DataRecord
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.models import ModelFileRecord
from asyncsdk.records.projections import ProjectionRecord
from asyncsdk.records.reports import TransferReport
from asyncsdk.records.storage import ObjectRef, PresignedUrl
from asyncsdk.resources.asset_listing import asset_listing
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data_listing import data_listing
from asyncsdk.resources.downloading import Downloads, file_items
from asyncsdk.resources.fetching import Facts, FileItem
from asyncsdk.resources.file_urls import PageUrls
from asyncsdk.resources.folder_names import FolderNames
from asyncsdk.resources.iterating import PageSource
from asyncsdk.resources.listing import read_all
from asyncsdk.transport.download import Download
from asyncsdk.transport.failures import AttemptError, ExpiredUrlError
from asyncsdk.transport.storage import StorageTransport
from asyncsdk.wire import routes

__all__ = [
    "FILES_PER_PAGE",
    "FileChunks",
    "Records",
    "asset_file",
    "assignment_file",
    "data_file",
    "download_assets",
    "download_data",
    "download_one",
    "model_file",
    "projection_file",
    "read_file",
]

Urls: TypeAlias = Mapping[str, str | None]


FILES_PER_PAGE = 250
"""Most files of a listing that is read while they are fetched: several of its pages wait, as records."""


class Records:
    """Records that are there already, as a listing in pages.

    Args:
        records: the records.
        page: records per page.
    """

    def __init__(self, records: Sequence[Any], page: int = FILES_PER_PAGE) -> None:
        self._records = records
        self._page = page
        self._at = 0

    async def next_page(self) -> list[Any] | None:
        """Return the next records, `None` at the end."""
        page = list(self._records[self._at : self._at + self._page])
        self._at += len(page)
        return page or None

    async def aclose(self) -> None:
        """Stop; nothing is under way."""


def _data_facts(record: DataRecord) -> Facts:
    """Return id, file name, URL, size and time of a data."""
    return record.id, record.filename, record.presigned_url, record.size_bytes, record.created_at


def _asset_facts(record: AssetRecord) -> Facts:
    """Return id, file name, URL, size and time of the data of an asset; the id is the asset's own."""
    data = record.data
    return record.id, data.filename, data.presigned_url, data.size_bytes, data.created_at


async def download_assets(
    downloads: Downloads,
    source: PageSource,
    version_id: str,
    total: int | None,
    names: FolderNames | None = None,
) -> TransferReport:
    """Download the files of assets of one version."""
    connection = downloads.connection

    async def read_urls(ids: Sequence[str]) -> Urls:
        found = asset_listing(connection, version_id, ids=ids).read(limit=None, offset=None, page_size=None)
        return {record.id: record.data.presigned_url for record in await read_all(found)}

    return await downloads.run(file_items(source, _asset_facts, read_urls), total, names)


async def download_data(
    downloads: Downloads, source: PageSource, datalake_id: str, total: int | None
) -> TransferReport:
    """Download the files of data of one datalake."""
    connection = downloads.connection

    async def read_urls(ids: Sequence[str]) -> Urls:
        found = data_listing(connection, datalake_id, ids=ids).read(limit=None, offset=None, page_size=None)
        return {record.id: record.presigned_url for record in await read_all(found)}

    return await downloads.run(file_items(source, _data_facts, read_urls), total)


def data_file(connection: Connection, record: DataRecord) -> FileItem:
    """Return the file of a data."""
    return _file(_data_facts(record), partial(_data_url, connection, record.id))


def asset_file(connection: Connection, record: AssetRecord) -> FileItem:
    """Return the file of an asset: that of its data, under the id of the asset."""
    return _file(_asset_facts(record), partial(_data_url, connection, record.data.id))


def assignment_file(connection: Connection, record: AssignmentRecord) -> FileItem:
    """Return the file that an assignment is about, under the id of its asset."""
    data = record.data
    facts = record.asset_id, data.filename, data.presigned_url, None, None
    return _file(facts, partial(_data_url, connection, data.id))


def projection_file(connection: Connection, record: ProjectionRecord) -> FileItem:
    """Return the file of a projection; without a file name it goes by its id."""
    filename = record.filename or record.id
    facts = record.id, filename, record.presigned_url, record.size_bytes, None
    return _file(facts, partial(_projection_url, connection, record.id))


def model_file(connection: Connection, record: ModelFileRecord) -> FileItem:
    """Return a file of a model version."""
    facts = record.id, record.filename, record.presigned_url, record.size_bytes, None
    return _file(facts, partial(_object_url, connection, record.object_name))


def _file(facts: Facts, fresh_url: Callable[[], Awaitable[str | None]]) -> FileItem:
    async def read_urls(ids: Sequence[str]) -> Urls:
        return {ids[0]: await fresh_url()}

    return FileItem(*facts, PageUrls([facts[0]], read_urls))


async def _projection_url(connection: Connection, projection_id: str) -> str | None:
    found = await connection.call(routes.GET_PROJECTION_URL, PresignedUrl, projection=projection_id)
    return found.presigned_url


async def _object_url(connection: Connection, object_name: str) -> str | None:
    body, connector = ObjectRef(object_name), connection.connector
    found = await connection.call(routes.PRESIGN_DOWNLOAD, PresignedUrl, body=body, connector=connector)
    return found.presigned_url


async def _data_url(connection: Connection, data_id: str) -> str | None:
    """Return a fresh download URL of a data, through the route of either generation."""
    try:
        found = await connection.call(routes.GET_DATA_URL, PresignedUrl, data=data_id)
    except NotFoundError:  # a platform of the older generation has no such route
        record = await connection.call(routes.GET_DATA, DataRecord, data=data_id)
        return record.presigned_url
    return found.presigned_url


async def download_one(downloads: Downloads, item: FileItem) -> TransferReport:
    """Download a single file."""

    async def items() -> AsyncGenerator[FileItem, None]:
        yield item

    return await downloads.run(items(), 1)


async def read_file(connection: Connection, item: FileItem, max_bytes: int) -> bytes:
    """Return the bytes of a file, verified where the storage gives a checksum."""
    storage = await connection.storage()
    url = item.url or await item.urls.renewed(item.id)
    try:
        return await _read(connection, storage, item, url, max_bytes)
    except ExpiredUrlError:
        fresh = await item.urls.renewed(item.id)
        return await _read(connection, storage, item, fresh, max_bytes)


async def _read(
    connection: Connection, storage: StorageTransport, item: FileItem, url: str, max_bytes: int
) -> bytes:
    async def attempt(_: float) -> bytes:
        async with storage.open_download(url) as body:
            data = await body.read(max_bytes)
            item.check_size(len(data))
            if body.checksum is not None:
                digest = new_digest(body.checksum)
                digest.update(data)
                verify(Path(item.filename), body.checksum, digest.hexdigest(), len(data))
            return data

    return await storage.retrier.run(
        attempt,
        route=f"read {item.filename}",
        timeout_s=connection.settings.timeouts.transfer_s,
        retry_on=(DamagedFileError,),
    )


class FileChunks:
    """The bytes of a file as they come, as a listing of one chunk a page.

    Args:
        connection: the platform.
        item: the file.
    """

    def __init__(self, connection: Connection, item: FileItem) -> None:
        self._connection = connection
        self._item = item
        self._stack = AsyncExitStack()
        self._body: Download | None = None
        self._ended = False

    async def next_page(self) -> list[bytes] | None:
        """Return the next chunk, `None` at the end."""
        if self._ended:
            return None
        try:
            self._body = self._body or await self._open()
            chunk = await anext(self._body, None)
        except AttemptError as failed:
            raise failed.error from failed
        if chunk is None:
            await self.aclose()
            self._item.check_size(self._body.received)
            return None
        return [chunk]

    async def aclose(self) -> None:
        """Drop the connection."""
        self._ended = True
        await self._stack.aclose()

    async def _open(self) -> Download:
        storage = await self._connection.storage()
        url = self._item.url or await self._item.urls.renewed(self._item.id)
        try:
            return await self._try(storage, url)
        except ExpiredUrlError:
            return await self._try(storage, await self._item.urls.renewed(self._item.id))

    async def _try(self, storage: StorageTransport, url: str) -> Download:
        return await storage.retrier.run(
            lambda _: self._stack.enter_async_context(storage.open_download(url)),
            route=f"read {self._item.filename}",
            timeout_s=self._connection.settings.timeouts.transfer_s,
        )
