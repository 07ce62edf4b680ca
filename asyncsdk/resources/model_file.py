"""Files of model versions."""

from __future__ import annotations

import attrs

from asyncsdk.records.models import ModelFileRecord
from asyncsdk.resources import files
from asyncsdk.resources.downloadable import Downloadable
from asyncsdk.resources.fetching import FileItem
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes

__all__ = ["ModelFile"]


@attrs.define(eq=False, repr=False)
class ModelFile(Resource[ModelFileRecord], Downloadable):
    """A file that is kept with a model version: weights, a configuration, a log."""

    @property
    def name(self) -> str:
        """Its name, unique among the files of the model version."""
        return self._record.name

    @property
    def filename(self) -> str:
        """Name of the file that was uploaded."""
        return self._record.filename

    @property
    def object_name(self) -> str:
        """Name of the object in the storage."""
        return self._record.object_name

    @property
    def large(self) -> bool:
        """Whether it was large enough to be uploaded in parts."""
        return self._record.large

    @property
    def size_bytes(self) -> int | None:
        """Its length in bytes, where the platform tells."""
        return self._record.size_bytes

    @property
    def url(self) -> str | None:
        """Download URL as it was read; it expires after about an hour."""
        return self._record.presigned_url

    async def refresh(self) -> None:
        """Read the file's record anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_MODEL_FILE, ModelFileRecord, model_file=self.id)

    async def delete(self) -> None:
        """Delete the file from its model version and from the storage."""
        await self._connection.act(routes.DELETE_MODEL_FILE, model_file=self.id)

    def _label(self) -> str:
        return self.name

    def _file(self) -> FileItem:
        return files.model_file(self._connection, self._record)
