"""Downloading files: many at once, each one landing whole or not at all."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Literal

import attrs

from asyncsdk.errors import InvalidArgumentError, PartialFailure, TransferError
from asyncsdk.flow.bounded import stream_bounded
from asyncsdk.flow.files import existing_names
from asyncsdk.flow.name_buckets import NameSet
from asyncsdk.flow.progress import ProgressOption, Reporter, open_progress
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.collection import rare_collection
from asyncsdk.records.packed_texts import PackedPaths
from asyncsdk.records.reports import Failure, TransferReport
from asyncsdk.resources.arguments import as_target, check_count
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.fetching import Facts, FileItem, Landed, check_existing, fetch_file
from asyncsdk.resources.file_urls import PageUrls
from asyncsdk.resources.folder_names import NAMES_FILE, FolderNames
from asyncsdk.resources.iterating import PageSource
from asyncsdk.transport.storage import StorageTransport

__all__ = [
    "Downloads",
    "OnError",
    "check_on_error",
    "downloads_to",
    "file_items",
]

OnError = Literal["raise", "collect"]


async def file_items(
    source: PageSource,
    facts: Callable[[Any], Facts],
    read_urls: Callable[[Sequence[str]], Awaitable[Mapping[str, str | None]]],
) -> AsyncGenerator[FileItem, None]:
    """Yield the files of a listing while it is still being read.

    Args:
        source: the listing.
        facts: gives what is known of the file of a record.
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

    async def run(
        self, items: AsyncGenerator[FileItem, None], total: int | None, names: FolderNames | None = None
    ) -> TransferReport:
        """Download the files.

        Args:
            items: the files.
            total: how many there are, where it is known.
            names: what they are called in the folder; `None` gives the names that every download gives.

        Raises:
            PartialFailure: a file failed and `on_error` is "raise"; all the others were tried.
            TransferError: the folder cannot be made.
        """
        await _make_folder(self.target)
        names = names or await FolderNames.open(self.target, use_id=self.use_id)
        existing = await existing_names(self.target)
        storage = await self.connection.storage()
        limit = self.max_workers or self.connection.settings.limits.transfer_concurrency
        tally = _Tally()
        with open_progress(self.progress, stage="download", total=total, unit="file") as reporter:

            async def one(item: FileItem) -> Landed | Failure:
                try:
                    return await self._fetch(item, names.name_of(item.id, item.filename), existing, storage)
                except Exception as error:  # noqa: BLE001 - reported, file by file
                    return Failure(item.filename, error)

            with rare_collection():
                async with aclosing(items), stream_bounded(one, items, limit=limit) as outcomes:
                    async for outcome in outcomes:
                        tally.add(outcome, reporter)
        await self._save(names, tally)
        report = tally.report()
        if report.failed and self.on_error == "raise":
            raise PartialFailure(f"{len(report.failed)} files failed\n{report}", report)
        return report

    async def _save(self, names: FolderNames, tally: _Tally) -> None:
        """Keep the names for the next time; where that fails, as the files may have, it is reported with them."""
        try:
            await names.save()
        except TransferError as error:
            tally.failed.append(Failure(NAMES_FILE, error))

    async def _fetch(self, item: FileItem, name: str, existing: NameSet, storage: StorageTransport) -> Landed:
        path = self.target / name
        if name in existing and not self.force_replace:
            return await check_existing(self.connection, storage, item, path)
        has_part = f".{name}.part" in existing
        return await fetch_file(self.connection, storage, item, path, resume=has_part)


async def _make_folder(target: Path) -> None:
    def make() -> None:
        target.mkdir(parents=True, exist_ok=True)

    try:
        await in_file_thread(make)
    except OSError as error:
        raise TransferError(str(target), f"the folder cannot be made: {error.strerror}") from error


@attrs.define
class _Tally:
    downloaded: PackedPaths = attrs.field(factory=PackedPaths)
    skipped: PackedPaths = attrs.field(factory=PackedPaths)
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
            downloaded=self.downloaded,
            skipped=self.skipped,
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
        target=as_target(target, "target_path"),
        force_replace=force_replace,
        use_id=use_id,
        max_workers=check_count(max_workers, "max_workers", least=1),
        on_error=on_error,
        progress=progress,
    )


def check_on_error(on_error: str) -> None:
    """Make sure that the caller says what to do about failures.

    Raises:
        InvalidArgumentError: it is neither "raise" nor "collect".
    """
    if on_error not in ("raise", "collect"):
        raise InvalidArgumentError(f'on_error must be "raise" or "collect", got {on_error!r}')
