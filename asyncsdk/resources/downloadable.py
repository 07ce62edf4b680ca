"""What has one file on the platform."""

from __future__ import annotations

import os

from asyncsdk.records.reports import TransferReport
from asyncsdk.resources import files
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.downloading import downloads_to
from asyncsdk.resources.fetching import FileItem
from asyncsdk.resources.iterating import ItemIterator

__all__ = ["Downloadable"]


class Downloadable:
    """An object whose file can be downloaded, read and streamed."""

    __slots__ = ()

    _connection: Connection

    async def download(
        self,
        target_path: str | os.PathLike[str] = "./",
        force_replace: bool = False,
        use_id: bool = False,
    ) -> TransferReport:
        """Download the file into a folder.

        Args:
            target_path: the folder; made when it is missing.
            force_replace: replace a file that is there.
            use_id: name the file `<id><extension>`.

        Returns:
            What was downloaded or skipped.

        Raises:
            PartialFailure: it failed; the report has the reason.
        """
        downloads = downloads_to(
            self._connection, target_path, force_replace=force_replace, use_id=use_id, progress=False
        )
        return await files.download_one(downloads, self._file())

    async def read(self, max_bytes: int = 512 * 1024 * 1024) -> bytes:
        """Return the file's bytes.

        Args:
            max_bytes: refuse files that are larger.

        Raises:
            ProtocolError: the file is larger than `max_bytes`.
        """
        return await files.read_file(self._connection, self._file(), max_bytes)

    def stream(self) -> ItemIterator[bytes]:
        """Return the file's bytes in chunks, as they come; use it with `async for`."""
        return ItemIterator(files.FileChunks(self._connection, self._file()), bytes)

    def _file(self) -> FileItem:
        raise NotImplementedError
