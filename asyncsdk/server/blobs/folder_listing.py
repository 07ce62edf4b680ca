"""Listing the objects of a folder in the order of their keys, in flat memory however many there are."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator

from asyncsdk.errors import BadRequestError
from asyncsdk.server.blobs.base import ObjectPage
from asyncsdk.server.blobs.keys import check_key

__all__ = ["list_page"]

_HELD = 10_000
"""Names that are held per folder; one with more is read again."""

_DEEPEST = 256
"""A key has at most so many segments."""


def list_page(folder: str, prefix: str, after: str, limit: int) -> ObjectPage:
    """Return the keys of the files below a folder that start with a prefix and come after a key; blocking.

    Args:
        folder: where the files are, with a slash at its end; need not exist.
        prefix: start of the keys.
        after: only keys after this one.
        limit: most keys.
    """
    keys: list[str] = []
    unfit: dict[str, str] = {}
    for name, fault in _walk(_Walk(folder, prefix, after), ""):
        if len(keys) == limit:
            return ObjectPage(tuple(keys), unfit, is_last=False)
        if fault is None:
            keys.append(name)
        else:
            unfit[_shown(name)] = fault
    return ObjectPage(tuple(keys), unfit, is_last=True)


class _Walk:
    """What a listing looks for. The names of folders end with a slash, which gives them their place."""

    def __init__(self, root: str, prefix: str, after: str) -> None:
        self.root = root
        self._prefix = prefix
        self._after = after

    def names(self, folder: str) -> Iterator[tuple[str, bool]]:
        """Yield the names in a folder that matter, in order, each with whether it is a link or the like."""
        last = ""
        while True:
            with os.scandir(self.root + folder) as entries:
                names = (_name(folder, entry) for entry in entries)
                batch = heapq.nsmallest(
                    _HELD, (one for one in names if one[0] > last and self._wants(one[0]))
                )
            yield from batch
            if len(batch) < _HELD:
                return
            last = batch[-1][0]

    def _wants(self, name: str) -> bool:
        if name.endswith("/"):
            fits = name.startswith(self._prefix) or self._prefix.startswith(name)
            return fits and (name > self._after or self._after.startswith(name))
        return name.startswith(self._prefix) and name > self._after


def _walk(walk: _Walk, folder: str) -> Iterator[tuple[str, str | None]]:
    """Yield the names of files in order, each with why it cannot be an object."""
    try:
        for name, is_odd in walk.names(folder):
            if is_odd:
                yield name, "neither a file nor a folder"
            elif not name.endswith("/"):
                yield name, _fault(name)
            elif name.count("/") < _DEEPEST:
                yield from _walk(walk, name)
            else:
                yield name, "too many folders inside of each other"
    except (FileNotFoundError, NotADirectoryError):
        return  # pruned meanwhile, or nothing was ever stored
    except PermissionError:
        yield folder, "the folder cannot be read"


def _name(folder: str, entry: os.DirEntry[str]) -> tuple[str, bool]:
    if entry.is_dir(follow_symlinks=False):
        return f"{folder}{entry.name}/", False
    return folder + entry.name, not entry.is_file(follow_symlinks=False)


def _fault(name: str) -> str | None:
    try:
        check_key(name)
    except BadRequestError as error:
        return error.message
    return None


def _shown(name: str) -> str:
    """A name may hold line breaks and bytes that are no text."""
    return repr(name)[1:-1]
