"""Assets: the data inside a dataset version."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

import attrs

from asyncsdk.enums import AnnotationStatus, DataType, TagTarget
from asyncsdk.errors import NotFoundError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.flow.progress import ProgressOption
from asyncsdk.markup.elements import Html
from asyncsdk.records.data import DataRecord, Ids
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.previews import Preview
from asyncsdk.records.reports import TransferReport
from asyncsdk.resources import annotation_deleting, asset_annotations, files, previews
from asyncsdk.resources.annotation import Annotation, MultiAnnotation
from asyncsdk.resources.cards import data_card, files_card
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data import Data, MultiData
from asyncsdk.resources.data_listing import data_listing
from asyncsdk.resources.downloadable import Downloadable
from asyncsdk.resources.downloading import OnError, downloads_to
from asyncsdk.resources.fetching import FileItem
from asyncsdk.resources.listing import read_all
from asyncsdk.resources.multi import Multi
from asyncsdk.resources.partitioning import check_share
from asyncsdk.resources.previewable import Previewable
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.taggable import Taggable
from asyncsdk.resources.tagging import TagHome
from asyncsdk.resources.worker import Worker
from asyncsdk.wire import routes

__all__ = ["Asset", "MultiAsset"]


@attrs.define(eq=False, repr=False)
class Asset(Resource[AssetRecord], Downloadable, Taggable, Previewable):
    """A data inside a dataset version, with the tags and annotations that it has there."""

    _tag_target: ClassVar[TagTarget] = TagTarget.ASSET

    _version_id: str

    @property
    def ids(self) -> list[str]:
        """The id, in a list of one."""
        return [self.id]

    @property
    def dataset_version_id(self) -> str:
        """Id of the dataset version."""
        return self._version_id

    @property
    def data_id(self) -> str:
        """Id of the data."""
        return self._record.data.id

    @property
    def filename(self) -> str:
        """Name of the file that was uploaded."""
        return self._record.data.filename

    @property
    def object_name(self) -> str:
        """Name of the object in the storage; unique."""
        return self._record.data.object_name

    @property
    def type(self) -> DataType:
        """Image or video."""
        return self._record.data.type

    @property
    def content_type(self) -> str:
        """Media type, such as `image/jpeg`."""
        return self._record.data.content_type

    @property
    def width(self) -> int:
        """Width in pixels, as displayed; 0 while it is not known."""
        return self._record.data.meta.width if self._record.data.meta else 0

    @property
    def height(self) -> int:
        """Height in pixels, as displayed; 0 while it is not known."""
        return self._record.data.meta.height if self._record.data.meta else 0

    @property
    def metadata(self) -> dict[str, Any] | None:
        """Metadata of the data."""
        return self._record.data.metadata

    @property
    def custom_metadata(self) -> dict[str, Any] | None:
        """Custom metadata of the data."""
        return self._record.data.custom_metadata

    @property
    def url(self) -> str | None:
        """Download URL as it was read; it expires after about an hour."""
        return self._record.data.presigned_url

    @property
    def created_at(self) -> datetime | None:
        """When it was made, where the platform tells it."""
        return self._record.created_at

    async def refresh(self) -> None:
        """Read the asset anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_ASSET, AssetRecord, asset=self.id)

    async def get_tags(self) -> list[Tag]:
        """Return the asset's tags."""
        await self.refresh()
        return [Tag(self._connection, record) for record in self._record.tags or ()]

    async def get_data(self) -> Data:
        """Return the data that the asset was made from."""
        record = await self._connection.call(routes.GET_DATA, DataRecord, data=self.data_id)
        return Data(self._connection, record, record.datalake_id or "")

    async def get_data_tags(self) -> list[Tag]:
        """Return the tags of the asset's data."""
        return await (await self.get_data()).get_tags()

    async def list_annotations(self) -> MultiAnnotation:
        """List the asset's annotations, newest first; none is no error."""
        records = await asset_annotations.list_annotations(self._connection, self.id)
        return MultiAnnotation(self._connection, records, self._version_id)

    async def get_annotation(self, worker: Worker | None = None) -> Annotation:
        """Return the asset's newest annotation, or that of a worker.

        Args:
            worker: the worker.

        Raises:
            NotFoundError: there is none.
            NotSupportedError: the platform does not tell whose annotations are whose.
        """
        record = await asset_annotations.find_annotation(self._connection, self.id, worker)
        return Annotation(self._connection, record, self._version_id)

    async def create_annotation(
        self,
        duration: float = 0.0,
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Annotation:
        """Create an annotation without shapes.

        Args:
            duration: seconds of work.
            worker: whose it is; the token's user where it is not given.
            status: where it stands: a member or its name in any case; pending where it is not given.
            attributes: values of the dataset version's attributes.

        Raises:
            ConflictError: the worker has an annotation on the asset already.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform ignores `worker` or `attributes`; no annotation stays behind.

        Example:
            >>> async def start(asset, label) -> None:
            ...     annotation = await asset.create_annotation(duration=2.5)
            ...     await annotation.create_rectangle(10, 20, 64, 48, label)
        """
        return await asset_annotations.create_annotation(
            self._connection,
            self.id,
            self._version_id,
            duration=duration,
            worker=worker,
            status=status,
            attributes=attributes,
        )

    async def delete_annotations(self, workers: Sequence[Worker] | Worker | None = None) -> None:
        """Delete the asset's annotations, with their shapes.

        Args:
            workers: only those of these workers; an empty list deletes nothing.

        Raises:
            LockedError: the dataset version is locked.
            NotSupportedError: the platform does not tell whose annotations are whose; nothing was deleted.
        """
        await annotation_deleting.delete_annotations(
            self._connection, self._version_id, asset_ids=self.ids, workers=workers
        )

    async def delete(self) -> None:
        """Delete the asset and its annotations; the data stays in the datalake.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.act(routes.DELETE_ASSET, asset=self.id)

    async def preview(self) -> Preview:
        """Return a thumbnail with the shapes of the newest annotation drawn over it, for a notebook.

        Example:
            >>> async def look(version) -> Preview:
            ...     asset = await version.find_asset(filename="test.png")
            ...     return await asset.preview()
        """
        return await previews.preview_assets(self._connection, [self._record], self._version_id, limit=1)

    def _label(self) -> str:
        return self.filename

    def _card(self) -> Html:
        return data_card("Asset", self.id, self._record.data)

    def _file(self) -> FileItem:
        return files.asset_file(self._connection, self._record)

    def _tag_home(self) -> TagHome:
        return TagHome.of_version(self._connection, self._version_id)


class MultiAsset(Previewable, Multi[Asset], Taggable):
    """A sequence of assets of one dataset version, with bulk methods."""

    __slots__ = ("_version_id",)

    _tag_target: ClassVar[TagTarget] = TagTarget.ASSET

    def __init__(self, connection: Connection, records: Sequence[AssetRecord], version_id: str) -> None:
        super().__init__(connection, records)
        self._version_id = version_id

    @property
    def dataset_version_id(self) -> str:
        """Id of the dataset version."""
        return self._version_id

    async def delete(self) -> None:
        """Delete the assets and their annotations; the data stays in the datalake.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.open()
        limits = self._connection.settings.limits

        async def delete(ids: tuple[str, ...]) -> None:
            await self._connection.act(routes.DELETE_MANY_ASSETS, body=Ids(ids), version=self._version_id)

        await map_bounded(delete, chunked(self.ids, limits.bulk_ids_per_request), limit=2)

    async def delete_annotations(self, workers: Sequence[Worker] | Worker | None = None) -> None:
        """Delete the annotations of the assets, with their shapes.

        Args:
            workers: only those of these workers; an empty list deletes nothing.

        Raises:
            LockedError: the dataset version is locked.
            NotSupportedError: the platform does not tell whose annotations are whose; nothing was deleted.
        """
        await annotation_deleting.delete_annotations(
            self._connection, self._version_id, asset_ids=self.ids, workers=workers
        )

    async def download(
        self,
        target_path: str | os.PathLike[str] = "./",
        force_replace: bool = False,
        max_workers: int | None = None,
        use_id: bool = False,
        *,
        on_error: OnError = "raise",
        progress: ProgressOption = None,
    ) -> TransferReport:
        """Download the files into a folder.

        Args:
            target_path: the folder; made when it is missing.
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
        """
        downloads = downloads_to(
            self._connection,
            target_path,
            force_replace=force_replace,
            use_id=use_id,
            max_workers=max_workers,
            on_error=on_error,
            progress=progress,
        )
        return await files.download_assets(
            downloads, files.Records(self._records), self._version_id, len(self)
        )

    def split(self, ratio: float) -> tuple[MultiAsset, MultiAsset]:
        """Cut the sequence in two, in its order: nothing is shuffled.

        Args:
            ratio: share of the first part, 0 to 1; half an asset goes to the even number.

        Returns:
            The first assets, and the rest.

        Raises:
            InvalidArgumentError: the ratio is no number from 0 to 1.

        Example:
            >>> async def halves(version) -> None:
            ...     first, second = (await version.list_assets()).split(0.5)
        """
        end = round(check_share(ratio, "ratio") * len(self))
        return self[:end], self[end:]

    async def as_multidata(self) -> MultiData:
        """Return the data that the assets were made from, in the assets' order.

        Raises:
            NotFoundError: there is no asset, or data was deleted or lies in another datalake than the first.
        """
        if not self._records:
            raise NotFoundError("there is no asset, so there is no data", status=404)
        lake = (await self[0].get_data()).datalake_id
        ids = [record.data.id for record in self._records]
        listing = data_listing(self._connection, lake, ids=ids).read(limit=None, offset=None, page_size=None)
        found = {record.id: record for record in await read_all(listing)}
        missing = [one for one in ids if one not in found]
        if missing:
            raise NotFoundError(
                f"{len(missing)} data are not in datalake {lake}: {', '.join(missing[:5])}", status=404
            )
        return MultiData(self._connection, [found[one] for one in ids], lake)

    async def as_list_of_data(self) -> list[Data]:
        """Return the data that the assets were made from, as a list."""
        return list(await self.as_multidata())

    async def preview(self, limit: int = 12) -> Preview:
        """Return thumbnails of the first assets, with the shapes of their newest annotations, for a notebook.

        An image that cannot be shown leaves a grey field, and the reason below it.

        Args:
            limit: most assets shown, 1 to 500.

        Raises:
            InvalidArgumentError: the limit is out of range.

        Example:
            >>> async def look(version) -> Preview:
            ...     assets = await version.list_assets(limit=100)
            ...     return await assets.preview(limit=20)
        """
        return await previews.preview_assets(self._connection, self._records, self._version_id, limit)

    def _card(self) -> Html:
        return files_card("MultiAsset", self._records)

    def _wrap(self, record: AssetRecord) -> Asset:
        return Asset(self._connection, record, self._version_id)

    def _of(self, records: Sequence[Any]) -> Self:
        return type(self)(self._connection, records, self._version_id)

    def _tag_home(self) -> TagHome:
        return TagHome.of_version(self._connection, self._version_id)
