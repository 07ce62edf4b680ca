"""What lies in an object storage, past its URLs."""

from __future__ import annotations

from asyncsdk.server.blobs.base import Blobs

__all__ = ["content_of"]


async def content_of(blobs: Blobs, connector: str, key: str) -> bytes:
    """Return the bytes of an object."""
    async with blobs.local_copy(connector, key) as path:
        return path.read_bytes()
