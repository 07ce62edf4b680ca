"""Which file of a folder is which item's: every download into the folder gives the same names."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Self

import aiofiles
import attrs

from asyncsdk.errors import MissingFileError
from asyncsdk.flow.files import land_bytes, reading
from asyncsdk.flow.names import NameBook, safe_name
from asyncsdk.flow.threads import in_file_thread

__all__ = ["NAMES_FILE", "FolderNames", "name_by_id"]

NAMES_FILE = ".asyncsdk-names.json"
"""Where a folder keeps which item has which name, once two items have wanted the same one."""


def name_by_id(item_id: str, filename: str) -> str:
    """Return `<id><extension>`."""
    return safe_name(f"{item_id}{PurePosixPath(filename).suffix}")


@attrs.frozen(kw_only=True)
class FolderNames:
    """The names of the files of a folder.

    Attributes:
        folder: the folder.
        use_id: name files by id.
        book: hands out all other names.
        places: by id, where the files of some items are already: paths in the folder, with `/` between parts.
    """

    folder: Path
    use_id: bool
    book: NameBook
    places: dict[str, str] = attrs.field(factory=dict)

    @classmethod
    async def open(cls, folder: Path, *, use_id: bool) -> Self:
        """Return the names of a folder; they stay with the items that had them, also when newer ones come.

        Raises:
            TransferError: the folder keeps names that cannot be read.
        """
        return cls(folder=folder, use_id=use_id, book=await _read_book(folder))

    def name_of(self, item_id: str, filename: str) -> str:
        """Return the name of an item's file; asked again, it answers the same."""
        place = self.places.get(item_id)
        if place is not None:
            return place
        return name_by_id(item_id, filename) if self.use_id else self.book.claim(item_id, filename)

    async def save(self) -> None:
        """Keep the names in the folder, where items have wanted the same one.

        Raises:
            TransferError: they cannot be written.
        """
        if self.book.contested and not self.use_id:
            await land_bytes(self.folder / NAMES_FILE, await in_file_thread(self.book.dumps))


async def _read_book(folder: Path) -> NameBook:
    path = folder / NAMES_FILE
    try:
        with reading(path):
            async with aiofiles.open(path, "rb") as file:
                return await in_file_thread(NameBook.loads, await file.read())
    except MissingFileError:
        return NameBook()
