"""Processings: in the paths of both generations, and launching them."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import ConflictError, FormatError
from asyncsdk.records.processings import (
    LaunchOnDatalake,
    LaunchOnVersion,
    NewProcessing,
    ProcessingInput,
    ProcessingInputPatch,
    ProcessingLaunch,
    ProcessingPatch,
)
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.processes.offer import Offer
from asyncsdk.server.services import processing_inputs, processings
from asyncsdk.server.services.processing_launch import launch
from asyncsdk.server.services.processing_targets import (
    Target,
    datalake_target,
    model_version_target,
    version_target,
)
from asyncsdk.server.store.base import Work
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_processing(call: Call) -> Answer:
    """Create a processing."""
    body = call.body(NewProcessing)
    return await call.write(processings.create_processing(call.scope, call.id("org"), body), 201)


async def list_processings(call: Call) -> dict[str, Any]:
    """List the organization's processings."""
    return await call.read(processings.list_processings(call.scope, call.id("org"), call.list_request()))


async def find_processing(call: Call) -> dict[str, Any]:
    """Find a processing by its name."""
    name = call.required_text("name")
    return await call.read(processings.find_processing(call.scope, call.id("org"), name))


async def find_public_processing(call: Call) -> dict[str, Any]:
    """Find a public processing by its name."""
    return await call.read(processings.find_public_processing(call.required_text("name")))


async def get_processing(call: Call) -> dict[str, Any]:
    """Read a processing."""
    return await call.read(processings.get_processing(call.scope, call.id("processing")))


async def update_processing(call: Call) -> Answer:
    """Change a processing."""
    body = call.body(ProcessingPatch)
    return await call.write(processings.update_processing(call.scope, call.id("processing"), body))


async def delete_processing(call: Call) -> Answer:
    """Delete a processing."""
    return await call.write(processings.delete_processing(call.scope, call.id("processing")))


async def list_inputs(call: Call) -> dict[str, Any]:
    """List the inputs of a processing."""
    return await call.read(processing_inputs.list_inputs(call.scope, call.id("processing")))


async def add_input(call: Call) -> Answer:
    """Declare an input of a processing."""
    body = call.body(ProcessingInput)
    return await call.write(processing_inputs.add_input(call.scope, call.id("processing"), body), 201)


async def update_input(call: Call) -> Answer:
    """Change an input of a processing."""
    body, name = call.body(ProcessingInputPatch), call.path_text("input_name")
    return await call.write(processing_inputs.update_input(call.scope, call.id("processing"), name, body))


async def delete_input(call: Call) -> Answer:
    """Take an input of a processing away."""
    name = call.path_text("input_name")
    return await call.write(processing_inputs.delete_input(call.scope, call.id("processing"), name))


async def launch_on_version(call: Call) -> Answer:
    """Launch a processing on a dataset version."""
    body = call.body(LaunchOnVersion)
    return await _launch(call, version_target(call.scope, call.id("version"), body.asset_ids), body)


async def launch_on_datalake(call: Call) -> Answer:
    """Launch a processing on data of a datalake."""
    body = call.body(LaunchOnDatalake)
    return await _launch(call, datalake_target(call.scope, call.id("datalake"), body.data_ids), body)


async def launch_on_model_version(call: Call) -> Answer:
    """Launch a processing on a model version."""
    return await _launch(
        call, model_version_target(call.scope, call.id("model_version")), call.body(ProcessingLaunch)
    )


async def _launch(call: Call, target: Work[Target], body: ProcessingLaunch) -> Answer:
    answer = await call.write(launch(call.scope, target, body, await _offer(call)))
    call.platform.wake_processings()
    return answer


async def _offer(call: Call) -> Offer:
    try:
        return await call.platform.registry.current()
    except FormatError as error:
        raise ConflictError(
            f"an administrator of the platform has to mend a file: {error}", status=409
        ) from error


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_PROCESSING: create_processing,
    routes.LIST_PROCESSINGS: list_processings,
    routes.FIND_PROCESSING: find_processing,
    routes.FIND_PUBLIC_PROCESSING: find_public_processing,
    routes.GET_PROCESSING: get_processing,
    routes.UPDATE_PROCESSING: update_processing,
    routes.DELETE_PROCESSING: delete_processing,
    routes.CREATE_PROCESSING_OLD: create_processing,
    routes.LIST_PROCESSINGS_OLD: list_processings,
    routes.UPDATE_PROCESSING_OLD: update_processing,
    routes.DELETE_PROCESSING_OLD: delete_processing,
    routes.LIST_PROCESSING_INPUTS: list_inputs,
    routes.ADD_PROCESSING_INPUT: add_input,
    routes.UPDATE_PROCESSING_INPUT: update_input,
    routes.DELETE_PROCESSING_INPUT: delete_input,
    routes.LAUNCH_ON_VERSION: launch_on_version,
    routes.LAUNCH_ON_DATALAKE: launch_on_datalake,
    routes.LAUNCH_ON_MODEL_VERSION: launch_on_model_version,
}
