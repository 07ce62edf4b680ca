"""Files of annotations: built in a thread, batch by batch, and put into the object storage for a day."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, closing
from typing import Any, BinaryIO, Final

import attrs

from asyncsdk.enums import AnnotationFileType
from asyncsdk.errors import BadRequestError
from asyncsdk.flow.members import member_stems
from asyncsdk.formats.building import Builder, Building, coco_builder, folder_builder
from asyncsdk.formats.categories import CategoryBook
from asyncsdk.formats.folders import ZipFolder
from asyncsdk.formats.loss import LossReport
from asyncsdk.records import codec
from asyncsdk.records.exports import AnnotationExport, ExportedFile, ExportLoss
from asyncsdk.server.handlers.call import Call, Handler
from asyncsdk.server.handlers.generations import is_old_client
from asyncsdk.server.services.annotation_exporting import (
    ExportBatch,
    ExportPlan,
    export_batch,
    export_names,
    plan_export,
)
from asyncsdk.server.services.garbage import discard_later
from asyncsdk.server.store.ids import new_id
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]

_KEPT_S: Final = 24 * 3600
_IN_MEMORY_BYTES: Final = 1024 * 1024
_PIECE_BYTES: Final = 512 * 1024
_TOLD_LOSSES: Final = 1_000


async def export(call: Call) -> dict[str, Any]:
    """Build a file of the version's annotations."""
    request, version = call.body(AnnotationExport), call.id("version")
    if request.export_video and request.type is not AnnotationFileType.COCO:
        raise BadRequestError("export_video: only files of type COCO hold videos", status=400)
    plan = await call.read(plan_export(call.scope, version, request))
    extension, media_type = "zip", "application/zip"
    if request.type is AnnotationFileType.COCO:
        extension, media_type = "json", "application/json"
    name = f"{new_id()}/annotations/{version}_annotations.{extension}"
    loss = LossReport()
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as file:
        await _build(call, plan, loss, file)  # type: ignore[arg-type]
        await call.platform.store.write(discard_later(plan.connector, name, _KEPT_S))
        await call.platform.blobs.put(plan.connector, name, media_type, _pieces(file))  # type: ignore[arg-type]
    url = call.platform.blobs.sign_download(plan.connector, name)
    made = ExportedFile(object_name=name, presigned_url=url)
    answer: dict[str, Any] = codec.dump(made if call.platform.strict_protocol else _with_losses(made, loss))
    return answer


async def _build(call: Call, plan: ExportPlan, loss: LossReport, file: BinaryIO) -> None:
    """Write the file; each batch is a snapshot of its own, so that no long read holds up the database."""
    is_coco = plan.request.type is AnnotationFileType.COCO
    building = Building(
        type=plan.request.type,
        inference_type=plan.type,
        book=CategoryBook.of(plan.categories),
        loss=loss,
        is_video=plan.request.export_video,
        is_elder=is_old_client(call.request.headers.get("User-Agent")),
        stems={} if is_coco else member_stems(await _names(call, plan)),
    )
    with ExitStack() as stack:
        if is_coco:
            builder = coco_builder(building, file)
        else:
            builder = folder_builder(building, stack.enter_context(ZipFolder(file)))
        stack.enter_context(closing(builder))
        try:
            await _add_assets(call, plan, builder)
            await asyncio.to_thread(builder.finish)
        finally:
            await asyncio.to_thread(stack.close)


async def _add_assets(call: Call, plan: ExportPlan, builder: Builder) -> None:
    def add(batch: ExportBatch) -> None:
        for asset in batch.annotated():
            builder.add(asset)

    at: int | None = plan.start
    while at is not None:
        batch, at = await call.read(export_batch(plan, at))
        await asyncio.to_thread(add, batch)


async def _names(call: Call, plan: ExportPlan) -> dict[str, str]:
    names: dict[str, str] = {}
    at: int | None = plan.start
    while at is not None:
        some, at = await call.read(export_names(plan, at))
        names |= some
    return names


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
        yield piece


def _with_losses(made: ExportedFile, loss: LossReport) -> ExportedFile:
    told = [ExportLoss(one.file, one.place, one.kind, one.rule, one.reason) for one in loss]
    return attrs.evolve(made, losses=tuple(told[:_TOLD_LOSSES]), loss_counts=loss.counts or None)


HANDLERS: dict[Route, Handler] = {routes.EXPORT_ANNOTATIONS: export}
