"""Projections of data."""

from __future__ import annotations

from typing import Any

from asyncsdk.records.projections import NewProjection, ProjectionImport
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.uploaded import uploaded_object
from asyncsdk.server.services import projection_import, projections
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_projection(call: Call) -> Answer:
    """Create a projection from an uploaded object."""
    body, data_id = call.body(NewProjection), call.id("data")
    kept = await call.kept_answer()
    if kept is not None:
        return kept
    home = await call.read(projections.require_home(call.scope, data_id, body.object_name))
    stored = await uploaded_object(call, home["connector_id"], body.object_name)
    documents = call.platform.documents
    return await call.write(
        projections.create_projection(call.scope, data_id, body, stored.size_bytes, documents), 201
    )


async def list_projections(call: Call) -> dict[str, Any]:
    """List the projections of a data."""
    return await call.read(projections.list_projections(call.scope, call.id("data"), call.platform.documents))


async def get_projection(call: Call) -> dict[str, Any]:
    """Read a projection."""
    return await call.read(
        projections.get_projection(call.scope, call.id("projection"), call.platform.documents)
    )


async def get_projection_url(call: Call) -> dict[str, Any]:
    """Give a fresh download URL."""
    return await call.read(
        projections.projection_url(call.scope, call.id("projection"), call.platform.documents)
    )


async def delete_projection(call: Call) -> Answer:
    """Delete a projection."""
    answer = await call.write(projections.delete_projection(call.scope, call.id("projection")))
    call.platform.wake_cleaner()
    return answer


async def import_projections(call: Call) -> Answer:
    """Start the job that makes projections of objects in the storage."""
    body = call.body(ProjectionImport)
    answer = await call.write(projection_import.import_projections(call.scope, call.id("datalake"), body))
    call.platform.wake_jobs()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_PROJECTION: create_projection,
    routes.LIST_PROJECTIONS: list_projections,
    routes.GET_PROJECTION: get_projection,
    routes.DELETE_PROJECTION: delete_projection,
    routes.GET_PROJECTION_URL: get_projection_url,
    routes.IMPORT_PROJECTIONS: import_projections,
}
