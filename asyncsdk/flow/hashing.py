"""Digests of local files, a bounded piece at a time, so that a cancellation never waits for a large file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from asyncsdk.flow.files import reading
from asyncsdk.flow.threads import in_file_thread

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["digest_of", "sha256_of"]

_PIECE_BYTES = 64 * 1024 * 1024
_READ_BYTES = 1024 * 1024


async def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in lower-case hexadecimal, computed in threads.

    Raises:
        MissingFileError: there is no such file.
        TransferError: it cannot be read, or a symbolic link is there.
    """
    return await digest_of(path, "sha256")


async def digest_of(path: Path, algorithm: str) -> str:
    """Return a digest of a file, in lower-case hexadecimal, computed in threads.

    Args:
        path: the file.
        algorithm: as `hashlib` knows it.

    Raises:
        MissingFileError: there is no such file.
        TransferError: it cannot be read, or a symbolic link is there.
    """
    digest = hashlib.new(algorithm, usedforsecurity=False)
    position = 0
    while (read := await in_file_thread(_add_piece, path, position, digest)) == _PIECE_BYTES:
        position += read
    return digest.hexdigest()


def _add_piece(path: Path, position: int, digest: _Hash) -> int:
    """Open, read, close: a computation that is dropped half-way leaves nothing open."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    with reading(path), os.fdopen(os.open(path, flags), "rb", buffering=0) as file:
        file.seek(position)
        left = _PIECE_BYTES
        while left and (content := file.read(min(left, _READ_BYTES))):
            digest.update(content)
            left -= len(content)
    return _PIECE_BYTES - left
