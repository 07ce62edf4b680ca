"""What an object storage promises.

Objects are immutable: they appear whole under their name, keep their bytes, and go only by deletion.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import attrs

from asyncsdk.records.storage import MultipartUpload, PresignedUpload, UploadedPart

__all__ = ["Blobs", "ObjectPage", "StoredObject"]


@attrs.frozen
class StoredObject:
    """What is known of an object."""

    size_bytes: int
    """Its length."""

    etag: str
    """Its entity tag without quotes: MD5 in hex, or `<MD5 of the parts' MD5s>-<parts>` after a multipart upload."""

    sha256: str | None
    """SHA-256 of its bytes in hex, where the storage knows it."""

    content_type: str
    """Its media type, as the uploader gave it."""


@attrs.frozen
class ObjectPage:
    """A page of a listing of objects."""

    keys: tuple[str, ...]
    """In the order of their code points, which is that of their UTF-8 bytes."""

    unfit: Mapping[str, str]
    """What else lies in the range of the page and cannot be an object: a name fit to be shown, and why."""

    is_last: bool
    """Whether there are no more."""


class Blobs(Protocol):
    """Keeps objects under a connector and a key.

    Every method that takes a key raises `BadRequestError` for one that breaks the rules of
    `asyncsdk.server.blobs.keys`, and `ServerError` when the storage itself fails (507 when it is full).
    """

    async def presign_upload(self, connector: str, key: str, content_type: str) -> PresignedUpload:
        """Return a request that uploads one object, without further authorization."""
        ...

    async def start_multipart(self, connector: str, key: str, content_type: str) -> MultipartUpload:
        """Start an upload in parts; an answer without `client_type` means that there is no such thing here."""
        ...

    async def presign_part(self, connector: str, key: str, upload_id: str, part_no: int) -> str:
        """Return the URL that takes one part.

        Raises:
            BadRequestError: the part's number is not between 1 and 10 000.
            NotFoundError: there is no such upload for this key.
        """
        ...

    async def complete_multipart(
        self, connector: str, key: str, upload_id: str, parts: Sequence[UploadedPart]
    ) -> StoredObject:
        """Join parts to an object; doing so again with the same parts answers the same.

        Raises:
            BadRequestError: no parts, parts out of order, or a part that is missing or has another ETag.
            ConflictError: the key holds other content.
            NotFoundError: there is no such upload for this key.
        """
        ...

    async def put(
        self, connector: str, key: str, content_type: str, chunks: AsyncIterable[bytes]
    ) -> StoredObject:
        """Store an object that the platform itself makes; the same content again answers the same.

        Raises:
            ConflictError: the key holds other content.
        """
        ...

    def sign_download(self, connector: str, key: str) -> str:
        """Return a URL that reads an object for an hour; takes microseconds, whether the object is there or not."""
        ...

    def sign_downloads(self, connector: str) -> Callable[[str], str]:
        """Return what makes the URLs that read objects of a connector for an hour, all with one expiry."""
        ...

    async def find(self, connector: str, key: str) -> StoredObject | None:
        """Return what is known of an object, `None` when there is none."""
        ...

    async def list_keys(
        self, connector: str, prefix: str, *, after: str = "", limit: int = 1000
    ) -> ObjectPage:
        """Return the keys that start with a prefix, in order, a page at a time.

        Listed are also objects that were put into the storage past the platform, which `adopt` takes in.

        Args:
            connector: whose objects.
            prefix: start of the keys; the empty one is the start of all.
            after: only keys that come after this one, which is the last one of the page before.
            limit: most keys of the page, which is full while there are more.

        Raises:
            BadRequestError: no key can start like that.
        """
        ...

    async def adopt(self, connector: str, key: str, content_type: str) -> StoredObject | None:
        """Return what is known of an object, also of one that was put into the storage past the platform.

        Args:
            connector: whose object.
            key: its name.
            content_type: its media type, where the storage knows none.

        Returns:
            What `find` gives from now on; `None` when there is no such object.
        """
        ...

    def local_copy(self, connector: str, key: str) -> AbstractAsyncContextManager[Path]:
        """Return a context that gives the object as a local file, to be read only, valid inside of it.

        Raises:
            NotFoundError: there is no such object.
        """
        ...

    async def delete(self, connector: str, keys: Sequence[str]) -> None:
        """Delete objects; those that are not there are fine."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the storage."""
        ...
