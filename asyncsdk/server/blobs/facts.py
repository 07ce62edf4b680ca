"""What is known of each object, in a small file of its own, written before the object gets its name.

These files are named after a hash of the key, so that keys such as `a` and `a.json/b` do not get into each
other's way.
"""

from __future__ import annotations

import contextlib
import hashlib
import os

import attrs
import orjson

from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.blobs.durable import Disk

__all__ = ["FactsFolder"]

_READ_BYTES = 4096
_UNREADABLE = StoredObject(size_bytes=-1, etag="", sha256=None, content_type="")


class FactsFolder:
    """Keeps what is known of objects.

    Args:
        folder: where; must exist.
        disk: how to write.
    """

    def __init__(self, folder: str, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def read(self, connector: str, key: str) -> StoredObject | None:
        """Return what was written; `None` when nothing was, a size of -1 when it is damaged."""
        try:
            descriptor = os.open(self._path(connector, key), os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            content = os.read(descriptor, _READ_BYTES)
        finally:
            os.close(descriptor)
        try:
            facts = orjson.loads(content)
        except orjson.JSONDecodeError:  # cut short by a crash or by loss of power
            return _UNREADABLE
        return StoredObject(
            size_bytes=facts["size_bytes"],
            etag=facts["etag"],
            sha256=facts["sha256"],
            content_type=facts["content_type"],
        )

    def write(self, connector: str, key: str, facts: StoredObject) -> None:
        """Write down what is known of an object."""
        path = self._path(connector, key)
        self._disk.make_folder(os.path.dirname(path))
        self._disk.write_file(path, _encoded(key, facts))

    def add(self, connector: str, key: str, facts: StoredObject) -> None:
        """Write down what is known of an object that is there already: all of it or nothing."""
        path = self._path(connector, key)
        self._disk.make_folder(os.path.dirname(path))
        self._disk.write_file(f"{path}.new", _encoded(key, facts))
        self._disk.move(f"{path}.new", path)

    def remove(self, connector: str, key: str) -> None:
        """Forget an object; one that is not known is fine."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path(connector, key))

    def _path(self, connector: str, key: str) -> str:
        name = hashlib.sha256(key.encode()).hexdigest()
        return f"{self._folder}/{connector}/{name}.json"


def _encoded(key: str, facts: StoredObject) -> bytes:
    return orjson.dumps({"key": key, **attrs.asdict(facts)})
