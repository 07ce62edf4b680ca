"""Length and hashes of bytes that pass by."""

from __future__ import annotations

import hashlib

from asyncsdk.server.blobs.base import StoredObject

__all__ = ["Digests"]

_READ_BYTES = 1024 * 1024


class Digests:
    """Counts and hashes bytes."""

    def __init__(self) -> None:
        self.size_bytes: int = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    @classmethod
    def of_file(cls, path: str) -> Digests:
        """Return those of a file; blocking."""
        digests = cls()
        with open(path, "rb", buffering=0) as file:
            while piece := file.read(_READ_BYTES):
                digests.update(piece)
        return digests

    def update(self, content: bytes) -> None:
        """Add some bytes."""
        self.size_bytes += len(content)
        self._md5.update(content)
        self._sha256.update(content)

    @property
    def etag(self) -> str:
        """MD5 in hex."""
        return self._md5.hexdigest()

    def facts(self, content_type: str, etag: str | None = None) -> StoredObject:
        """Return what is known of an object with these bytes."""
        return StoredObject(self.size_bytes, etag or self.etag, self._sha256.hexdigest(), content_type)
