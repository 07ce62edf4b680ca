"""Models."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import NotFoundError
from asyncsdk.records.models import ModelPatch, NewModel
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import models
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_model(call: Call) -> Answer:
    """Create a model."""
    return await call.write(models.create_model(call.scope, call.id("org"), call.body(NewModel)), 201)


async def list_models(call: Call) -> dict[str, Any]:
    """List the organization's models."""
    return await call.read(models.list_models(call.scope, call.id("org"), call.list_request()))


async def find_model(call: Call) -> dict[str, Any]:
    """Find a model by name or id."""
    return await call.read(
        models.find_model(call.scope, call.id("org"), name=call.text("name"), model_id=call.optional_id("id"))
    )


async def list_public_models(call: Call) -> dict[str, Any]:
    """List the public models: there are none."""
    call.list_request()
    return {"items": [], "count": 0}


async def find_public_model(call: Call) -> dict[str, Any]:
    """Find a public model: there is none."""
    name = call.required_text("name")
    raise NotFoundError(f"no such public model {name!r}: all models here are private", status=404)


async def get_model(call: Call) -> dict[str, Any]:
    """Read a model with its tags."""
    return await call.read(models.get_model(call.scope, call.id("model")))


async def update_model(call: Call) -> Answer:
    """Change a model."""
    return await call.write(models.update_model(call.scope, call.id("model"), call.body(ModelPatch)))


async def delete_model(call: Call) -> Answer:
    """Delete a model."""
    answer = await call.write(models.delete_model(call.scope, call.id("model")))
    call.platform.wake_cleaner()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_MODEL: create_model,
    routes.LIST_MODELS: list_models,
    routes.FIND_MODEL: find_model,
    routes.LIST_PUBLIC_MODELS: list_public_models,
    routes.FIND_PUBLIC_MODEL: find_public_model,
    routes.LIST_PUBLIC_MODELS_OLD: list_public_models,
    routes.FIND_PUBLIC_MODEL_OLD: find_public_model,
    routes.GET_MODEL: get_model,
    routes.UPDATE_MODEL: update_model,
    routes.DELETE_MODEL: delete_model,
}
