"""The administrator's file of programs, read anew when it has changed."""

from __future__ import annotations

from pathlib import Path

from asyncsdk.errors import FormatError
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.server.processes.offer import Offer, read_offer

__all__ = ["Registry"]


class Registry:
    """Knows what the machine can run.

    Args:
        path: the administrator's file; without it there is what comes with the platform.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: object = None
        self._offer: Offer | None = None

    async def current(self) -> Offer:
        """Return what the file says now.

        Raises:
            FormatError: it breaks a rule, or cannot be read.
        """
        return await in_file_thread(self.read)

    def read(self) -> Offer:
        """Return what the file says now, from a thread that may wait for the disk.

        Raises:
            FormatError: it breaks a rule, or cannot be read.
        """
        try:
            stamp, content = self._look()
        except OSError as error:
            raise FormatError(self._path.name, "", f"cannot be read: {error.strerror}") from error
        if self._offer is None or stamp != self._stamp:
            self._offer, self._stamp = read_offer(content, self._path.name), stamp
        return self._offer

    def _look(self) -> tuple[object, bytes]:
        """Return what tells one state of the file from another, and its content where that is new."""
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return "missing", b""
        stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
        return stamp, b"" if stamp == self._stamp else self._path.read_bytes()
