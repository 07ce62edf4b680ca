"""Fetching one file: whole or not at all, on from where it broke off, and with a fresh URL when it needs one."""

from __future__ import annotations

import stat
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

import attrs

from asyncsdk.errors import TransferError
from asyncsdk.flow.files import DamagedFileError, land_bytes
from asyncsdk.flow.hashing import digest_of
from asyncsdk.flow.landing import LandingFile
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.file_urls import PageUrls
from asyncsdk.transport.download import Download
from asyncsdk.transport.failures import ExpiredUrlError
from asyncsdk.transport.storage import SMALL_BYTES, StorageTransport
from asyncsdk.wire.checksums import Checksum

__all__ = ["Facts", "FileItem", "Landed", "check_existing", "fetch_file"]

T = TypeVar("T")

Facts: TypeAlias = tuple[str, str, str | None, int | None, datetime | None]
"""Id, file name, URL, size in bytes and time of creation of a file: the first fields of a `FileItem`."""

_REMEDY = "move it away or use force_replace=True"


@attrs.frozen
class FileItem:
    """A file of the platform.

    Attributes:
        id: id of the asset or data.
        filename: its name, as the platform has it.
        url: where to get it; `None` when the listing gave no URL.
        size_bytes: its length, where the platform tells.
        made_at: when the platform got it, where it tells.
        urls: renews the URL.
    """

    id: str
    filename: str
    url: str | None
    size_bytes: int | None
    made_at: datetime | None
    urls: PageUrls

    def check_size(self, size_bytes: int) -> None:
        """Make sure that what came is as long as the platform tells.

        Raises:
            DamagedFileError: it is not, as when a proxy answers with a page of its own, or breaks off unseen.
        """
        if self.size_bytes not in (None, size_bytes):
            reason = f"the storage gives {size_bytes} bytes, the platform tells of {self.size_bytes}"
            raise DamagedFileError(self.filename, reason, bytes_done=size_bytes)


@attrs.frozen
class Landed:
    """A file that is there."""

    path: Path

    received: int | None
    """Bytes that came; `None` when the file was there already."""


async def fetch_file(
    connection: Connection, storage: StorageTransport, item: FileItem, path: Path, *, resume: bool = True
) -> Landed:
    """Download one file, with a fresh URL when its URL has expired."""
    return await _renewing(item, _Transfer(connection, storage, path, resume, item).run)


async def _renewing(item: FileItem, work: Callable[[str], Awaitable[T]]) -> T:
    """Do some work with the URL of a file, and again with a fresh one when it has expired."""
    url = item.urls.newest(item.id) or item.url or await item.urls.renewed(item.id)
    try:
        return await work(url)
    except ExpiredUrlError:
        return await work(await item.urls.renewed(item.id))


@attrs.define(eq=False)
class _Transfer:
    """Fetches small files whole and writes them in one hop; streams large ones, and goes on where they broke off.

    Attributes:
        connection: the platform.
        storage: moves the bytes.
        path: where the file shall be.
        may_resume: a part of it may be there.
        item: the file.
    """

    connection: Connection
    storage: StorageTransport
    path: Path
    may_resume: bool
    item: FileItem

    async def run(self, url: str) -> Landed:
        """Try until the file is there."""
        return await self.storage.retrier.run(
            lambda _: self._go_on(url) if self.may_resume else self._begin(url),
            route=f"download {self.path.name}",
            timeout_s=self.connection.settings.timeouts.transfer_s,
            retry_on=(DamagedFileError,),
        )

    async def _begin(self, url: str) -> Landed:
        async with self.storage.open_download(url) as body:
            if body.size is None or body.size > SMALL_BYTES:
                self.may_resume = True
                async with LandingFile(self.path) as landing:
                    return await self._land(landing, body)
            data = await body.read(SMALL_BYTES)
        self.item.check_size(len(data))
        # the host has done its part: while the file is written, another request takes its place
        await land_bytes(self.path, data, checksum=body.checksum)
        return Landed(self.path, len(data))

    async def _go_on(self, url: str) -> Landed:
        async with (
            LandingFile(self.path) as landing,
            self.storage.open_download(url, start=landing.offset, validator=landing.validator) as body,
        ):
            return await self._land(landing, body)

    async def _land(self, landing: LandingFile, body: Download) -> Landed:
        size = self.item.size_bytes if body.size is None else body.size
        if size is not None:
            self.item.check_size(size)
        await landing.begin(start=body.start, size=size, validator=body.validator, checksum=body.checksum)
        async for chunk in body:
            await landing.write(chunk)
        return Landed(await landing.commit(), body.received)


async def check_existing(
    connection: Connection, storage: StorageTransport, item: FileItem, path: Path
) -> Landed:
    """Make sure that a file under the final name is the item's.

    It is whole, but may be another one's: one that is as long is looked into if it is older than the item, as a
    file of the same name is that was there first.

    Raises:
        TransferError: it is another one, no file, or cannot be read.
    """
    try:
        state = await in_file_thread(path.stat)
    except OSError as error:
        raise TransferError(str(path), f"what is there cannot be looked at: {error.strerror}") from error
    if not stat.S_ISREG(state.st_mode):
        raise TransferError(str(path), "something that is no file is there; move it away")
    if item.size_bytes not in (None, state.st_size):
        reason = f"another file of {state.st_size} bytes is there, expected were {item.size_bytes}; {_REMEDY}"
        raise TransferError(str(path), reason)
    if item.made_at is not None and state.st_mtime < item.made_at.timestamp():
        checksum = await _renewing(item, partial(_announced, connection, storage, item))
        if checksum is not None and await _digest(path, checksum.algorithm) != checksum.hexdigest:
            raise TransferError(str(path), f"another file of the same length is there; {_REMEDY}")
    return Landed(path, None)


async def _digest(path: Path, algorithm: str) -> str:
    return await digest_of(await in_file_thread(path.resolve), algorithm)  # as `stat` does, follow a link


async def _announced(
    connection: Connection, storage: StorageTransport, item: FileItem, url: str
) -> Checksum | None:
    """Return the checksum that the storage tells, without the file."""

    async def attempt(_: float) -> Checksum | None:
        async with storage.open_download(url) as body:
            return body.checksum

    timeout_s = connection.settings.timeouts.transfer_s
    return await storage.retrier.run(attempt, route=f"look at {item.filename}", timeout_s=timeout_s)
