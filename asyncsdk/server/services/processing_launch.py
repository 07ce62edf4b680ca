"""Launching a processing: everything is checked before there is a job."""

from __future__ import annotations

import orjson

from asyncsdk.enums import JobRunStatus
from asyncsdk.errors import BadRequestError
from asyncsdk.records.processings import ProcessingLaunch
from asyncsdk.server.processes.offer import Offer
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.services.processing_inputs import check_inputs
from asyncsdk.server.services.processing_runs import PROCESSING, add_run
from asyncsdk.server.services.processing_targets import Target
from asyncsdk.server.services.processings import check_units, require_processing
from asyncsdk.server.services.rules import Document, check_ids, json_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work

__all__ = ["launch"]


def launch(scope: Scope, target: Work[Target], body: ProcessingLaunch, offer: Offer) -> Work[Document]:
    """Start the job that runs a processing.

    Args:
        scope: who asks.
        target: finds what it is launched on.
        body: the processing, and what differs from its defaults.
        offer: what this machine can run.

    Raises:
        NotFoundError: there is no such target or processing.
        BadRequestError: the processing is for another kind of target, nobody has registered its image, its
            inputs are not met, or this machine has too few processors.
    """
    on = yield from target
    row = yield from _require(scope, on, body.processing_id)
    if row["target"] != on.kind.value:
        raise BadRequestError(
            f"{row['name']!r} is launched on a {row['target']}, not on a {on.kind}", status=400
        )
    image = f"{row['docker_image']}:{row['docker_tag']}"
    parameters = orjson.loads(row["default_parameters"]) | (body.parameters or {})
    json_text(parameters, "parameters")
    payload = {
        "processing": {"id": row["id"], "name": row["name"], "type": row["type"]},
        "image": image,
        "target": {"type": on.kind.value, "id": on.id},
        "ids": on.ids,
        "parameters": parameters,
        "inputs": (yield from check_inputs(scope, row, body.inputs or {})),
        "cpu": _units("cpu", body.cpu, row["default_cpu"], offer.cpus),
        "gpu": _units("gpu", body.gpu, row["default_gpu"], offer.gpus),
    }
    if image not in offer.programs:
        raise BadRequestError(
            f"no program is registered for the image {image!r}: an administrator of the platform adds it to "
            f"{offer.source}",
            status=400,
        )
    job = yield from add_job(
        NewJob(
            organization=on.organization,
            version=on.version,
            generation=2,
            kind=PROCESSING,
            payload=payload,
            status=JobRunStatus.QUEUED,
        )
    )
    yield from add_run(scope, job["id"], row["seq"], on.model_version)
    return job


def _require(scope: Scope, on: Target, processing_id: str) -> Work[Row]:
    """A processing is launched on things of its own organization; a public one on everybody's."""
    row = yield from require_processing(scope, check_ids([processing_id], "processing_id")[0])
    return row if row["organization"] in (None, on.organization) else one((), "processing")


def _units(what: str, asked: int | None, default: int, most: int) -> int:
    wanted = check_units(default if asked is None else asked, what)
    if wanted > most:
        raise BadRequestError(f"{what}: {wanted} are asked for, but the platform has {most}", status=400)
    return wanted
