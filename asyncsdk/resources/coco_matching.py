"""Which assets the images of a COCO file are: their names are looked up while the file is still read."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import anyio
import attrs

from asyncsdk.enums import AnnotationExportKey
from asyncsdk.flow.bounded import both, map_bounded
from asyncsdk.flow.files import reading
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.resources.coco_staging import CocoStaging
from asyncsdk.resources.coco_store import FoundImage
from asyncsdk.resources.import_assets import Found, find_by_name
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_staging import STEPS_S

__all__ = ["CocoMatching"]

_Names = list[tuple[int, str]]
"""Numbers of images, and what to look for."""


@attrs.define
class CocoMatching:
    """Reads a file, and finds its assets.

    Attributes:
        options: how to import.
        coco: takes the file in.
    """

    options: ImportOptions
    coco: CocoStaging
    _last: int = attrs.field(default=0, init=False)
    """Number of the last image whose name was taken."""

    _by_base: bool = attrs.field(default=False, init=False)
    _found: list[FoundImage] = attrs.field(factory=list, init=False)
    """Answers that the store has not got yet."""

    async def read(self, file: Path) -> None:
        """Read the file, and look the names of its images up.

        Raises:
            FormatError: it is not a COCO file with objects, or broken.
        """
        with closing(self._steps(file)) as steps:
            await self._look_up(steps)

    async def finish(self) -> None:
        """Look names with folders up by their base names; join images with assets, and objects with images."""
        if self.options.export_key is AnnotationExportKey.FILENAME:
            await in_file_thread(self.coco.store.mark_folders)
            self._last, self._by_base = 0, True
            await self._look_up(iter(()))
        await in_file_thread(self.coco.join)

    async def _look_up(self, steps: Iterator[None]) -> None:
        """Look names up, some requests of them at once, while the steps bring more."""
        at_once = self.options.connection.settings.limits.read_ahead
        give, take = anyio.create_memory_object_stream[_Names](at_once)

        async def bring() -> None:
            async with give:
                is_read = False
                while not is_read:
                    found, self._found = self._found, []
                    has_room = give.statistics().current_buffer_used < at_once
                    some, is_read = await in_file_thread(self._advance, steps, found, has_room=has_room)
                    if some:
                        await give.send(some)

        async def work(_: int) -> None:
            async for some in take:
                found = await find_by_name(self.options, [wanted for _, wanted in some])
                self._found += _known(some, found)

        async with take:
            await both(bring, partial(map_bounded, work, range(at_once), limit=at_once))
        await in_file_thread(self.coco.store.set_assets, self._found)
        self._found = []

    def _steps(self, file: Path) -> Generator[None, None, None]:
        with reading(file), file.open("rb") as stream:
            yield from self.coco.read(stream)

    def _advance(
        self, steps: Iterator[None], found: list[FoundImage], *, has_room: bool
    ) -> tuple[_Names, bool]:
        """Hand answers over, and do steps until there are names for a request, or some time is over.

        Returns:
            The names, and whether there are neither steps nor names any more.
        """
        store = self.coco.store
        store.set_assets(found)
        most = self.options.connection.settings.limits.ids_per_request
        until = time.monotonic() + STEPS_S
        for _ in steps:
            if has_room and self.coco.store.images >= self._last + most:
                return self._names(most), False
            if time.monotonic() >= until:
                return [], False
        names = self._names(most)
        return names, not names

    def _names(self, most: int) -> _Names:
        some = self.coco.store.unmatched(self._last, most, by_base=self._by_base)
        self._last = some[-1][0] if some else self.coco.store.images
        return some


def _known(names: _Names, found: Found) -> Iterator[FoundImage]:
    for number, name in names:
        asset = found.assets.get(name)
        if asset is not None:
            size = asset.data.meta
            yield number, asset.id, size.width if size else 0, size.height if size else 0
        elif name in found.several:
            yield number, None, 0, 0
