"""Versions of models."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import NotFoundError
from asyncsdk.records.models import ModelVersionFields
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.uploaded import uploaded_object
from asyncsdk.server.services import model_versions
from asyncsdk.server.services.models import require_model
from asyncsdk.server.store.base import Row, Work
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_version(call: Call) -> Answer:
    """Create a version."""
    body, model_id = call.body(ModelVersionFields), call.id("model")
    kept = await call.kept_answer()
    if kept is not None:
        return kept
    await _check_thumbnail(call, body, require_model(call.scope, model_id))
    return await call.write(model_versions.create_model_version(call.scope, model_id, body), 201)


async def list_versions(call: Call) -> dict[str, Any]:
    """List the versions of a model."""
    return await call.read(
        model_versions.list_model_versions(call.scope, call.id("model"), call.list_request())
    )


async def find_version(call: Call) -> dict[str, Any]:
    """Find a version of a model by number or name."""
    return await call.read(
        model_versions.find_model_version(
            call.scope, call.id("model"), version=call.integer("version"), name=call.text("name")
        )
    )


async def find_version_by_id(call: Call) -> dict[str, Any]:
    """Find a version of the organization by id."""
    version_id = call.required_id("id")
    return await call.read(model_versions.find_model_version_by_id(call.scope, call.id("org"), version_id))


async def get_version(call: Call) -> dict[str, Any]:
    """Read a version with its tags."""
    return await call.read(model_versions.get_model_version(call.scope, call.id("model_version")))


async def update_version(call: Call) -> Answer:
    """Change a version."""
    body, version_id = call.body(ModelVersionFields), call.id("model_version")
    await _check_thumbnail(call, body, model_versions.require_model_version(call.scope, version_id))
    answer = await call.write(model_versions.update_model_version(call.scope, version_id, body))
    call.platform.wake_cleaner()
    return answer


async def delete_version(call: Call) -> Answer:
    """Delete a version."""
    answer = await call.write(model_versions.delete_model_version(call.scope, call.id("model_version")))
    call.platform.wake_cleaner()
    return answer


async def get_version_context(call: Call) -> dict[str, Any]:
    """Read how a version was made: no version has that, as the platform has no experiments."""
    await call.read(model_versions.require_model_version(call.scope, call.id("model_version")))
    raise NotFoundError("the model version was not made by an experiment: it has no context", status=404)


async def get_context(call: Call) -> dict[str, Any]:
    """Read a context: there is none, as the platform has no experiments."""
    raise NotFoundError(f"no such model context {call.id('model_context')}", status=404)


async def _check_thumbnail(call: Call, body: ModelVersionFields, home: Work[Row]) -> None:
    """Make sure that the thumbnail, where one is given, was uploaded to the storage of its organization."""
    if body.thumbnail_object_name is not None:
        connector = (await call.read(home))["connector_id"]
        await uploaded_object(call, connector, body.thumbnail_object_name, "thumbnail_object_name")


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_MODEL_VERSION: create_version,
    routes.LIST_MODEL_VERSIONS: list_versions,
    routes.FIND_MODEL_VERSION: find_version,
    routes.FIND_MODEL_VERSION_BY_ID: find_version_by_id,
    routes.GET_MODEL_VERSION: get_version,
    routes.UPDATE_MODEL_VERSION: update_version,
    routes.DELETE_MODEL_VERSION: delete_version,
    routes.GET_MODEL_VERSION_CONTEXT: get_version_context,
    routes.GET_PUBLIC_MODEL_VERSION_CONTEXT: get_version_context,
    routes.GET_MODEL_CONTEXT: get_context,
}
