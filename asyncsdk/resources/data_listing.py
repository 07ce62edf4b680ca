"""Listing and finding the data of a datalake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records import codec
from asyncsdk.records.data import DataRecord
from asyncsdk.records.paging import Page
from asyncsdk.resources.arguments import as_ids, as_names, as_tag_names, as_text
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.listing import Listing, tag_query
from asyncsdk.wire import routes
from asyncsdk.wire.query import builder

__all__ = ["data_listing", "find_data"]

_EVERYTHING = {"upload_statuses": list(DataUploadStatus), "types": list(DataType)}
"""The protocol always names every status and type."""


def data_listing(
    connection: Connection,
    datalake_id: str,
    *,
    order_by: Sequence[str] | None = None,
    tags: Any = None,
    intersect_tags: bool = False,
    filenames: Sequence[str] | None = None,
    object_names: Sequence[str] | None = None,
    ids: Sequence[str | UUID] | None = None,
    q: str | None = None,
    custom_metadata: dict[str, Any] | None = None,
) -> Listing:
    """Return the listing that the filters describe; all that are given must hold."""
    tag_names = as_tag_names(tags)
    lists: dict[str, Sequence[str] | None] = {
        "filenames": as_names(filenames, "filenames"),
        "object_names": as_names(object_names, "object_names"),
        "ids": as_ids(ids),
    }
    if tag_names == []:
        lists["ids"] = ()  # no tag is like no id: nothing matches, and nothing needs to be asked
    metadata = None if custom_metadata is None else codec.encode(custom_metadata).decode()
    return Listing(
        connection=connection,
        plain=routes.LIST_DATA,
        filtered=routes.FILTER_DATA,
        page=Page[DataRecord],
        variables={"datalake": datalake_id},
        q=builder.all_of(as_text(q, "q"), tag_query("tags.name", tag_names or None, every=intersect_tags)),
        order_by=as_names(order_by, "order_by") or (),
        lists={name: values for name, values in lists.items() if values is not None},
        matches=_matches,
        scope=_EVERYTHING,
        more={"custom_metadata": metadata},
    )


def _matches(name: str, values: frozenset[str], record: DataRecord) -> bool:
    fields = {"filenames": record.filename, "object_names": record.object_name, "ids": record.id}
    return fields[name] in values


async def find_data(
    connection: Connection,
    datalake_id: str,
    *,
    filename: str | None,
    object_name: str | None,
    data_id: str | None,
) -> DataRecord:
    """Return the only data that matches all criteria."""
    query = {"filename": filename, "object_name": object_name, "id": data_id}
    if all(value is None for value in query.values()):
        raise InvalidArgumentError("give at least one of filename, object_name and id")
    return await connection.call(
        routes.FIND_DATA, DataRecord, query={**query, **_EVERYTHING}, datalake=datalake_id
    )
