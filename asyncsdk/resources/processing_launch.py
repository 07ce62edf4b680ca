"""Launching processings: what can be known here is checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncsdk.enums import ProcessingTargetType
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.jobs import JobRecord
from asyncsdk.records.processings import LaunchOnDatalake, LaunchOnVersion, ProcessingLaunch
from asyncsdk.resources.annotation_loading import asset_ids_of
from asyncsdk.resources.arguments import as_json_object, check_count
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data import Data, MultiData, data_ids_of
from asyncsdk.resources.job import Job
from asyncsdk.resources.processing import Processing
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["launch_on_datalake", "launch_on_model_version", "launch_on_version", "options_of"]


def options_of(
    processing: Processing,
    target: ProcessingTargetType,
    parameters: Mapping[str, Any] | None,
    cpu: int | None,
    gpu: int | None,
    inputs: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return what every launch says.

    Raises:
        InvalidArgumentError: it is no processing, or one for other targets, or something is out of its range.
    """
    if not isinstance(processing, Processing):
        raise InvalidArgumentError(
            f"{processing!r} is no Processing; find one with client.get_processing(name)"
        )
    if processing.target not in (None, target):
        raise InvalidArgumentError(
            f"the processing {processing.name!r} is launched on a {processing.target}, not on a {target}"
        )
    return {
        "processing_id": processing.id,
        "parameters": as_json_object(parameters, "parameters"),
        "cpu": check_count(cpu, "cpu"),
        "gpu": check_count(gpu, "gpu"),
        "inputs": as_json_object(inputs, "inputs") or {},
    }


async def launch_on_version(
    connection: Connection,
    version_id: str,
    assets: Asset | Sequence[Asset] | MultiAsset | None,
    options: dict[str, Any],
    *,
    wait: bool,
) -> Job:
    """Launch a processing on a dataset version, or on some of its assets."""
    ids = asset_ids_of(assets, version_id)
    if ids == ():
        raise InvalidArgumentError("assets: give at least one, or None for the whole version")
    body = LaunchOnVersion(asset_ids=ids, **options)
    return await _launch(connection, routes.LAUNCH_ON_VERSION, body, wait=wait, version=version_id)


async def launch_on_datalake(
    connection: Connection,
    datalake_id: str,
    data: Data | Sequence[Data] | MultiData,
    options: dict[str, Any],
    *,
    wait: bool,
) -> Job:
    """Launch a processing on some data of a datalake."""
    body = LaunchOnDatalake(data_ids=tuple(data_ids_of(data)), **options)
    return await _launch(connection, routes.LAUNCH_ON_DATALAKE, body, wait=wait, datalake=datalake_id)


async def launch_on_model_version(
    connection: Connection, version_id: str, options: dict[str, Any], *, wait: bool
) -> Job:
    """Launch a processing on a model version."""
    body = ProcessingLaunch(**options)
    return await _launch(
        connection, routes.LAUNCH_ON_MODEL_VERSION, body, wait=wait, model_version=version_id
    )


async def _launch(
    connection: Connection, route: Route, body: ProcessingLaunch, *, wait: bool, **variables: str
) -> Job:
    record = await connection.call(route, JobRecord, body=body, query=None, **variables)
    job = Job(connection, [record], generation=2)
    if wait:
        await job.wait()
    return job
