"""The folder of finished objects: each appears under its name at once and whole, and is never overwritten."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterable

from asyncsdk.errors import ConflictError
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.blobs.digests import Digests
from asyncsdk.server.blobs.durable import Disk
from asyncsdk.server.blobs.facts import FactsFolder

__all__ = ["ObjectFolder"]

_LOCKS = 64
_MOVE_ATTEMPTS = 10
_MISSING = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class ObjectFolder:
    """Keeps objects as files, `<folder>/<connector>/<key>`. One process at a time may change them.

    Args:
        folder: where; must exist.
        facts: what is known of each.
        disk: how to write.
    """

    def __init__(self, folder: str, facts: FactsFolder, disk: Disk) -> None:
        self._folder = folder
        self._facts = facts
        self._disk = disk
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def path(self, connector: str, key: str) -> str:
        """Return the file of an object, whether it is there or not."""
        return f"{self._folder}/{connector}/{key}"

    def find(self, connector: str, key: str) -> StoredObject | None:
        """Return what is known of an object, `None` when there is none."""
        status = _status(self.path(connector, key))
        return None if status is None else self.describe(connector, key, status)

    def describe(self, connector: str, key: str, status: os.stat_result) -> StoredObject | None:
        """Return what is known of the object that a file is, `None` when the file is no whole object."""
        facts = self._facts.read(connector, key)
        return facts if facts is not None and _fits(facts, status) else None

    def place(self, connector: str, key: str, file: str, facts: StoredObject) -> StoredObject:
        """Make a flushed file the object; it is left where it is when the object is there already.

        Returns:
            What is known of the object, be it this one or an equal one from before.

        Raises:
            ConflictError: the key holds other content, or its path is taken.
        """
        path = self.path(connector, key)
        with self._lock(path):
            status = _status(path)
            if status is not None:
                known = self._facts.read(connector, key)
                if known is None:
                    # Not ours, such as a name that differs only in case on a disk that ignores it.
                    raise _taken(key)
                if _fits(known, status):
                    return _equal(known, facts, key)
                # Loss of power left a damaged file, which no reader is given: replaced.
            self._facts.write(connector, key, facts)
            self._move(file, path, key)
        return facts

    def adopt(self, connector: str, key: str, content_type: str) -> StoredObject | None:
        """Make an object of a file that was put here past the platform, and return what is known of it.

        The whole file is read. One behind a link is none of ours, however it got here.
        """
        path = self.path(connector, key)
        status = _status(path)
        if status is None or not stat.S_ISREG(status.st_mode):
            return None
        if self._facts.read(connector, key) is None:
            root = os.path.realpath(f"{self._folder}/{connector}")
            if os.path.realpath(path) != f"{root}/{key}":
                return None
            facts = Digests.of_file(path).facts(content_type)
            with self._lock(path):
                if _fits(facts, status) and _is_same(status, _status(path)):
                    self._facts.add(connector, key, facts)
        return self.find(connector, key)

    def delete(self, connector: str, keys: Iterable[str]) -> None:
        """Delete objects and the folders that they leave empty; those that are not there are fine."""
        changed = set()
        for key in keys:
            path = self.path(connector, key)
            with self._lock(path):
                if _unlink(path):
                    changed.add(os.path.dirname(path))
                self._facts.remove(connector, key)
        for folder in {self._prune(folder) for folder in changed}:
            self._disk.flush_folder(folder)

    def _move(self, file: str, path: str, key: str) -> None:
        attempts_left = _MOVE_ATTEMPTS
        try:
            while True:
                self._disk.make_folder(os.path.dirname(path))
                try:
                    return self._disk.move(file, path)
                except FileNotFoundError:  # a deletion has pruned the folder in between
                    attempts_left -= 1
                    if not attempts_left:
                        raise
        except (NotADirectoryError, IsADirectoryError) as error:
            raise _taken(key) from error

    def _prune(self, folder: str) -> str:
        """Remove empty folders upwards and return the first one that stays."""
        while os.path.dirname(folder) != self._folder:
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)
        return folder

    def _lock(self, path: str) -> threading.Lock:
        return self._locks[hash(path.casefold()) % _LOCKS]


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except _MISSING:
        return None


def _is_same(before: os.stat_result, now: os.stat_result | None) -> bool:
    return now is not None and (before.st_ino, before.st_mtime_ns) == (now.st_ino, now.st_mtime_ns)


def _fits(facts: StoredObject, status: os.stat_result) -> bool:
    return facts.size_bytes == status.st_size and stat.S_ISREG(status.st_mode)


def _equal(known: StoredObject, new: StoredObject, key: str) -> StoredObject:
    if (known.size_bytes, known.sha256) != (new.size_bytes, new.sha256):
        raise ConflictError(f"object {key!r} exists with other content", status=409)
    return known


def _taken(key: str) -> ConflictError:
    return ConflictError(f"object {key!r}: its path is taken by another object or folder", status=409)


def _unlink(path: str) -> bool:
    try:
        os.unlink(path)
    except _MISSING:
        return False
    return True
