"""Datalakes, data and their sources."""

from __future__ import annotations

import asyncio
from typing import Any

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.records.data import CustomMetadataPatch, DataFilter, DataPatch, Ids, NewData
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.listing_requests import body_filter, page_request, query_filter
from asyncsdk.server.handlers.uploaded import uploaded_object
from asyncsdk.server.services import data, data_listing, datalakes
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import PageRequest
from asyncsdk.server.services.measuring import measure
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def get_default_datalake(call: Call) -> dict[str, Any]:
    """Read the datalake of a name or id, or the default one."""
    return await call.read(
        datalakes.find_datalake(
            call.scope, call.id("org"), name=call.text("name"), datalake_id=call.optional_id("id")
        )
    )


async def list_datalakes(call: Call) -> dict[str, Any]:
    """List the organization's datalakes."""
    return await call.read(datalakes.list_datalakes(call.scope, call.id("org")))


async def get_datalake(call: Call) -> dict[str, Any]:
    """Read a datalake."""
    return await call.read(datalakes.get_datalake(call.scope, call.id("datalake")))


async def create_data(call: Call) -> Answer:
    """Create a data from an uploaded object."""
    body, lake_id = call.body(NewData), call.id("datalake")
    kept = await call.kept_answer()
    if kept is not None:
        return kept
    lake = await call.read(data.require_destination(call.scope, lake_id, body.object_name))
    upload = await _inspect(call, lake["connector_id"], body)
    documents = call.platform.documents
    return await call.write(data.create_data(call.scope, lake_id, body, upload, documents), 201)


async def _inspect(call: Call, connector: str, body: NewData) -> data.Upload:
    """Look at the uploaded object: its size, checksum and, where the client did not tell, its pixels."""
    stored = await uploaded_object(call, connector, body.object_name)
    measured = None
    if body.meta is None:
        async with call.platform.blobs.local_copy(connector, body.object_name) as path:
            measured = await asyncio.to_thread(measure, path, body.content_type)
    return data.Upload(stored.size_bytes, stored.sha256, measured)


async def list_data(call: Call) -> dict[str, Any]:
    """List a page of data."""
    return await _list(call, query_filter(call), page_request(call))


async def filter_data(call: Call) -> dict[str, Any]:
    """List the data of given ids or names."""
    return await _list(call, body_filter(call, DataFilter), page_request(call, whole=True))


async def _list(call: Call, wanted: Filter, page: PageRequest) -> dict[str, Any]:
    platform = call.platform
    return await call.read(
        data_listing.list_data(
            call.scope,
            call.id("datalake"),
            wanted,
            page,
            documents=platform.documents,
            cursors=platform.cursors,
            counts=platform.counts,
        )
    )


async def find_data(call: Call) -> dict[str, Any]:
    """Find one data."""
    data_id, filename, object_name = call.optional_id("id"), call.text("filename"), call.text("object_name")
    wanted = Filter(
        ids=None if data_id is None else [data_id],
        filenames=None if filename is None else [filename],
        object_names=None if object_name is None else [object_name],
        upload_statuses=call.choices("upload_statuses", DataUploadStatus),
        types=call.choices("types", DataType),
    )
    return await call.read(
        data_listing.find_data(call.scope, call.id("datalake"), wanted, call.platform.documents)
    )


async def delete_many_data(call: Call) -> Answer:
    """Delete data of the datalake."""
    ids = call.body(Ids).ids
    answer = await call.write(data.delete_many_data(call.scope, call.id("datalake"), ids))
    call.platform.wake_cleaner()
    return answer


async def get_data(call: Call) -> dict[str, Any]:
    """Read a data with its tags and source."""
    return await call.read(data.get_data(call.scope, call.id("data"), call.platform.documents))


async def get_data_url(call: Call) -> dict[str, Any]:
    """Give a fresh download URL."""
    return await call.read(data.data_url(call.scope, call.id("data"), call.platform.documents))


async def update_data(call: Call) -> Answer:
    """Replace the metadata."""
    metadata = call.body(DataPatch).metadata
    documents = call.platform.documents
    return await call.write(data.update_metadata(call.scope, call.id("data"), metadata, documents))


async def update_custom_metadata(call: Call) -> Answer:
    """Replace the custom metadata."""
    metadata = call.body(CustomMetadataPatch).custom_metadata
    return await call.write(data.update_custom_metadata(call.scope, call.id("data"), metadata))


async def delete_data(call: Call) -> Answer:
    """Delete a data; the clients demand status 204."""
    answer = await call.write(data.delete_data(call.scope, call.id("data")), 204)
    call.platform.wake_cleaner()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.GET_DEFAULT_DATALAKE: get_default_datalake,
    routes.LIST_DATALAKES: list_datalakes,
    routes.GET_DATALAKE: get_datalake,
    routes.CREATE_DATA: create_data,
    routes.LIST_DATA: list_data,
    routes.FILTER_DATA: filter_data,
    routes.DELETE_MANY_DATA: delete_many_data,
    routes.FIND_DATA: find_data,
    routes.GET_DATA: get_data,
    routes.UPDATE_DATA: update_data,
    routes.DELETE_DATA: delete_data,
    routes.GET_DATA_URL: get_data_url,
    routes.UPDATE_CUSTOM_METADATA: update_custom_metadata,
}
