"""Many texts or paths in little memory."""

from __future__ import annotations

import os
from array import array
from pathlib import Path

from asyncsdk.records.packed_sequence import PackedSequence

__all__ = ["PackedPaths", "PackedTexts"]


class PackedTexts(PackedSequence[str]):
    """Texts, each in its UTF-8 and eight bytes.

    Example:
        >>> texts = PackedTexts()
        >>> texts.append("train")
        >>> texts
        ('train',)
    """

    __slots__ = ("_ends", "_utf8")

    def __init__(self) -> None:
        self._utf8 = bytearray()
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        """Put a text behind the others."""
        self._utf8 += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._utf8))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def _at(self, index: int) -> str:
        return self._utf8[self._ends[index] : self._ends[index + 1]].decode("utf-8", "surrogatepass")


class PackedPaths(PackedSequence[Path]):
    """Paths: the name of each, and once for all of its files each folder.

    Example:
        >>> paths = PackedPaths()
        >>> paths.append(Path("photos", "a.jpg"))
        >>> paths[0].name
        'a.jpg'
    """

    __slots__ = ("_folder_of", "_folders", "_names", "_numbers")

    def __init__(self) -> None:
        self._names = PackedTexts()
        self._folders: list[str] = []
        self._numbers: dict[str, int] = {}
        self._folder_of = array("I")

    def append(self, path: Path | str) -> None:
        """Put a path, or the text of one, behind the others."""
        text = str(path)
        name = text[text.rfind(os.sep) + 1 :]
        folder = text[: len(text) - len(name)]
        self._names.append(name)
        number = self._numbers.setdefault(folder, len(self._folders))
        if number == len(self._folders):
            self._folders.append(folder)
        self._folder_of.append(number)

    def __len__(self) -> int:
        return len(self._names)

    def _at(self, index: int) -> Path:
        return Path(self._folders[self._folder_of[index]] + self._names[index])
