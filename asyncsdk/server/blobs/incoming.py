"""Files that are being received: written under a random name, hashed on the way, moved when whole."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence

from asyncsdk.server.blobs.digests import Digests
from asyncsdk.server.blobs.durable import Disk, write_all
from asyncsdk.server.blobs.threads import FileThreads

__all__ = ["IncomingFile", "Intake"]

_BUFFER_BYTES = 512 * 1024


class IncomingFile:
    """A file on its way in; blocking.

    Args:
        path: where it is written; must not exist.
        disk: how to write.
    """

    def __init__(self, path: str, disk: Disk) -> None:
        self.path = path
        self.digests: Digests = Digests()
        self.is_made: bool = False
        """Whether there may be a file at `path` that somebody has to remove."""
        self._disk = disk
        self._descriptor = -1

    def write(self, pieces: Sequence[bytes]) -> None:
        """Append some bytes."""
        if not self.is_made:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            self.is_made = True
        content = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self.digests.update(content)
        write_all(self._descriptor, content)

    def finish(self, pieces: Sequence[bytes]) -> None:
        """Append the last bytes, wait for the disk where that is asked for, and close the file."""
        self.write(pieces)
        self._disk.flush(self._descriptor)
        self._close()

    def discard(self) -> None:
        """Remove the file, unless it has been moved away or was never made."""
        self._close()
        if self.is_made:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)
            self.is_made = False

    def _close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class Intake:
    """Receives files from the event loop's side.

    Args:
        folder: where they are written until they are whole; must exist.
        disk: how to write.
        threads: where to write.
    """

    def __init__(self, folder: str, disk: Disk, threads: FileThreads) -> None:
        self._folder = folder
        self._disk = disk
        self._threads = threads

    def new_file(self) -> IncomingFile:
        """Return a file that is not made yet."""
        return IncomingFile(f"{self._folder}/{secrets.token_hex(16)}", self._disk)

    @contextlib.asynccontextmanager
    async def file(self) -> AsyncIterator[IncomingFile]:
        """Give a file to be received; it is discarded in the end, unless it has been moved away."""
        file = self.new_file()
        try:
            yield file
        finally:
            if file.is_made:
                await self._threads.run(file.discard)

    async def drain(
        self, chunks: AsyncIterable[bytes], write: Callable[[Sequence[bytes]], None]
    ) -> Sequence[bytes]:
        """Hand chunks to a blocking `write`, a buffer at a time, and return what is left for the last call.

        A small file so takes a single hop to a thread.
        """
        buffer: list[bytes] = []
        size = 0
        async for chunk in chunks:
            buffer.append(chunk)
            size += len(chunk)
            if size >= _BUFFER_BYTES:
                await self._threads.run(write, buffer)
                buffer, size = [], 0
        return buffer
