"""Projections: further files of a data."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.enums import DataUploadStatus
from asyncsdk.records.projections import ProjectionRecord
from asyncsdk.resources import files
from asyncsdk.resources.downloadable import Downloadable
from asyncsdk.resources.fetching import FileItem
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes

__all__ = ["Projection"]


@attrs.define(eq=False, repr=False)
class Projection(Resource[ProjectionRecord], Downloadable):
    """One more file of a data, such as a depth map of an image."""

    _data_id: str

    @property
    def data_id(self) -> str:
        """Id of the data."""
        return self._data_id

    @property
    def name(self) -> str | None:
        """Its name, unique among the projections of the data."""
        return self._record.name

    @property
    def filename(self) -> str | None:
        """Name of the file that was uploaded; `None` while the platform works on it."""
        return self._record.filename

    @property
    def object_name(self) -> str | None:
        """Name of the object in the storage; `None` while the platform works on it."""
        return self._record.object_name

    @property
    def compute_status(self) -> DataUploadStatus:
        """How far the platform is with the file."""
        return self._record.compute_status

    @property
    def infos(self) -> dict[str, Any] | None:
        """What was kept with it as `additional_info`."""
        return self._record.infos

    @property
    def url(self) -> str | None:
        """Download URL as it was read; it expires after about an hour."""
        return self._record.presigned_url

    async def refresh(self) -> None:
        """Read the projection anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(
            routes.GET_PROJECTION, ProjectionRecord, projection=self.id
        )

    async def delete(self) -> None:
        """Delete the projection and its file; the data stays."""
        await self._connection.act(routes.DELETE_PROJECTION, projection=self.id)

    def _label(self) -> str:
        return self.name or self.id

    def _file(self) -> FileItem:
        return files.projection_file(self._connection, self._record)
