"""Listing and finding the assets of a dataset version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.paging import Page
from asyncsdk.resources.arguments import as_ids, as_names, as_tag_names, as_text
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.listing import Listing, tag_query
from asyncsdk.wire import routes
from asyncsdk.wire.query import builder

__all__ = ["asset_listing", "find_asset"]


def asset_listing(
    connection: Connection,
    version_id: str,
    *,
    order_by: Sequence[str] | None = None,
    tags: Any = None,
    data_tags: Any = None,
    intersect_tags: bool = False,
    intersect_data_tags: bool = False,
    filenames: Sequence[str] | None = None,
    object_names: Sequence[str] | None = None,
    ids: Sequence[str | UUID] | None = None,
    filenames_startswith: Sequence[str] | None = None,
    q: str | None = None,
    data_ids: Sequence[str | UUID] | None = None,
) -> Listing:
    """Return the listing that the filters describe; all that are given must hold."""
    tag_names, data_tag_names = as_tag_names(tags), as_tag_names(data_tags)
    lists: dict[str, Sequence[str] | None] = {
        "filenames": as_names(filenames, "filenames"),
        "object_names": as_names(object_names, "object_names"),
        "ids": as_ids(ids),
        "filename_startswith": _shortest(as_names(filenames_startswith, "filenames_startswith")),
        "data_ids": as_ids(data_ids),
    }
    if tag_names == [] or data_tag_names == []:
        lists["ids"] = ()  # no tag is like no id: nothing matches, and nothing needs to be asked
    return Listing(
        connection=connection,
        plain=routes.LIST_ASSETS,
        filtered=routes.FILTER_ASSETS,
        page=Page[AssetRecord],
        variables={"version": version_id},
        q=builder.all_of(
            as_text(
                q, "q"
            ),  # first, so that positions in errors are those in the caller's text, give or take a parenthesis
            tag_query("tags.name", tag_names or None, every=intersect_tags),
            tag_query("data.tags.name", data_tag_names or None, every=intersect_data_tags),
        ),
        order_by=as_names(order_by, "order_by") or (),
        lists={name: values for name, values in lists.items() if values is not None},
        matches=_matches,
    )


def _shortest(prefixes: Sequence[str] | None) -> list[str] | None:
    """Leave out what begins with another prefix, so that no two slices of the list find the same asset."""
    if prefixes is None:
        return None
    kept: list[str] = []
    for prefix in sorted(prefixes):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


def _matches(name: str, values: frozenset[str], record: AssetRecord) -> bool:
    data = record.data
    if name == "filename_startswith":
        return data.filename.startswith(tuple(values))
    return {
        "filenames": data.filename,
        "object_names": data.object_name,
        "ids": record.id,
        "data_ids": data.id,
    }[name] in values


async def find_asset(
    connection: Connection,
    version_id: str,
    *,
    data_id: str | None,
    filename: str | None,
    object_name: str | None,
    asset_id: str | None,
) -> AssetRecord:
    """Return the only asset that matches all criteria."""
    names = {"filename": as_text(filename, "filename"), "object_name": as_text(object_name, "object_name")}
    if "" in names.values():  # on the wire an empty name would be no criterion
        raise InvalidArgumentError("filename and object_name must not be empty")
    query = {"data_id": data_id, "id": asset_id} | names
    if all(value is None for value in query.values()):
        raise InvalidArgumentError("give at least one of data, filename, object_name and id")
    return await connection.call(routes.FIND_ASSET, AssetRecord, query=query, version=version_id)
