"""File names for what a server names: inside the folder, legal everywhere, one for each item."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from asyncsdk.flow.name_owners import NameOwners
from asyncsdk.records import codec

__all__ = ["NameBook", "marked_names", "safe_name"]

MAX_NAME_BYTES = 255
"""What the usual file systems take, in UTF-8."""

_MAX_EXTENSION_BYTES = 32
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control, lone surrogates, separators
_FORBIDDEN_ON_WINDOWS = frozenset('<>:"|?*')
_DRIVE = re.compile(r"^([A-Za-z]):")
_PLAIN = re.compile(r"[A-Za-z0-9_-](?:[A-Za-z0-9_. -]*[A-Za-z0-9_-])?")  # legal, unless it is a device
_DEVICE = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)


def safe_name(name: str, *, windows: bool = os.name == "nt", room: int = 0) -> str:
    r"""Return a file name made of `name` that stays in its folder and is legal.

    Separators, drive letters and control characters become `_`, leading and trailing dots and spaces
    go, names of Windows devices get a `_` in front, and a name of more than 255 bytes is cut, keeping
    its extension and gaining a short hash of the whole. A name that needs none of this is returned as
    it is; the same name always gives the same result.

    Args:
        name: any text, as a server sent it.
        windows: also replace what only Windows forbids.
        room: bytes to leave free, for what is put behind the name.

    Example:
        >>> safe_name("../../etc/passwd")
        '_.._etc_passwd'
        >>> safe_name("C:\\boot.ini")
        'C__boot.ini'
        >>> safe_name("con.txt")
        '_con.txt'
        >>> safe_name("..")
        'unnamed'
    """
    if len(name) + room <= MAX_NAME_BYTES and _PLAIN.fullmatch(name) and not _DEVICE.match(name):
        return name  # as almost all are; it saves looking at each character
    text = "".join("_" if _is_forbidden(char, windows=windows) else char for char in name)
    text = _DRIVE.sub(r"\1_", text.strip(" ."))
    if not text:
        return "unnamed"
    if _DEVICE.match(text):
        text = f"_{text}"
    most = MAX_NAME_BYTES - room
    return text if len(text.encode()) <= most else _shorten(text, name, most)


def _is_forbidden(char: str, *, windows: bool) -> bool:
    if char in "/\\" or unicodedata.category(char) in _FORBIDDEN_CATEGORIES:
        return True
    return windows and char in _FORBIDDEN_ON_WINDOWS


def _shorten(text: str, whole: str, most: int) -> str:
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    stem, extension = _split(text)
    room = most - len(extension.encode()) - len(digest) - 1
    kept = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return f"{kept}-{digest}{extension}"


def _split(name: str) -> tuple[str, str]:
    """Split off the extension, unless it is too long to be one."""
    extension = PurePosixPath(name).suffix
    if not extension or len(extension.encode()) > _MAX_EXTENSION_BYTES:
        return name, ""
    return name[: -len(extension)], extension


def marked_names(item_id: str, filename: str) -> Iterator[str]:
    """Yield the file names of an item whose own name belongs to another one, the preferred one first.

    Args:
        item_id: the item's id.
        filename: the item's own name, as the server sent it.

    Example:
        >>> list(marked_names("0198c0de-0000-7000-8000-00000000000b", "cat.jpg"))
        ['cat-00000000000b.jpg', 'cat-0198c0de-0000-7000-8000-00000000000b.jpg']
    """
    stem, extension = _split(safe_name(filename))
    for mark in (item_id[-12:], item_id):
        yield safe_name(f"{stem}-{mark}{extension}")


class NameBook:
    """Hands out the file names of one folder, so that items of one name all survive.

    The rule: an item gets the safe form of its own name, unless that name belongs to another item; then
    it gets `<stem>-<last 12 characters of its id><extension>`. Names that differ only in case or in
    Unicode composition are one name. The rule needs one item at a time, so work can begin while the
    listing runs, and gives the same names for the same listing.

    To keep every name when the listing itself changes between two runs (a newer item of the same name
    comes first), save `dumps()` after the first run and start the second from `loads`: a name stays with
    the item that it was given to.

    Args:
        owners: names that are given already, in the form of `dumps`.

    Example:
        >>> book = NameBook()
        >>> book.claim("0198c0de-0000-7000-8000-00000000000a", "cat.jpg")
        'cat.jpg'
        >>> book.claim("0198c0de-0000-7000-8000-00000000000b", "Cat.jpg")
        'Cat-00000000000b.jpg'
        >>> book.claim("0198c0de-0000-7000-8000-00000000000a", "cat.jpg")
        'cat.jpg'
    """

    def __init__(self, owners: Mapping[str, str] | None = None) -> None:
        self._owners = NameOwners()
        for name, item_id in (owners or {}).items():
            self._owners.give(name, item_id)
        self._contested = bool(owners)

    @property
    def contested(self) -> bool:
        """Whether two items have claimed one name, now or when the book was saved: then it is worth saving."""
        return self._contested

    def claim(self, item_id: str, filename: str) -> str:
        """Return the file name of an item; asked again, it answers the same.

        Args:
            item_id: the item's id.
            filename: the item's own name, as the server sent it.
        """
        name = safe_name(filename)
        if self._take(name, item_id):
            return name
        for other in marked_names(item_id, filename):
            if self._take(other, item_id):
                return other
        digest = hashlib.sha256(f"{item_id}/{filename}".encode("utf-8", "surrogatepass")).hexdigest()
        return f"{digest}{_split(name)[1]}"

    def give(self, item_id: str, name: str) -> None:
        """Let a name belong to an item from now on, whoever had it: its file is that item's.

        Args:
            item_id: the item's id.
            name: the name of the file.
        """
        self._owners.give(_key(name), item_id)

    def _take(self, name: str, item_id: str) -> bool:
        mine = self._owners.first(_key(name), item_id) == item_id
        self._contested |= not mine
        return mine

    def dumps(self) -> bytes:
        """Return the book as JSON, without a copy of it as a dict. Blocking."""
        entries = (codec.encode(name) + b":" + codec.encode(owner) for name, owner in self._owners.items())
        return b"{" + b",".join(entries) + b"}"

    @classmethod
    def loads(cls, data: bytes) -> NameBook:
        """Return the book that `dumps` wrote; a damaged one counts as empty. Blocking."""
        try:
            owners: dict[str, Any] = codec.decode(data, dict[str, Any])
        except codec.CodecError:
            return cls()
        return cls({name: owner for name, owner in owners.items() if isinstance(owner, str)})


def _key(name: str) -> str:
    """Names that differ only in case or in Unicode composition are one name."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
