"""Finding and making data sources."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.data import DataSourceRecord, NewDataSource
from asyncsdk.records.paging import Items
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.get_or_create import get_or_create
from asyncsdk.wire import routes

if TYPE_CHECKING:
    from asyncsdk.resources.data_source import DataSource

__all__ = ["as_source", "create_source", "find_or_create_source", "find_source", "list_sources", "source_id"]


async def create_source(connection: Connection, name: str) -> DataSourceRecord:
    """Create a source."""
    await connection.open()
    return await connection.call(
        routes.CREATE_DATA_SOURCE,
        DataSourceRecord,
        body=NewDataSource(name),
        org=connection.organization.id,
    )


async def find_source(connection: Connection, name: str) -> DataSourceRecord:
    """Find a source by its name."""
    await connection.open()
    return await connection.call(
        routes.FIND_DATA_SOURCE, DataSourceRecord, query={"name": name}, org=connection.organization.id
    )


async def find_or_create_source(connection: Connection, name: str) -> DataSourceRecord:
    """Find a source, or create it; also when somebody else creates it at the same moment."""
    return await get_or_create(partial(find_source, connection), partial(create_source, connection), name)


async def list_sources(
    connection: Connection, *, limit: int | None, offset: int | None, order_by: Sequence[str] | None
) -> list[DataSourceRecord]:
    """List the organization's sources."""
    await connection.open()
    found = await connection.call(
        routes.LIST_DATA_SOURCES,
        Items[DataSourceRecord],
        query={"limit": limit, "offset": offset, "order_by": list(order_by or ())},
        org=connection.organization.id,
    )
    return found.items


def as_source(source: str | DataSource | None) -> str | DataSource | None:
    """Return a source, or the name of one, as it is.

    Raises:
        InvalidArgumentError: it is neither.
    """
    if source is None or isinstance(source, str) or hasattr(source, "id"):
        return source
    raise InvalidArgumentError(f"source: {source!r} is neither a data source nor the name of one")


async def source_id(connection: Connection, source: str | DataSource | None) -> str | None:
    """Return the id of a source given by name or object; a missing one is created."""
    if source is None:
        return None
    if isinstance(source, str):
        return (await find_or_create_source(connection, source)).id
    return source.id
