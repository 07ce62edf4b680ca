"""Which file of a folder stands for which asset, and whether it has the asset's content.

In a first round each asset takes a file of a fitting name whose content is, or may be, its own. In a second one
the assets that found none take a file of a fitting name that nobody took: it differs. So files that were moved
into sub-folders, and files of assets that share a name, find their assets wherever the content tells.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from pathlib import Path

import attrs

from asyncsdk.errors import MissingFileError, TransferError
from asyncsdk.flow.bounded import map_bounded, stream_bounded
from asyncsdk.flow.hashing import sha256_of
from asyncsdk.flow.progress import Reporter
from asyncsdk.records.data import DataRecord
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.folders import FolderDifference, FolderReport
from asyncsdk.resources.folder_names import FolderNames
from asyncsdk.resources.iterating import PageSource
from asyncsdk.resources.local_folder import NO_FILE, LocalFolder

__all__ = ["Comparison"]

_AT_ONCE = 8


@attrs.frozen
class _Verdict:
    """What a look at a file says: nothing against it, or a reason."""

    reason: str = ""
    differs: bool = False


_EQUAL = _Verdict()
_OTHER = _Verdict("another SHA-256", differs=True)
_NO_CHECKSUM = _Verdict("the platform tells no checksum of it")
_NOT_WANTED = _Verdict("checksums were not wanted")


@attrs.define(kw_only=True)
class Comparison:
    """The state of a comparison.

    Attributes:
        root: the folder.
        folder: what is in it; what is left at the end stands for no asset.
        names: what the folder calls the files of assets.
        checksums: compare the SHA-256 of files of the same size.
        missing: the assets without a file, in listing order.
    """

    root: Path
    folder: LocalFolder
    names: FolderNames
    checksums: bool
    missing: list[AssetRecord] = attrs.field(factory=list)
    _equal: list[str] = attrs.field(factory=list, init=False)
    _not_compared: list[FolderDifference] = attrs.field(factory=list, init=False)
    _different: list[tuple[AssetRecord, FolderDifference]] = attrs.field(factory=list, init=False)
    _digests: dict[str, str] = attrs.field(factory=dict, init=False)

    async def run(self, assets: PageSource, reporter: Reporter) -> None:
        """Compare with all assets of a listing; memory keeps names, and the assets that find no equal file."""
        left: list[AssetRecord] = []
        async with (
            aclosing(_pages(assets)) as pages,
            stream_bounded(self._look_ahead, pages, limit=1) as seen,
        ):
            async for page in seen:
                for record in page:
                    if not await self._find_equal(record):
                        left.append(record)
                    reporter.advance()
        for record in left:
            await self._find_different(record)

    def report(self) -> FolderReport:
        """Return what was found."""
        left = sorted(self.folder.sizes.items())
        return FolderReport(
            missing_here=tuple(self.names.name_of(one.id, one.data.filename) for one in self.missing),
            missing_there=tuple(path for path, size in left if size != NO_FILE),
            different=tuple(difference for _, difference in self._different),
            not_compared=tuple(self._not_compared),
            equal=tuple(self._equal),
            passed_over=tuple(path for path, size in left if size == NO_FILE),
        )

    def wanted(self, *, replacing: bool) -> list[AssetRecord]:
        """Return the assets to download: the missing ones, and where files are replaced those that differ."""
        return self.missing + ([record for record, _ in self._different] if replacing else [])

    async def _look_ahead(self, page: list[AssetRecord]) -> list[AssetRecord]:
        """Read the files of some assets of a page at once; who takes what is decided in listing order."""
        await map_bounded(self._read, [one for one in page if self._must_read(one)], limit=_AT_ONCE)
        return page

    def _must_read(self, record: AssetRecord) -> bool:
        return any(self._glance(path, record.data) is None for path in self._candidates(record))

    async def _read(self, record: AssetRecord) -> None:
        for path in self._candidates(record):
            verdict = await self._look(path, record)
            if verdict is not None and not verdict.differs:
                return

    async def _find_equal(self, record: AssetRecord) -> bool:
        """Take a file that is, or may be, the asset's, where there is one."""
        for path in self._candidates(record):
            verdict = await self._look(path, record)
            if verdict is None or verdict.differs:
                continue
            self._take(path, record)
            if verdict is _EQUAL:
                self._equal.append(path)
            else:
                self._not_compared.append(FolderDifference(path, record.id, verdict.reason))
            return True
        return False

    async def _find_different(self, record: AssetRecord) -> None:
        """Take a file of the asset's name, or count the asset as missing."""
        for path in self._candidates(record):
            verdict = await self._look(path, record)
            if verdict is not None:
                self._take(path, record)
                self.names.places[record.id] = path
                self._different.append((record, FolderDifference(path, record.id, verdict.reason)))
                return
        self.missing.append(record)

    def _candidates(self, record: AssetRecord) -> Iterator[str]:
        return self.folder.candidates(record.id, record.data.filename, use_id=self.names.use_id)

    def _take(self, path: str, record: AssetRecord) -> None:
        self.folder.take(path)
        self._digests.pop(path, None)
        if "/" not in path and not self.names.use_id:
            self.names.book.give(record.id, path)

    async def _look(self, path: str, record: AssetRecord) -> _Verdict | None:
        """Look at a file as at the asset's; `None` when it is gone, or was taken by another one meanwhile."""
        sha256 = record.data.sha256
        known = self._glance(path, record.data)
        if known is not None or sha256 is None:
            return known
        try:
            digest = self._digests.get(path) or await sha256_of(self.root / path)
        except MissingFileError:
            self.folder.sizes.pop(path, None)
            return None
        except TransferError as error:
            return _Verdict(error.reason)
        if path not in self.folder.sizes:
            return None
        self._digests[path] = digest
        return _EQUAL if digest == sha256 else _OTHER

    def _glance(self, path: str, data: DataRecord) -> _Verdict | None:
        """Return what can be said of a file without reading it; `None` when it has to be read."""
        size = self.folder.sizes[path]
        if size == NO_FILE:
            return _Verdict("no regular file; links are not followed", differs=True)
        if data.size_bytes not in {None, size}:
            return _Verdict(f"{size} bytes here, {data.size_bytes} bytes there", differs=True)
        if data.sha256 is None:
            return _NO_CHECKSUM if self.checksums else _NOT_WANTED
        return None


async def _pages(source: PageSource) -> AsyncGenerator[list[AssetRecord], None]:
    try:
        while (page := await source.next_page()) is not None:
            yield page
    finally:
        await source.aclose()
