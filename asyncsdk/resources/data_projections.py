"""Data: its projections."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import attrs

from asyncsdk.errors import NotFoundError
from asyncsdk.records.data import DataRecord
from asyncsdk.resources import projection_upload
from asyncsdk.resources.projection import Projection
from asyncsdk.resources.resource import Resource

__all__ = ["DataProjections"]


@attrs.define(eq=False, repr=False)
class DataProjections(Resource[DataRecord]):
    """Further files that belong to a data, such as a depth map of an image."""

    _datalake_id: str

    @property
    def datalake_id(self) -> str:
        """Id of the datalake."""
        return self._datalake_id

    async def create_projection(
        self,
        name: str,
        path: str | os.PathLike[str],
        additional_info: Mapping[str, Any] | None = None,
        fill_metadata: bool = False,
    ) -> Projection:
        """Upload a file as a projection of this data: another file that is shown beside it.

        Args:
            name: its name, unique among the projections of this data.
            path: the file.
            additional_info: what you want to keep with it; it comes back as `infos`.
            fill_metadata: also keep metadata from EXIF; what is given in `additional_info` goes before it.

        Returns:
            The projection.

        Raises:
            MissingFileError: there is no such file.
            ConflictError: the data has a projection of this name.

        Example:
            >>> async def add_depth(data) -> None:
            ...     projection = await data.create_projection("depth", "depth.png", {"unit": "mm"})
            ...     print(projection.infos)
        """
        record = await projection_upload.upload_projection(
            self._connection,
            self._datalake_id,
            self.id,
            name,
            path,
            additional_info,
            fill_metadata=fill_metadata,
        )
        return Projection(self._connection, record, self.id)

    async def list_projections(self) -> list[Projection]:
        """List the projections of this data, newest first."""
        records = await projection_upload.list_projections(self._connection, self.id)
        return [Projection(self._connection, record, self.id) for record in records]

    async def get_projection(self, name: str) -> Projection:
        """Return a projection of this data.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        for projection in await self.list_projections():
            if projection.name == name:
                return projection
        raise NotFoundError(f"data {self.id} has no projection {name!r}", status=404)
