"""The schema of a datalake's custom metadata."""

from __future__ import annotations

from typing import Any

from asyncsdk.records.custom_metadata import CustomMetadataSettings
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import custom_metadata
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def get_schema(call: Call) -> dict[str, Any]:
    """Read the schema."""
    return await call.read(custom_metadata.get_schema(call.scope, call.id("datalake")))


async def update_settings(call: Call) -> Answer:
    """Allow or refuse keys that are not in the schema."""
    allowed = call.body(CustomMetadataSettings).allow_extra_custom_metadata
    return await call.write(custom_metadata.set_allow_extra(call.scope, call.id("datalake"), allowed))


async def set_key(call: Call) -> Answer:
    """Add or replace a key; its configuration is read field by field, as unknown fields are refused."""
    name, given = call.path_text("metadata_key"), call.body(dict[str, Any])
    return await call.write(custom_metadata.set_key(call.scope, call.id("datalake"), name, given))


async def delete_key(call: Call) -> Answer:
    """Delete a key."""
    name = call.path_text("metadata_key")
    return await call.write(custom_metadata.delete_key(call.scope, call.id("datalake"), name))


HANDLERS: dict[Route, Handler] = {
    routes.GET_CUSTOM_METADATA_SCHEMA: get_schema,
    routes.UPDATE_CUSTOM_METADATA_SETTINGS: update_settings,
    routes.SET_CUSTOM_METADATA_KEY: set_key,
    routes.DELETE_CUSTOM_METADATA_KEY: delete_key,
}
