"""Objects as files in a folder of the workspace, reached by signed URLs of the platform itself.

objects/    finished objects, by connector and key
meta/       what is known of each
incoming/   files being received; emptied at start
multipart/  uploads under way; given up a week after their start
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from pathlib import Path

from asyncsdk.enums import StorageKind
from asyncsdk.errors import BadRequestError, NotFoundError
from asyncsdk.records.storage import MultipartUpload, PresignedRequest, PresignedUpload, UploadedPart
from asyncsdk.server.blobs.base import ObjectPage, StoredObject
from asyncsdk.server.blobs.durable import Disk
from asyncsdk.server.blobs.facts import FactsFolder
from asyncsdk.server.blobs.folder_listing import list_page
from asyncsdk.server.blobs.incoming import IncomingFile, Intake
from asyncsdk.server.blobs.keys import check_connector, check_content_type, check_key, check_prefix
from asyncsdk.server.blobs.objects import ObjectFolder
from asyncsdk.server.blobs.parts import PartUploads
from asyncsdk.server.blobs.reader import ObjectReader
from asyncsdk.server.blobs.resumable import Progress, Slice
from asyncsdk.server.blobs.signing import Signer
from asyncsdk.server.blobs.slices import SliceUploads
from asyncsdk.server.blobs.threads import FileThreads
from asyncsdk.server.blobs.uploads import MOST_PARTS, UploadFolder
from asyncsdk.server.blobs.urls import StorageUrls

__all__ = ["LocalBlobs"]

_DELETIONS_PER_HOP = 500


class LocalBlobs:
    """Keeps objects in a folder. Nothing that was acknowledged is lost when the process is killed.

    Making one creates the folder and clears what a killed process has left, which blocks for a moment; only
    one at a time may use a folder.

    Args:
        folder: where the objects live.
        signer: signs and checks the URLs.
        public_url: origin under which clients reach the platform, such as `http://127.0.0.1:8080`; can be
            changed later as `blobs.urls.public_url`.
        kind: the kind of storage to speak as, which decides how clients upload.
        fsync: whether to wait for the disk before an upload is acknowledged, against loss of power.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        signer: Signer,
        public_url: str,
        *,
        kind: StorageKind = StorageKind.MINIO,
        fsync: bool = False,
    ) -> None:
        root = os.path.abspath(folder)
        disk = Disk(fsync=fsync)
        for name in ("objects", "meta", "incoming", "multipart"):
            disk.make_folder(f"{root}/{name}")
        self.kind = kind
        self._disk = disk
        self.urls: StorageUrls = StorageUrls(public_url.rstrip("/"), signer)
        self._threads = FileThreads()
        self._intake = Intake(f"{root}/incoming", disk, self._threads)
        self._uploads = UploadFolder(f"{root}/multipart", f"{root}/incoming", disk, signer.clock)
        self._objects = ObjectFolder(f"{root}/objects", FactsFolder(f"{root}/meta", disk), disk)
        rooms = (self._objects, self._uploads, self._intake, self._threads)
        self._parts = PartUploads(*rooms)
        self._slices = SliceUploads(*rooms)
        _empty(f"{root}/incoming")
        self._uploads.sweep()

    async def presign_upload(self, connector: str, key: str, content_type: str) -> PresignedUpload:
        """Return a request that uploads one object, without further authorization."""
        _check(connector, key, content_type)
        if self.kind is StorageKind.AZURE:
            request = PresignedRequest(self.urls.upload(connector, key), {})
        else:
            request = PresignedRequest(*self.urls.form(connector, key, content_type))
        return PresignedUpload(self.kind.value, request)

    async def start_multipart(self, connector: str, key: str, content_type: str) -> MultipartUpload:
        """Start an upload in parts or slices; Azure's kind has none, so that clients send one piece."""
        _check(connector, key, content_type)
        if self.kind is StorageKind.AZURE:
            return MultipartUpload()
        upload_id = await self._threads.run(self._uploads.start, connector, key, content_type)
        if self.kind is StorageKind.GOOGLE:
            return MultipartUpload(self.kind.value, url=self.urls.resume(connector, key, upload_id))
        return MultipartUpload(self.kind.value, upload_id=upload_id)

    async def presign_part(self, connector: str, key: str, upload_id: str, part_no: int) -> str:
        """Return the URL that takes one part.

        Raises:
            BadRequestError: the part's number is not between 1 and 10 000.
            NotFoundError: there is no such upload for this key.
        """
        _check(connector, key)
        if not 1 <= part_no <= MOST_PARTS:
            raise BadRequestError(f"parts are numbered from 1 to {MOST_PARTS}", status=400)
        await self._threads.run(self._uploads.content_type, connector, key, upload_id)
        return self.urls.part(connector, key, upload_id, part_no)

    async def complete_multipart(
        self, connector: str, key: str, upload_id: str, parts: Sequence[UploadedPart]
    ) -> StoredObject:
        """Join parts to an object; doing so again with the same parts answers the same.

        Raises:
            BadRequestError: no parts, parts out of order, or a part that is missing or has another ETag.
            ConflictError: the key holds other content.
            NotFoundError: there is no such upload for this key.
        """
        _check(connector, key)
        return await self._parts.complete(connector, key, upload_id, parts)

    async def put(
        self, connector: str, key: str, content_type: str, chunks: AsyncIterable[bytes]
    ) -> StoredObject:
        """Store an object from its bytes; the same content again answers the same.

        Raises:
            ConflictError: the key holds other content.
        """
        _check(connector, key, content_type)
        async with self._intake.file() as incoming:
            rest = await self._intake.drain(chunks, incoming.write)
            store = functools.partial(self._store, incoming, rest, connector, key, content_type)
            is_short = not (self._disk.fsync or incoming.is_made)
            return await (self._threads.run_short(store) if is_short else self._threads.run(store))

    async def put_part(
        self, connector: str, key: str, upload_id: str, part_no: int, chunks: AsyncIterable[bytes]
    ) -> str:
        """Store one part of an upload, in place of an earlier one of its number, and return its ETag.

        Raises:
            NotFoundError: there is no such upload for this key.
        """
        _check(connector, key)
        return await self._parts.put(connector, key, upload_id, part_no, chunks)

    async def put_slice(
        self, connector: str, key: str, upload_id: str, part: Slice, chunks: AsyncIterable[bytes]
    ) -> Progress:
        """Take in a slice of a resumable upload; the last one completes the object.

        Raises:
            BadRequestError: bytes before the slice are missing, or the body is not as long as it says.
            ConflictError: the key holds other content.
            NotFoundError: there is no such upload for this key.
        """
        _check(connector, key)
        return await self._slices.put(connector, key, upload_id, part, chunks)

    def sign_download(self, connector: str, key: str) -> str:
        """Return a URL that reads an object for an hour; takes microseconds and does not look it up."""
        return self.urls.download(connector, key)

    def sign_downloads(self, connector: str) -> Callable[[str], str]:
        """Return what makes the URLs that read objects of a connector for an hour, all with one expiry."""
        return self.urls.downloads(connector)

    def open(self, connector: str, key: str) -> ObjectReader:
        """Return a context in which an object is open for reading.

        Raises:
            NotFoundError: on entering, there is no such object.
        """
        _check(connector, key)
        return ObjectReader(self._objects, self._threads, connector, key)

    async def find(self, connector: str, key: str) -> StoredObject | None:
        """Return what is known of an object, `None` when there is none."""
        _check(connector, key)
        return await self._threads.run_short(functools.partial(self._objects.find, connector, key))

    async def list_keys(
        self, connector: str, prefix: str, *, after: str = "", limit: int = 1000
    ) -> ObjectPage:
        """Return the keys that start with a prefix, in order, a page at a time.

        Raises:
            BadRequestError: no key can start like that.
        """
        check_connector(connector)
        check_prefix(prefix)
        folder = self._objects.path(connector, "")
        return await self._threads.run(list_page, folder, prefix, after, limit)

    async def adopt(self, connector: str, key: str, content_type: str) -> StoredObject | None:
        """Return what is known of an object, also of a file that was copied into the folder; reads it whole.

        `None` when there is no such object.
        """
        _check(connector, key, content_type)
        return await self._threads.run(self._objects.adopt, connector, key, content_type)

    @contextlib.asynccontextmanager
    async def local_copy(self, connector: str, key: str) -> AsyncIterator[Path]:
        """Give the object's own file, to be read only.

        Raises:
            NotFoundError: there is no such object.
        """
        if await self.find(connector, key) is None:
            raise NotFoundError(f"there is no object {key!r}", status=404)
        yield Path(self._objects.path(connector, key))

    async def delete(self, connector: str, keys: Sequence[str]) -> None:
        """Delete objects; those that are not there are fine."""
        for key in keys:
            _check(connector, key)
        for start in range(0, len(keys), _DELETIONS_PER_HOP):
            batch = keys[start : start + _DELETIONS_PER_HOP]
            await self._threads.run(self._objects.delete, connector, batch)

    async def close(self) -> None:
        """Finish the file work under way and end the threads."""
        await self._threads.close()

    def _store(
        self, incoming: IncomingFile, rest: Sequence[bytes], connector: str, key: str, content_type: str
    ) -> StoredObject:
        try:
            incoming.finish(rest)
            return self._objects.place(connector, key, incoming.path, incoming.digests.facts(content_type))
        finally:
            incoming.discard()


def _check(connector: str, key: str, content_type: str | None = None) -> None:
    check_connector(connector)
    check_key(key)
    if content_type is not None:
        check_content_type(content_type)


def _empty(folder: str) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
