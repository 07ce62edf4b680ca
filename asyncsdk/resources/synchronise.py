"""Comparing a folder with a dataset version, and bringing it what it lacks."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from asyncsdk.flow.progress import open_progress
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.folders import FolderReport
from asyncsdk.records.reports import TransferReport
from asyncsdk.resources import files
from asyncsdk.resources.asset_listing import asset_listing
from asyncsdk.resources.downloading import Downloads
from asyncsdk.resources.folder_comparison import Comparison
from asyncsdk.resources.folder_names import FolderNames
from asyncsdk.resources.iterating import PageSource
from asyncsdk.resources.local_folder import scan_folder
from asyncsdk.wire import capabilities

__all__ = ["synchronise"]


async def synchronise(
    downloads: Downloads, version_id: str, *, do_download: bool, recursive: bool, checksums: bool
) -> tuple[list[AssetRecord], FolderReport]:
    """Return the assets that a folder lacks, and the report; download them where that is wanted.

    Args:
        downloads: where the folder is, and how to download.
        version_id: the dataset version.
        do_download: download what is missing.
        recursive: also look for files in sub-folders.
        checksums: compare the SHA-256 of files of the same size.

    Raises:
        MissingFileError: there is no such folder.
        InvalidArgumentError: it is no folder, or cannot be read.
        PartialFailure: a file could not be downloaded, and `on_error` is "raise".
    """
    target = downloads.target
    folder = await in_file_thread(scan_folder, target, recursive=recursive)
    names = await FolderNames.open(target, use_id=downloads.use_id)
    comparison = Comparison(root=target, folder=folder, names=names, checksums=checksums)
    with open_progress(downloads.progress, stage="compare", total=None, unit="file") as reporter:
        await comparison.run(await _assets(downloads, version_id, checksums=checksums), reporter)
    report = comparison.report()
    if do_download:
        wanted = comparison.wanted(replacing=downloads.force_replace)
        report = attrs.evolve(report, transfer=await _download(downloads, version_id, wanted, names))
    return comparison.missing, report


async def _assets(downloads: Downloads, version_id: str, *, checksums: bool) -> PageSource:
    """Return the listing of the version, with checksums where the platform can tell them."""
    connection = downloads.connection
    await connection.open()
    listing = asset_listing(connection, version_id)
    if checksums and connection.supports(capabilities.CHECKSUMS):
        listing = attrs.evolve(listing, more={"checksums": "true"})
    return listing.read(limit=None, offset=None, page_size=None)


async def _download(
    downloads: Downloads, version_id: str, wanted: Sequence[AssetRecord], names: FolderNames
) -> TransferReport:
    return await files.download_assets(downloads, files.Records(wanted), version_id, len(wanted), names)
