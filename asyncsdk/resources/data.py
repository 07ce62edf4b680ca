"""Data: the files of a datalake."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import attrs

from asyncsdk.enums import DataType, DataUploadStatus, TagTarget
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.flow.progress import ProgressOption
from asyncsdk.markup.elements import Html
from asyncsdk.records.data import CustomMetadata, CustomMetadataPatch, DataPatch, DataRecord, Ids
from asyncsdk.records.previews import Preview
from asyncsdk.records.reports import TransferReport, UploadReport
from asyncsdk.resources import files, previews
from asyncsdk.resources.arguments import as_json_object, as_list
from asyncsdk.resources.cards import data_card, files_card
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data_projections import DataProjections
from asyncsdk.resources.data_source import DataSource
from asyncsdk.resources.downloadable import Downloadable
from asyncsdk.resources.downloading import OnError, downloads_to
from asyncsdk.resources.fetching import FileItem
from asyncsdk.resources.multi import Multi
from asyncsdk.resources.previewable import Previewable
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.taggable import Taggable
from asyncsdk.resources.tagging import TagHome
from asyncsdk.wire import routes

__all__ = ["Data", "MultiData"]


@attrs.define(eq=False, repr=False)
class Data(DataProjections, Downloadable, Taggable, Previewable):
    """One file of a datalake: an image or a video."""

    _tag_target: ClassVar[TagTarget] = TagTarget.DATA

    @property
    def ids(self) -> list[str]:
        """The id, in a list of one."""
        return [self.id]

    @property
    def filename(self) -> str:
        """Name of the file that was uploaded."""
        return self._record.filename

    @property
    def object_name(self) -> str:
        """Name of the object in the storage; unique."""
        return self._record.object_name

    @property
    def type(self) -> DataType:
        """Image or video."""
        return self._record.type

    @property
    def content_type(self) -> str:
        """Media type, such as `image/jpeg`."""
        return self._record.content_type

    @property
    def upload_status(self) -> DataUploadStatus:
        """How far the platform is with the file."""
        return self._record.upload_status

    @property
    def width(self) -> int | None:
        """Width in pixels, as displayed; `None` while it is not known."""
        return self._record.meta.width if self._record.meta else None

    @property
    def height(self) -> int | None:
        """Height in pixels, as displayed; `None` while it is not known."""
        return self._record.meta.height if self._record.meta else None

    @property
    def metadata(self) -> dict[str, Any] | None:
        """Metadata, such as `acquired_at` or `latitude`."""
        return self._record.metadata

    @property
    def custom_metadata(self) -> dict[str, Any] | None:
        """Metadata of your own."""
        return self._record.custom_metadata

    @property
    def url(self) -> str | None:
        """Download URL as it was read; it expires after about an hour."""
        return self._record.presigned_url

    async def refresh(self) -> None:
        """Read the data anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_DATA, DataRecord, data=self.id)

    async def get_tags(self) -> list[Tag]:
        """Return the data's tags."""
        await self.refresh()
        return [Tag(self._connection, record) for record in self._record.tags or ()]

    async def get_data_source(self) -> DataSource | None:
        """Return the data's source, `None` when it has none."""
        await self.refresh()
        record = self._record.data_source
        return None if record is None else DataSource(self._connection, record)

    async def update_metadata(self, metadata: dict[str, Any] | None) -> None:
        """Replace the metadata.

        Args:
            metadata: the new metadata; `None` clears it.
        """
        body = DataPatch(as_json_object(metadata, "metadata"))
        self._record = await self._connection.call(routes.UPDATE_DATA, DataRecord, body=body, data=self.id)

    async def update_custom_metadata(self, custom_metadata: dict[str, Any] | None) -> None:
        """Replace the custom metadata.

        Args:
            custom_metadata: the new custom metadata; `None` clears it.
        """
        answer = await self._connection.call(
            routes.UPDATE_CUSTOM_METADATA,
            CustomMetadata,
            body=CustomMetadataPatch(as_json_object(custom_metadata, "custom_metadata")),
            data=self.id,
        )
        self._record = attrs.evolve(self._record, custom_metadata=answer.custom_metadata)

    async def delete(self) -> None:
        """Delete the data, the assets made from it, its projections, and their files.

        Raises:
            LockedError: a locked dataset version uses it.
        """
        await self._connection.act(routes.DELETE_DATA, data=self.id)

    async def preview(self) -> Preview:
        """Return a thumbnail, for a notebook.

        Example:
            >>> async def look(datalake) -> Preview:
            ...     data = await datalake.list_data(limit=1)
            ...     return await data[0].preview()
        """
        return await previews.preview_data(self._connection, [self._record], limit=1)

    def _label(self) -> str:
        return self.filename

    def _card(self) -> Html:
        return data_card("Data", self.id, self._record)

    def _file(self) -> FileItem:
        return files.data_file(self._connection, self._record)

    def _tag_home(self) -> TagHome:
        return TagHome.of_datalake(self._connection, self._datalake_id)


