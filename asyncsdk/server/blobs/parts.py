"""Multipart uploads the way S3 does them: parts in any order, then one request that joins them."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

import attrs

from asyncsdk.records.storage import UploadedPart
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.blobs.incoming import IncomingFile, Intake
from asyncsdk.server.blobs.objects import ObjectFolder
from asyncsdk.server.blobs.threads import FileThreads
from asyncsdk.server.blobs.turns import Turns
from asyncsdk.server.blobs.uploads import UploadFolder, check_parts, joined_etag

__all__ = ["PartUploads"]


@attrs.frozen
class PartUploads:
    """Takes parts and joins them."""

    objects: ObjectFolder
    uploads: UploadFolder
    intake: Intake
    threads: FileThreads
    turns: Turns = attrs.field(factory=Turns)

    async def put(
        self, connector: str, key: str, upload_id: str, part_no: int, chunks: AsyncIterable[bytes]
    ) -> str:
        """Store one part, in place of an earlier one of its number, and return its ETag.

        Raises:
            NotFoundError: there is no such upload for this key.
        """
        await self.threads.run(self.uploads.content_type, connector, key, upload_id)
        async with self.intake.file() as incoming:
            rest = await self.intake.drain(chunks, incoming.write)
            return await self.threads.run(self._add, incoming, rest, upload_id, part_no)

    async def complete(
        self, connector: str, key: str, upload_id: str, parts: Sequence[UploadedPart]
    ) -> StoredObject:
        """Join parts to an object; doing so again with the same parts answers the same.

        Raises:
            BadRequestError: no parts, parts out of order, or a part that is missing or has another ETag.
            ConflictError: the key holds other content.
            NotFoundError: there is no such upload for this key.
        """
        checked = check_parts(parts)
        async with self.turns.of(upload_id):
            return await self.threads.run(self._join, connector, key, upload_id, checked)

    def _add(self, incoming: IncomingFile, rest: Sequence[bytes], upload_id: str, part_no: int) -> str:
        incoming.finish(rest)
        self.uploads.add_part(upload_id, part_no, incoming.path, incoming.digests.etag)
        return incoming.digests.etag

    def _join(
        self, connector: str, key: str, upload_id: str, parts: Sequence[tuple[int, str]]
    ) -> StoredObject:
        etag = joined_etag(parts)
        stored = self.objects.find(connector, key)
        if stored is not None and stored.etag == etag:  # the answer to an earlier request was lost
            self.uploads.forget(connector, key, upload_id)
            return stored
        content_type = self.uploads.content_type(connector, key, upload_id)
        incoming = self.intake.new_file()
        try:
            self.uploads.join(upload_id, parts, incoming)
            stored = self.objects.place(
                connector, key, incoming.path, incoming.digests.facts(content_type, etag)
            )
        finally:
            incoming.discard()
        self.uploads.forget(connector, key, upload_id)
        return stored
