"""Assets of a dataset version."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.records.data import Ids
from asyncsdk.records.datasets import AssetFilter, NewAssets
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.listing_requests import (
    assignment_filter,
    body_filter,
    page_request,
    query_filter,
)
from asyncsdk.server.services import asset_adding, assets
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import PageRequest
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def add_assets(call: Call) -> Answer:
    """Start the job that adds data."""
    body = call.body(NewAssets)
    answer = await call.write(asset_adding.add_assets(call.scope, call.id("version"), body))
    call.platform.wake_jobs()
    return answer


async def list_assets(call: Call) -> dict[str, Any]:
    """List a page of assets."""
    return await _list(call, query_filter(call), page_request(call))


async def filter_assets(call: Call) -> dict[str, Any]:
    """List the assets of given ids or names."""
    return await _list(call, body_filter(call, AssetFilter), page_request(call, whole=True))


async def _list(call: Call, wanted: Filter, page: PageRequest) -> dict[str, Any]:
    platform = call.platform
    checksums = call.text("checksums") == "true" and not platform.strict_protocol
    return await call.read(
        assets.list_assets(
            call.scope,
            call.id("version"),
            attrs.evolve(wanted, assignment=assignment_filter(call, "assignment_")),
            page,
            documents=attrs.evolve(platform.documents, checksums=checksums),
            cursors=platform.cursors,
            counts=platform.counts,
        )
    )


async def delete_many_assets(call: Call) -> Answer:
    """Delete assets of the version."""
    ids = call.body(Ids).ids
    return await call.write(assets.delete_many_assets(call.scope, call.id("version"), ids))


async def find_asset(call: Call) -> dict[str, Any]:
    """Find one asset."""
    asset_id, data_id = call.optional_id("id"), call.optional_id("data_id")
    filename, object_name = call.text("filename"), call.text("object_name")
    wanted = Filter(
        ids=None if asset_id is None else [asset_id],
        data_ids=None if data_id is None else [data_id],
        filenames=None if filename is None else [filename],
        object_names=None if object_name is None else [object_name],
    )
    return await call.read(assets.find_asset(call.scope, call.id("version"), wanted, call.platform.documents))


async def get_asset(call: Call) -> dict[str, Any]:
    """Read an asset with its tags."""
    return await call.read(assets.get_asset(call.scope, call.id("asset"), call.platform.documents))


async def delete_asset(call: Call) -> Answer:
    """Delete an asset."""
    return await call.write(assets.delete_asset(call.scope, call.id("asset")))


HANDLERS: dict[Route, Handler] = {
    routes.ADD_ASSETS: add_assets,
    routes.LIST_ASSETS: list_assets,
    routes.FILTER_ASSETS: filter_assets,
    routes.DELETE_MANY_ASSETS: delete_many_assets,
    routes.FIND_ASSET: find_asset,
    routes.GET_ASSET: get_asset,
    routes.DELETE_ASSET: delete_asset,
}