class MultiData(Previewable, Multi[Data], Taggable):
    """A sequence of data of one datalake, with bulk methods."""

    __slots__ = ("_datalake_id", "_report")

    _tag_target: ClassVar[TagTarget] = TagTarget.DATA

    def __init__(
        self,
        connection: Connection,
        records: Sequence[DataRecord],
        datalake_id: str,
        report: UploadReport | None = None,
    ) -> None:
        super().__init__(connection, records)
        self._datalake_id = datalake_id
        self._report = report

    @property
    def datalake_id(self) -> str:
        """Id of the datalake."""
        return self._datalake_id

    @property
    def report(self) -> UploadReport | None:
        """After an upload, what became of each file; `None` otherwise."""
        return self._report

    async def delete(self) -> None:
        """Delete all of the data, the assets made from it, their projections, and the files.

        Raises:
            LockedError: a locked dataset version uses some of it.
        """
        await self._connection.open()
        limits = self._connection.settings.limits

        async def delete(ids: tuple[str, ...]) -> None:
            await self._connection.act(routes.DELETE_MANY_DATA, body=Ids(ids), datalake=self._datalake_id)

        await map_bounded(delete, chunked(self.ids, limits.bulk_ids_per_request), limit=2)

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
            use_id: name files `<id><extension>`.
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
        return await files.download_data(
            downloads, files.Records(self._records), self._datalake_id, len(self)
        )

    async def preview(self, limit: int = 12) -> Preview:
        """Return thumbnails of the first data, for a notebook.

        A file that cannot be shown leaves a grey field, and the reason below it.

        Args:
            limit: most data shown, 1 to 500.

        Raises:
            InvalidArgumentError: the limit is out of range.

        Example:
            >>> async def look(datalake) -> Preview:
            ...     data = await datalake.list_data(limit=100)
            ...     return await data.preview(limit=20)
        """
        return await previews.preview_data(self._connection, self._records, limit)

    def _card(self) -> Html:
        return files_card("MultiData", self._records)

    def _wrap(self, record: DataRecord) -> Data:
        return Data(self._connection, record, self._datalake_id)

    def _of(self, records: Sequence[Any]) -> Self:
        return type(self)(self._connection, records, self._datalake_id)

    def _tag_home(self) -> TagHome:
        return TagHome.of_datalake(self._connection, self._datalake_id)


def data_id_of(data: Data | None) -> str | None:
    """Return the id of a data; `None` stays `None`.

    Raises:
        InvalidArgumentError: it is something else.
    """
    if data is None:
        return None
    if not isinstance(data, Data):
        raise InvalidArgumentError(f"data: {data!r} is not a Data")
    return data.id


def data_ids_of(data: Data | Sequence[Data]) -> list[str]:
    """Return the ids of data, each once, in order.

    Raises:
        InvalidArgumentError: something is not a `Data`, or there is none.
    """
    if isinstance(data, Data | MultiData):
        ids = data.ids
    else:
        items = as_list(data)
        wrong = [item for item in items if not isinstance(item, Data)]
        if wrong:
            raise InvalidArgumentError(f"data: {wrong[0]!r} is not a Data")
        ids = [item.id for item in items]
    if not ids:
        raise InvalidArgumentError("data: give at least one")
    return list(dict.fromkeys(ids))
