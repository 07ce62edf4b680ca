"""Downloading files: many at once, each one landing whole or not at all."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import aiofiles
import attrs

from asyncsdk.errors import InvalidArgumentError, PartialFailure, TransferError
from asyncsdk.flow.bounded import stream_bounded
from asyncsdk.flow.files import existing_names, land_bytes
from asyncsdk.flow.names import NameBook, safe_name
from asyncsdk.flow.progress import ProgressOption, Reporter, open_progress
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.collection import rare_collection
from asyncsdk.records.reports import Failure, TransferReport
from asyncsdk.resources.arguments import check_count
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.fetching import FileItem, Landed, check_existing, fetch_file
from asyncsdk.resources.file_urls import PageUrls
from asyncsdk.resources.iterating import PageSource
from asyncsdk.transport.storage import StorageTransport

__all__ = [
    "Downloads",
    "OnError",
    "check_on_error",
    "downloads_to",
    "file_items",
    "name_by_id",
]

NAMES_FILE = ".asyncsdk-names.json"
"""Where a folder keeps which item has which name, once two items have wanted the same one."""

OnError = Literal["raise", "collect"]


def name_by_id(item_id: str, filename: str) -> str:
    """Return `<id><extension>`."""
    return safe_name(f"{item_id}{PurePosixPath(filename).suffix}")


async def file_items(
    source: PageSource,
    facts: Callable[[Any], tuple[str, str, str | None, int | None]],
    read_urls: Callable[[Sequence[str]], Awaitable[Mapping[str, str | None]]],
) -> AsyncGenerator[FileItem, None]:
    """Yield the files of a listing while it is still being read.

    Args:
        source: the listing.
        facts: gives id, filename, URL and size of a record.
        read_urls: reads the URLs of a page anew.
    """
    try:
        while (page := await source.next_page()) is not None:
            known = [facts(record) for record in page]
            urls = PageUrls([item_id for item_id, *_ in known], read_urls)
            for item in known:
                yield FileItem(*item, urls)
    finally:
        await source.aclose()


@attrs.frozen(kw_only=True)
class Downloads:
    """How files are downloaded.

    Attributes:
        connection: the platform.
        target: the folder.
        force_replace: replace files that are there.
        use_id: name files by id.
        max_workers: most transfers at once; `None` adapts.
        on_error: what to do when files failed, after all were tried.
        progress: how to report.
    """

    connection: Connection
    target: Path
    force_replace: bool = False
    use_id: bool = False
    max_workers: int | None = None
    on_error: OnError = "raise"
    progress: ProgressOption = None

    async def run(self, items: AsyncGenerator[FileItem, None], total: int | None) -> TransferReport:
        """Download the files.

        Raises:
            PartialFailure: a file failed and `on_error` is "raise"; all the others were tried.
            TransferError: the folder cannot be made.
        """
        await _make_folder(self.target)
        folder = _Folder(self.target, await existing_names(self.target), await _open_book(self.target))
        storage = await self.connection.storage()
        limit = self.max_workers or self.connection.settings.limits.transfer_concurrency
        tally = _Tally()
        with open_progress(self.progress, stage="download", total=total, unit="file") as reporter:

            async def one(item: FileItem) -> Landed | Failure:
                try:
                    return await self._fetch(item, folder, storage)
                except Exception as error:  # noqa: BLE001 - reported, file by file
                    return Failure(item.filename, error)

            with rare_collection():
                async with aclosing(items), stream_bounded(one, items, limit=limit) as outcomes:
                    async for outcome in outcomes:
                        tally.add(outcome, reporter)
        if folder.book.contested and not self.use_id:
            await land_bytes(self.target / NAMES_FILE, folder.book.dumps())
        report = tally.report()
        if report.failed and self.on_error == "raise":
            raise PartialFailure(f"{len(report.failed)} files failed\n{report}", report)
        return report

    async def _fetch(self, item: FileItem, folder: _Folder, storage: StorageTransport) -> Landed:
        name = name_by_id(item.id, item.filename) if self.use_id else folder.name_of(item)
        path = folder.path / name
        if name in folder.existing and not self.force_replace:
            return await check_existing(path, item)
        has_part = f".{name}.part" in folder.existing
        return await fetch_file(self.connection, storage, item, path, resume=has_part)


async def _make_folder(target: Path) -> None:
    def make() -> None:
        target.mkdir(parents=True, exist_ok=True)

    try:
        await in_file_thread(make)
    except OSError as error:
        raise TransferError(str(target), f"the folder cannot be made: {error.strerror}") from error


async def _open_book(target: Path) -> NameBook:
    """Names stay with the items that had them, also when newer items of the same name come first now."""
    try:
        async with aiofiles.open(target / NAMES_FILE, "rb") as file:
            return NameBook.loads(await file.read())
    except FileNotFoundError:
        return NameBook()


@attrs.frozen
class _Folder:
    path: Path
    existing: frozenset[str]
    book: NameBook

    def name_of(self, item: FileItem) -> str:
        return self.book.claim(item.id, item.filename)


@attrs.define
class _Tally:
    downloaded: list[Path] = attrs.field(factory=list)
    skipped: list[Path] = attrs.field(factory=list)
    failed: list[Failure] = attrs.field(factory=list)
    received: int = 0

    def add(self, outcome: Landed | Failure, reporter: Reporter) -> None:
        if isinstance(outcome, Failure):
            self.failed.append(outcome)
            reporter.advance(item=outcome.item, failed=1)
            return
        if outcome.received is None:
            self.skipped.append(outcome.path)
        else:
            self.downloaded.append(outcome.path)
            self.received += outcome.received
        reporter.advance(item=outcome.path.name)

    def report(self) -> TransferReport:
        return TransferReport(
            downloaded=tuple(self.downloaded),
            skipped=tuple(self.skipped),
            failed=tuple(self.failed),
            bytes=self.received,
        )


def downloads_to(
    connection: Connection,
    target: str | os.PathLike[str],
    *,
    force_replace: bool = False,
    use_id: bool = False,
    max_workers: int | None = None,
    on_error: OnError = "raise",
    progress: ProgressOption = None,
) -> Downloads:
    """Return how to download, with the arguments checked and `~` expanded.

    Raises:
        InvalidArgumentError: an argument is not acceptable.
    """
    check_on_error(on_error)
    return Downloads(
        connection=connection,
        target=_expanded(target),
        force_replace=force_replace,
        use_id=use_id,
        max_workers=check_count(max_workers, "max_workers", least=1),
        on_error=on_error,
        progress=progress,
    )


def _expanded(target: str | os.PathLike[str]) -> Path:
    try:
        return Path(target).expanduser()
    except (TypeError, RuntimeError) as error:
        raise InvalidArgumentError(f"target_path: {target!r} is not a folder: {error}") from error


def check_on_error(on_error: str) -> None:
    """Make sure that the caller says what to do about failures.

    Raises:
        InvalidArgumentError: it is neither "raise" nor "collect".
    """
    if on_error not in ("raise", "collect"):
        raise InvalidArgumentError(f'on_error must be "raise" or "collect", got {on_error!r}')
