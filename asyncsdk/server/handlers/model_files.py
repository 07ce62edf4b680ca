"""Files of model versions."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.records.models import NewModelFile
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.uploaded import uploaded_object
from asyncsdk.server.services import model_files
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_file(call: Call) -> Answer:
    """Create a file from an uploaded object."""
    body, version_id = call.body(NewModelFile), call.id("model_version")
    kept = await call.kept_answer()
    if kept is not None:
        return kept
    home = await call.read(model_files.require_home(call.scope, version_id, body.object_name))
    stored = await uploaded_object(call, home["connector_id"], body.object_name)
    if call.platform.strict_protocol:
        body = attrs.evolve(body, replace=None)
    documents = call.platform.documents
    answer = await call.write(
        model_files.create_model_file(call.scope, version_id, body, stored.size_bytes, documents), 201
    )
    call.platform.wake_cleaner()
    return answer


async def list_files(call: Call) -> dict[str, Any]:
    """List the files of a version."""
    return await call.read(
        model_files.list_model_files(call.scope, call.id("model_version"), call.platform.documents)
    )


async def find_file(call: Call) -> dict[str, Any]:
    """Find a file of a version by its name."""
    version_id, name = call.id("model_version"), call.required_text("name")
    return await call.read(model_files.find_model_file(call.scope, version_id, name, call.platform.documents))


async def get_file(call: Call) -> dict[str, Any]:
    """Read a file."""
    return await call.read(
        model_files.get_model_file(call.scope, call.id("model_file"), call.platform.documents)
    )


async def delete_file(call: Call) -> Answer:
    """Delete a file."""
    answer = await call.write(model_files.delete_model_file(call.scope, call.id("model_file")))
    call.platform.wake_cleaner()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_MODEL_FILE: create_file,
    routes.LIST_MODEL_FILES: list_files,
    routes.FIND_MODEL_FILE: find_file,
    routes.GET_MODEL_FILE: get_file,
    routes.DELETE_MODEL_FILE: delete_file,
}
