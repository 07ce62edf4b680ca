"""The files of a local folder, and which of them may stand for an asset."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import attrs

from asyncsdk.errors import InvalidArgumentError, MissingFileError
from asyncsdk.flow.names import marked_names, safe_name
from asyncsdk.resources.folder_names import name_by_id

__all__ = ["NO_FILE", "LocalFolder", "scan_folder"]

NO_FILE = -1
"""The size of a symbolic link, and of everything else that is no regular file."""

_MARK = 12
_LONG = 200  # names from about here on may be cut, and then end otherwise


@attrs.frozen
class LocalFolder:
    """What is in a folder and stands for no asset yet; files go by their path in it, with `/` between parts.

    Attributes:
        sizes: bytes of each file.
        below: the paths of files in sub-folders, by file name.
        marked: the paths of files whose names end like those of assets that share a name, by that end.
    """

    sizes: dict[str, int] = attrs.field(factory=dict)
    below: dict[str, list[str]] = attrs.field(factory=dict)
    marked: dict[str, list[str]] = attrs.field(factory=dict)

    def add(self, path: str, size: int) -> None:
        """Add a file."""
        self.sizes[path] = size
        folder, _, name = path.rpartition("/")
        if folder:
            self.below.setdefault(name, []).append(path)
        _, dash, mark = PurePosixPath(name).stem.rpartition("-")
        if dash and len(mark) == _MARK:
            self.marked.setdefault(mark, []).append(path)

    def take(self, path: str) -> None:
        """Let a file stand for an asset, so that it can stand for no other."""
        del self.sizes[path]

    def candidates(self, item_id: str, filename: str, *, use_id: bool) -> Iterator[str]:
        """Yield the paths of files that may stand for an asset, the likeliest first.

        Where there are files whose names end with the asset's own id, only they may.

        Args:
            item_id: the asset's id.
            filename: its file name, as the platform has it.
            use_id: files are named by id.
        """
        if use_id:
            yield from self._of_name(name_by_id(item_id, filename))
            return
        own = self._marked(item_id, filename)
        if own:
            yield from own
            return
        if "/" in filename and filename in self.sizes:
            yield filename
        yield from self._of_name(safe_name(filename))

    def _marked(self, item_id: str, filename: str) -> list[str]:
        if item_id[-_MARK:] not in self.marked and len(filename) <= _LONG:
            return []
        return [path for name in marked_names(item_id, filename) for path in self._of_name(name)]

    def _of_name(self, name: str) -> Iterator[str]:
        if name in self.sizes:
            yield name
        yield from (path for path in self.below.get(name, ()) if path in self.sizes)


def scan_folder(root: Path, *, recursive: bool) -> LocalFolder:
    """Return what is in a folder. Blocking.

    Hidden files and folders are passed over, links are not followed.

    Args:
        root: the folder.
        recursive: also look into its sub-folders.

    Raises:
        MissingFileError: there is no such folder.
        InvalidArgumentError: it is no folder, or a folder cannot be read.
    """
    folder = LocalFolder()
    waiting = deque([""])
    while waiting:
        prefix = waiting.popleft()
        for entry in _entries(root, prefix):
            path = prefix + entry.name
            if not entry.is_dir(follow_symlinks=False):
                is_file = entry.is_file(follow_symlinks=False)
                folder.add(path, entry.stat(follow_symlinks=False).st_size if is_file else NO_FILE)
            elif recursive:
                waiting.append(f"{path}/")
    return folder


def _entries(root: Path, prefix: str) -> list[os.DirEntry[str]]:
    place = root / prefix
    try:
        with os.scandir(place) as entries:
            return sorted((one for one in entries if not one.name.startswith(".")), key=lambda one: one.name)
    except FileNotFoundError as error:
        raise MissingFileError(f"no such folder: {place}; make it first, or use download()") from error
    except OSError as error:
        raise InvalidArgumentError(f"{place}: cannot be read as a folder: {error.strerror}") from error
