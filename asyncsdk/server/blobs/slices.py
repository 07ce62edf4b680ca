"""Resumable uploads the way Google's storage does them: slices in order, the last one completes the object."""

from __future__ import annotations

from collections.abc import AsyncIterable

import attrs

from asyncsdk.errors import NotFoundError
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.blobs.digests import Digests
from asyncsdk.server.blobs.incoming import Intake
from asyncsdk.server.blobs.objects import ObjectFolder
from asyncsdk.server.blobs.resumable import GrowingFile, Progress, Slice
from asyncsdk.server.blobs.threads import FileThreads
from asyncsdk.server.blobs.turns import Turns
from asyncsdk.server.blobs.uploads import UploadFolder

__all__ = ["SliceUploads"]


@attrs.frozen
class SliceUploads:
    """Takes slices, and makes an object of the last one."""

    objects: ObjectFolder
    uploads: UploadFolder
    intake: Intake
    threads: FileThreads
    turns: Turns = attrs.field(factory=Turns)

    async def put(
        self, connector: str, key: str, upload_id: str, part: Slice, chunks: AsyncIterable[bytes]
    ) -> Progress:
        """Take in a slice.

        Raises:
            BadRequestError: bytes before the slice are missing, or the body is not as long as it says.
            ConflictError: the key holds other content.
            NotFoundError: there is no such upload for this key.
        """
        async with self.turns.of(upload_id):
            stored = await self.threads.run(self._completed, connector, key, upload_id, part.size)
            if stored is not None:
                return Progress(stored.size_bytes, stored)
            received = await self._append(upload_id, part, chunks)
            if received != part.size:
                return Progress(received)
            return Progress(received, await self.threads.run(self._store, connector, key, upload_id))

    async def _append(self, upload_id: str, part: Slice, chunks: AsyncIterable[bytes]) -> int:
        file = GrowingFile(self.uploads.content_path(upload_id), self.uploads.disk)
        try:
            await self.threads.run(file.begin, part)
            rest = await self.intake.drain(chunks, file.write)
            return await self.threads.run(file.finish, rest)
        finally:
            await self.threads.run(file.close)

    def _completed(self, connector: str, key: str, upload_id: str, size: int | None) -> StoredObject | None:
        """Return the object when an earlier request has completed it, whose answer was lost."""
        if self.uploads.is_open(connector, key, upload_id):
            return None
        stored = self.objects.find(connector, key)
        if stored is None or size not in {None, stored.size_bytes}:
            raise NotFoundError("there is no such upload for this object", status=404)
        self.uploads.forget(connector, key, upload_id)
        return stored

    def _store(self, connector: str, key: str, upload_id: str) -> StoredObject:
        content_type = self.uploads.content_type(connector, key, upload_id)
        path = self.uploads.content_path(upload_id)
        stored = self.objects.place(connector, key, path, Digests.of_file(path).facts(content_type))
        self.uploads.forget(connector, key, upload_id)
        return stored
