"""Datalakes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from asyncsdk.flow.progress import ProgressOption
from asyncsdk.records.data import DatalakeRecord, DataRecord
from asyncsdk.resources import ingest
from asyncsdk.resources.arguments import check_count
from asyncsdk.resources.data import Data, MultiData
from asyncsdk.resources.data_listing import data_listing, find_data
from asyncsdk.resources.data_source import DataSource
from asyncsdk.resources.datalake_imports import DatalakeImports
from asyncsdk.resources.datalake_metadata import DatalakeMetadata
from asyncsdk.resources.datalake_processings import DatalakeProcessings
from asyncsdk.resources.datalake_projections import DatalakeProjections
from asyncsdk.resources.downloading import OnError
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.tagging import TagHome
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["Datalake"]


@attrs.define(eq=False, repr=False)
class Datalake(DatalakeImports, DatalakeMetadata, DatalakeProjections, DatalakeProcessings):
    """A datalake: the files of an organization."""

    @property
    def name(self) -> str:
        """The datalake's name."""
        return self._record.name

    @property
    def connector_id(self) -> str | None:
        """Id of the storage connector behind it."""
        return self._record.connector_id

    async def refresh(self) -> None:
        """Read the datalake anew."""
        self._record = await self._connection.call(routes.GET_DATALAKE, DatalakeRecord, datalake=self.id)

    async def upload_data(
        self,
        filepaths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        tags: Sequence[str | Tag] | None = None,
        source: str | DataSource | None = None,
        max_workers: int | None = None,
        *,
        metadata: Mapping[str, Any] | Sequence[Mapping[str, Any] | None] | None = None,
        custom_metadata: Mapping[str, Any] | Sequence[Mapping[str, Any] | None] | None = None,
        fill_metadata: bool = False,
        upload_dir: str | None = None,
        on_error: OnError = "raise",
        progress: ProgressOption = None,
    ) -> MultiData:
        """Upload files into the datalake.

        Width and height are read from image headers here, so that nothing has to be decoded; the platform
        measures what cannot be read here, such as videos. Files that are larger than 25 MiB go in parts.

        Args:
            filepaths: a file, a folder, or a list of both. A folder stands for the images and videos below
                it, hidden ones excepted.
            tags: data tags of each new data, by name or object; missing ones are created.
            source: data source of each new data, by name or object; a missing one is created.
            max_workers: most files at once; `None` adapts.
            metadata: metadata of all files, or a list with one entry per file. The platform knows
                `acquired_at`, `acquired_by`, `latitude`, `longitude`, `altitude`, `weather`, `custom_id`,
                `reference`, `manufacturer` and more.
            custom_metadata: metadata of your own, in the same forms.
            fill_metadata: also read metadata from EXIF; what is given in `metadata` goes before it.
            upload_dir: prefix that is wanted for the object names.
            on_error: "raise" raises after all files were tried; "collect" only reports.
            progress: `None` shows a bar in a terminal or notebook, `False` nothing, a callable gets
                `ProgressEvent`s on the event loop's thread.

        Returns:
            The new data, in the order of the files; its `report` tells what became of each file.

        Raises:
            MissingFileError: a path does not exist; nothing was uploaded.
            PartialFailure: a file failed and `on_error` is "raise"; the report has what was uploaded.

        Example:
            >>> async def ingest(client) -> None:
            ...     datalake = await client.get_datalake()
            ...     data = await datalake.upload_data("photos/", tags=["cam-1"], source="north gate")
            ...     print(len(data), data.report)
        """
        request = ingest.UploadRequest(
            filepaths=filepaths,
            tags=tags,
            source=source,
            metadata=metadata,
            custom_metadata=custom_metadata,
            fill_metadata=fill_metadata,
            upload_dir=upload_dir,
            max_workers=check_count(max_workers, "max_workers", least=1),
            on_error=on_error,
            progress=progress,
        )
        records, report = await ingest.upload_data(self._connection, self._record, request)
        return MultiData(self._connection, records, self.id, report)

    async def list_data(
        self,
        limit: int | None = None,
        offset: int | None = None,
        page_size: int | None = None,
        order_by: Sequence[str] | None = None,
        tags: Tag | str | Sequence[Tag | str] | None = None,
        filenames: Sequence[str] | None = None,
        intersect_tags: bool = False,
        object_names: Sequence[str] | None = None,
        q: str | None = None,
        ids: Sequence[str | UUID] | None = None,
        custom_metadata: dict[str, Any] | None = None,
    ) -> MultiData:
        """List data; all filters that are given must hold.

        `None` means no filter; an empty list matches nothing. The pages are fetched in parallel. A list of
        more than 1000 ids or names goes in slices; without `order_by` the newest come first in each slice.

        Args:
            limit: data in all; `None` lists everything.
            offset: data to skip.
            page_size: data per request, 1 to 1000.
            order_by: fields such as "filename" or "-created_at"; newest first when not given.
            tags: data that has one of these tags, by name or object; an empty list matches nothing.
            filenames: data with one of these file names.
            intersect_tags: data must have all of `tags`.
            object_names: data with one of these object names.
            q: a query, such as `width > 600 and filename ~ "cam"`.
            ids: data with one of these ids.
            custom_metadata: data whose custom metadata has these values.

        Returns:
            The data; empty when nothing matches.

        Raises:
            InvalidQueryError: `q` is malformed; the error has the position.

        Example:
            >>> async def wide(datalake) -> None:
            ...     for data in await datalake.list_data(tags="cam-1", q="width > 600"):
            ...         print(data.filename, data.width)
        """
        listing = data_listing(
            self._connection,
            self.id,
            order_by=order_by,
            tags=tags,
            intersect_tags=intersect_tags,
            filenames=filenames,
            object_names=object_names,
            ids=ids,
            q=q,
            custom_metadata=custom_metadata,
        )
        await self._connection.open()
        records = await listing.read_packed(DataRecord, limit=limit, offset=offset, page_size=page_size)
        return MultiData(self._connection, records, self.id)

    def iter_data(
        self,
        limit: int | None = None,
        offset: int | None = None,
        page_size: int | None = None,
        order_by: Sequence[str] | None = None,
        tags: Tag | str | Sequence[Tag | str] | None = None,
        filenames: Sequence[str] | None = None,
        intersect_tags: bool = False,
        object_names: Sequence[str] | None = None,
        q: str | None = None,
        ids: Sequence[str | UUID] | None = None,
        custom_metadata: dict[str, Any] | None = None,
    ) -> ItemIterator[Data]:
        """Iterate over data in listing order, in bounded memory; the filters are those of `list_data`.

        Example:
            >>> async def names(datalake) -> None:
            ...     async for data in datalake.iter_data(q='filename endswith ".png"'):
            ...         print(data.filename)
        """
        listing = data_listing(
            self._connection,
            self.id,
            order_by=order_by,
            tags=tags,
            intersect_tags=intersect_tags,
            filenames=filenames,
            object_names=object_names,
            ids=ids,
            q=q,
            custom_metadata=custom_metadata,
        )
        source = listing.read_lazily(limit=limit, offset=offset, page_size=page_size)
        return ItemIterator(source, lambda record: Data(self._connection, record, self.id))

    async def find_data(
        self,
        filename: str | None = None,
        object_name: str | None = None,
        id: str | UUID | None = None,  # noqa: A002 - the protocol's word
    ) -> Data:
        """Find one data; at least one criterion, all must hold.

        Args:
            filename: its file name.
            object_name: its object name.
            id: its id.

        Raises:
            NotFoundError: none matches.
            InvalidQueryError: several match, for example because a file name is there twice.
        """
        found = await find_data(
            self._connection,
            self.id,
            filename=filename,
            object_name=object_name,
            data_id=None if id is None else canonical_id(id),
        )
        return Data(self._connection, found, self.id)

    async def create_data_tag(self, name: str) -> Tag:
        """Create a data tag.

        Args:
            name: its name, unique in this datalake.

        Raises:
            ConflictError: there is one of this name.
        """
        return Tag(self._connection, await self._tags().create(name))

    async def get_data_tag(self, name: str) -> Tag:
        """Return a data tag.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return Tag(self._connection, await self._tags().find(name))

    async def get_or_create_data_tag(self, name: str) -> Tag:
        """Return a data tag, created when there is none.

        Args:
            name: its name.
        """
        return Tag(self._connection, await self._tags().find_or_create(name))

    async def list_data_tags(
        self, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[Tag]:
        """List the data tags of this datalake, newest first where no order is asked for.

        Args:
            limit: tags in all.
            offset: tags to skip.
            order_by: "name" or "created_at", with "-" in front to descend.
        """
        records = await self._tags().list(limit=limit, offset=offset, order_by=order_by)
        return [Tag(self._connection, record) for record in records]

    def _tags(self) -> TagHome:
        return TagHome.of_datalake(self._connection, self.id)

    def _label(self) -> str:
        return self.name
