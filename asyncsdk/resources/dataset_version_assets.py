"""Dataset versions: adding, listing, finding and downloading assets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import attrs

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.names import safe_name
from asyncsdk.flow.progress import ProgressOption
from asyncsdk.records.datasets import AssetRecord, DatasetVersionRecord
from asyncsdk.records.reports import TransferReport
from asyncsdk.resources import asset_adding, files
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.asset_listing import asset_listing, find_asset
from asyncsdk.resources.data import Data, MultiData, data_id_of
from asyncsdk.resources.downloading import OnError, downloads_to
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.job import Job
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.tag import Tag
from asyncsdk.wire.ids import canonical_id

__all__ = ["DatasetVersionAssets"]


@attrs.define(eq=False, repr=False)
class DatasetVersionAssets(Resource[DatasetVersionRecord]):
    """The assets of a dataset version."""

    async def add_data(
        self,
        data: Data | Sequence[Data] | MultiData,
        tags: Sequence[str | Tag] | None = None,
        *,
        wait: bool = False,
    ) -> Job:
        """Feed this version with data of a datalake; each data becomes an asset.

        Data that is in the version already is skipped. More than 10,000 data go in several requests, and
        the job stands for all of them.

        Args:
            data: what to add, in this order.
            tags: asset tags of every asset that is created, by name or object; missing ones are created.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it.

        Raises:
            InvalidArgumentError: there is no data.
            LockedError: the version is locked.
            JobFailedError: with `wait`, the job failed.

        Example:
            >>> async def fill(client) -> None:
            ...     dataset = await client.create_dataset("foo_dataset")
            ...     version = await dataset.create_version("first")
            ...     datalake = await client.get_datalake()
            ...     job = await version.add_data(await datalake.list_data(limit=1000), tags=["new"])
            ...     await job.wait()
        """
        return await asset_adding.add_data(self._connection, self.id, data, tags, wait=wait)

    async def find_asset(
        self,
        data: Data | None = None,
        filename: str | None = None,
        object_name: str | None = None,
        *,
        id: str | UUID | None = None,  # noqa: A002 - the protocol's word
    ) -> Asset:
        """Find an asset of this version; at least one criterion, all must hold.

        Args:
            data: the data it was made from.
            filename: its file name.
            object_name: its object name in the storage.
            id: its id.

        Returns:
            The asset that was found.

        Raises:
            NotFoundError: none matches.
            InvalidQueryError: several match, for example because a file name is there twice.
            InvalidArgumentError: there is no criterion, or one is empty or of a wrong kind.

        Example:
            >>> async def find(version) -> None:
            ...     asset = await version.find_asset(filename="test.png")
        """
        record = await find_asset(
            self._connection,
            self.id,
            data_id=data_id_of(data),
            filename=filename,
            object_name=object_name,
            asset_id=None if id is None else canonical_id(id),
        )
        return Asset(self._connection, record, self.id)

    async def find_all_assets(
        self,
        filenames: Sequence[str] | None = None,
        object_names: Sequence[str] | None = None,
        ids: Sequence[str | UUID] | None = None,
    ) -> MultiAsset:
        """Find some assets of this version; all lists that are given must hold.

        Args:
            filenames: file names to look for.
            object_names: object names to look for.
            ids: ids to look for.

        Returns:
            Those that were found; what is not in this version is left out.

        Raises:
            InvalidArgumentError: no list is given.

        Example:
            >>> async def find(version) -> None:
            ...     assets = await version.find_all_assets(filenames=["test.png", "image2.jpg"])
        """
        if filenames is None and object_names is None and ids is None:
            raise InvalidArgumentError("give filenames, object_names or ids; list_assets() lists them all")
        return await self.list_assets(filenames=filenames, object_names=object_names, ids=ids)

    async def list_assets(
        self,
        limit: int | None = None,
        offset: int | None = None,
        page_size: int | None = None,
        order_by: Sequence[str] | None = None,
        tags: Tag | Sequence[Tag] | str | Sequence[str] | None = None,
        data_tags: Tag | Sequence[Tag] | str | Sequence[str] | None = None,
        intersect_tags: bool = False,
        intersect_data_tags: bool = False,
        filenames: Sequence[str] | None = None,
        object_names: Sequence[str] | None = None,
        ids: Sequence[str | UUID] | None = None,
        filenames_startswith: Sequence[str] | None = None,
        q: str | None = None,
        data_ids: Sequence[str | UUID] | None = None,
    ) -> MultiAsset:
        """List assets of this version; all filters that are given must hold.

        `None` means no filter; an empty list matches nothing. The pages are fetched in parallel. A list of
        more than 1000 ids or names goes in slices; without `order_by` the newest come first in each slice.

        Args:
            limit: assets in all; `None` lists everything.
            offset: assets to skip, 0 starts at the beginning.
            page_size: assets per request, 1 to 1000.
            order_by: fields such as "filename" or "-created_at"; newest first when not given.
            tags: assets that have one of these asset tags, by name or object.
            data_tags: assets whose data has one of these data tags, by name or object.
            intersect_tags: assets must have all of `tags`.
            intersect_data_tags: the data must have all of `data_tags`.
            filenames: assets with one of these file names.
            object_names: assets with one of these object names.
            ids: assets with one of these ids.
            filenames_startswith: assets whose file name starts with one of these.
            q: a query, such as `width > 600 or tags.name = "night"`.
            data_ids: assets made from data with one of these ids.

        Returns:
            The assets; empty when nothing matches.

        Raises:
            InvalidQueryError: `q` is malformed; the error has the position.

        Example:
            >>> async def names(version) -> None:
            ...     assets = await version.list_assets()
            ...     print(len(assets), "assets, of which 100 at most at night:")
            ...     for asset in await version.list_assets(tags=["night"], limit=100):
            ...         print(asset.filename)
        """
        listing = asset_listing(
            self._connection,
            self.id,
            order_by=order_by,
            tags=tags,
            data_tags=data_tags,
            intersect_tags=intersect_tags,
            intersect_data_tags=intersect_data_tags,
            filenames=filenames,
            object_names=object_names,
            ids=ids,
            filenames_startswith=filenames_startswith,
            q=q,
            data_ids=data_ids,
        )
        await self._connection.open()
        records = await listing.read_packed(AssetRecord, limit=limit, offset=offset, page_size=page_size)
        return MultiAsset(self._connection, records, self.id)

    def iter_assets(
        self,
        limit: int | None = None,
        offset: int | None = None,
        page_size: int | None = None,
        order_by: Sequence[str] | None = None,
        tags: Tag | Sequence[Tag] | str | Sequence[str] | None = None,
        data_tags: Tag | Sequence[Tag] | str | Sequence[str] | None = None,
        intersect_tags: bool = False,
        intersect_data_tags: bool = False,
        filenames: Sequence[str] | None = None,
        object_names: Sequence[str] | None = None,
        ids: Sequence[str | UUID] | None = None,
        filenames_startswith: Sequence[str] | None = None,
        q: str | None = None,
        data_ids: Sequence[str | UUID] | None = None,
    ) -> ItemIterator[Asset]:
        """Iterate over assets in listing order, in bounded memory; the filters are those of `list_assets`.

        Example:
            >>> async def names(version) -> None:
            ...     async for asset in version.iter_assets(q='tags.name = "night"'):
            ...         print(asset.filename, asset.width, asset.height)
        """
        listing = asset_listing(
            self._connection,
            self.id,
            order_by=order_by,
            tags=tags,
            data_tags=data_tags,
            intersect_tags=intersect_tags,
            intersect_data_tags=intersect_data_tags,
            filenames=filenames,
            object_names=object_names,
            ids=ids,
            filenames_startswith=filenames_startswith,
            q=q,
            data_ids=data_ids,
        )
        source = listing.read_lazily(limit=limit, offset=offset, page_size=page_size)
        return ItemIterator(source, lambda record: Asset(self._connection, record, self.id))

    async def download(
        self,
        target_path: str | os.PathLike[str] | None = None,
        force_replace: bool = False,
        max_workers: int | None = None,
        use_id: bool = False,
        *,
        on_error: OnError = "raise",
        progress: ProgressOption = None,
    ) -> TransferReport:
        """Download the files of all assets; transfers begin while the listing still runs.

        A file appears under its name only when it is whole; a broken transfer of a large file goes on where
        it stopped, also in a later call. Two assets of one file name both survive: the second one gets
        `<stem>-<end of its id><extension>`. A file that is there is skipped; it is a failure if it has another
        length than the asset, or if it is older than the asset and has another checksum.

        Args:
            target_path: the folder, made when it is missing; `./<dataset>/<version>` when not given.
            force_replace: replace files that are there.
            max_workers: most transfers at once; `None` adapts.
            use_id: name files `<asset id><extension>`.
            on_error: "raise" raises after all files were tried; "collect" only reports.
            progress: `None` shows a bar in a terminal or notebook, `False` nothing, a callable gets
                `ProgressEvent`s on the event loop's thread.

        Returns:
            What was downloaded, skipped and failed.

        Raises:
            PartialFailure: a file failed and `on_error` is "raise".

        Example:
            >>> async def fetch(version) -> None:
            ...     print(await version.download("~/Downloads/dataset_pics"))
        """
        target = target_path
        if target is None:
            target = Path(safe_name(self._record.origin_name), safe_name(self._record.version))
        downloads = downloads_to(
            self._connection,
            target,
            force_replace=force_replace,
            use_id=use_id,
            max_workers=max_workers,
            on_error=on_error,
            progress=progress,
        )
        page_size = min(files.FILES_PER_PAGE, self._connection.settings.limits.page_size)
        listing = asset_listing(self._connection, self.id)
        source = listing.read_lazily(limit=None, offset=None, page_size=page_size)
        return await files.download_assets(downloads, source, self.id, None)
