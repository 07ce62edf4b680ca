"""Data sources."""

from __future__ import annotations

from typing import Any

from asyncsdk.records.data import NewDataSource
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import data_sources
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_source(call: Call) -> Answer:
    """Create a source."""
    name = call.body(NewDataSource).name
    return await call.write(data_sources.create_source(call.scope, call.id("org"), name), 201)


async def list_sources(call: Call) -> dict[str, Any]:
    """List the organization's sources."""
    return await call.read(data_sources.list_sources(call.scope, call.id("org"), call.list_request()))


async def find_source(call: Call) -> dict[str, Any]:
    """Find a source by its name."""
    return await call.read(data_sources.find_source(call.scope, call.id("org"), call.required_text("name")))


async def get_source(call: Call) -> dict[str, Any]:
    """Read a source."""
    return await call.read(data_sources.get_source(call.scope, call.id("source")))


async def rename_source(call: Call) -> Answer:
    """Rename a source."""
    name = call.body(NewDataSource).name
    return await call.write(data_sources.rename_source(call.scope, call.id("source"), name))


async def delete_source(call: Call) -> Answer:
    """Delete a source."""
    return await call.write(data_sources.delete_source(call.scope, call.id("source")))


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_DATA_SOURCE: create_source,
    routes.LIST_DATA_SOURCES: list_sources,
    routes.FIND_DATA_SOURCE: find_source,
    routes.GET_DATA_SOURCE: get_source,
    routes.UPDATE_DATA_SOURCE: rename_source,
    routes.DELETE_DATA_SOURCE: delete_source,
}
