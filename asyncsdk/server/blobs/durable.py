"""Files and folders that are on the disk when the call returns, where that is asked for.

Without `fsync` what is written survives the death of the process; with it, also the loss of power.
"""

from __future__ import annotations

import os
import threading

__all__ = ["Disk", "write_all"]


class Disk:
    """Changes a file system, durably or not.

    Args:
        fsync: whether to wait for the disk.
    """

    def __init__(self, *, fsync: bool) -> None:
        self.fsync = fsync
        # Whoever finds a folder made must be able to rely on its being on the disk.
        self._making = threading.Lock()

    def make_folder(self, folder: str) -> None:
        """Make a folder and those above it; one that is there is fine."""
        with self._making:
            self._make(folder)

    def write_file(self, path: str, content: bytes) -> None:
        """Write a whole file, over another one if need be."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            write_all(descriptor, content)
            self.flush(descriptor)
        finally:
            os.close(descriptor)
        self.flush_folder(os.path.dirname(path))

    def move(self, source: str, target: str) -> None:
        """Give a flushed file its final name, over another one if need be."""
        os.rename(source, target)
        self.flush_folder(os.path.dirname(target))

    def flush(self, descriptor: int) -> None:
        """Wait until an open file is on the disk."""
        if self.fsync:
            os.fsync(descriptor)

    def flush_folder(self, folder: str) -> None:
        """Wait until the names in a folder are on the disk."""
        if not self.fsync:
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _make(self, folder: str) -> None:
        try:
            os.mkdir(folder)
        except FileExistsError:
            return
        except FileNotFoundError:
            self._make(os.path.dirname(folder))
            os.mkdir(folder)
        self.flush_folder(os.path.dirname(folder))


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of `content`, however many calls the system takes for it."""
    written = os.write(descriptor, content)
    while written < len(content):
        written += os.write(descriptor, memoryview(content)[written:])
