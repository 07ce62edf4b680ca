"""The inputs of a processing."""

from __future__ import annotations

from asyncsdk.enums import Framework, InferenceType, ProcessingInputType, choose
from asyncsdk.records.paging import Items
from asyncsdk.records.processings import ProcessingInput, ProcessingInputPatch
from asyncsdk.resources.connection import Connection
from asyncsdk.wire import routes

__all__ = ["add_input", "list_inputs", "update_input"]


async def list_inputs(connection: Connection, processing_id: str) -> list[ProcessingInput]:
    """List the inputs of a processing."""
    found = await connection.call(
        routes.LIST_PROCESSING_INPUTS, Items[ProcessingInput], processing=processing_id
    )
    return found.items


async def add_input(
    connection: Connection,
    processing_id: str,
    name: str,
    input_type: ProcessingInputType | str,
    *,
    required: bool,
    inference_type: InferenceType | str | None,
    framework: Framework | str | None,
) -> ProcessingInput:
    """Declare an input."""
    body = ProcessingInput(
        name,
        choose(ProcessingInputType, input_type),
        required,
        None if inference_type is None else choose(InferenceType, inference_type),
        None if framework is None else choose(Framework, framework),
    )
    return await connection.call(
        routes.ADD_PROCESSING_INPUT, ProcessingInput, body=body, processing=processing_id
    )


async def update_input(
    connection: Connection,
    processing_id: str,
    name: str,
    *,
    required: bool,
    inference_type: InferenceType | str | None,
    framework: Framework | str | None,
) -> ProcessingInput:
    """Replace everything of an input but its name and its type."""
    body = ProcessingInputPatch(
        required,
        None if inference_type is None else choose(InferenceType, inference_type),
        None if framework is None else choose(Framework, framework),
    )
    return await connection.call(
        routes.UPDATE_PROCESSING_INPUT,
        ProcessingInput,
        body=body,
        processing=processing_id,
        input_name=name,
    )
