"""Data sources."""

from __future__ import annotations

import attrs

from asyncsdk.records.data import DataSourceRecord, NewDataSource
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes

__all__ = ["DataSource"]


@attrs.define(eq=False, repr=False)
class DataSource(Resource[DataSourceRecord]):
    """Where data comes from: a camera, a site, a project."""

    @property
    def name(self) -> str:
        """The source's name."""
        return self._record.name

    async def refresh(self) -> None:
        """Read the source anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_DATA_SOURCE, DataSourceRecord, source=self.id)

    async def update(self, name: str) -> None:
        """Rename the source.

        Args:
            name: the new name.

        Raises:
            ConflictError: another source has this name.
        """
        self._record = await self._connection.call(
            routes.UPDATE_DATA_SOURCE, DataSourceRecord, body=NewDataSource(name), source=self.id
        )

    async def delete(self) -> None:
        """Delete the source; its data stays, without a source."""
        await self._connection.act(routes.DELETE_DATA_SOURCE, source=self.id)

    def _label(self) -> str:
        return self.name
