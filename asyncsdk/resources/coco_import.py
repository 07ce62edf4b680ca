"""Importing a COCO file: read once, joined with its assets, fitted asset by asset, sent in chunks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import anyio

from asyncsdk.enums import AnnotationExportKey, InferenceType
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.files import reading
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.import_result import ImportResult, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.collection import rare_collection
from asyncsdk.resources.coco_boxes import BoxFitting
from asyncsdk.resources.coco_staging import CocoStaging
from asyncsdk.resources.import_assets import find_by_name
from asyncsdk.resources.import_fitting import Fitting
from asyncsdk.resources.import_labels import plan_labels
from asyncsdk.resources.import_options import ImportOptions, file_at, read_type
from asyncsdk.resources.import_run import finish_import
from asyncsdk.resources.import_staging import Staging, in_steps, open_staging

__all__ = ["import_coco"]


async def import_coco(
    options: ImportOptions, path: str | os.PathLike[str], *, clear_empty: bool
) -> ImportResult:
    """Import a COCO file.

    Args:
        options: how.
        path: the file.
        clear_empty: whether images of the file without objects get an annotation without shapes.

    Raises:
        MissingFileError: there is no such file.
        FormatError: it is not a COCO file with objects, or broken.
    """
    file = await in_file_thread(file_at, path, "file_path")
    inference_type = await read_type(options)
    loss = LossReport()
    with rare_collection():
        return await _import(options, file, inference_type, loss, clear_empty=clear_empty)


async def _import(
    options: ImportOptions, file: Path, inference_type: InferenceType, loss: LossReport, *, clear_empty: bool
) -> ImportResult:
    async with open_staging() as staging:
        fitting = await _gather(options, file, inference_type, staging, loss, clear_empty=clear_empty)
        return await finish_import(
            options, staging, fitting.plan, files=[file], loss=loss, skipped=fitting.skipped
        )


async def _gather(
    options: ImportOptions,
    file: Path,
    inference_type: InferenceType,
    staging: Staging,
    loss: LossReport,
    *,
    clear_empty: bool,
) -> Fitting:
    """Read the file, and put into the staging place what is to be sent; nothing else of the file is kept."""
    coco = CocoStaging(staging, file.name, loss)
    with reading(file), await in_file_thread(file.open, "rb") as stream:
        await in_steps(coco.read(stream))
    plan = await plan_labels(options, inference_type, coco.categories.categories, file.name, loss)
    await _match(options, coco)
    fitting = Fitting(options, inference_type, staging, plan, loss)
    await in_steps(_fit(coco, fitting, clear_empty=clear_empty))
    return fitting


async def _match(options: ImportOptions, coco: CocoStaging) -> None:
    """Find the assets of the images: by their names, and for names with folders by their base names."""
    await _match_some(options, coco, by_base=False)
    if options.export_key is AnnotationExportKey.FILENAME:
        await in_file_thread(coco.store.mark_folders)
        await _match_some(options, coco, by_base=True)
    await in_file_thread(coco.join)


async def _match_some(options: ImportOptions, coco: CocoStaging, *, by_base: bool) -> None:
    """Look names up, a request of them at a time; the store is asked by one worker at a time."""
    limits, store, turn, last = options.connection.settings.limits, coco.store, anyio.Lock(), 0

    async def work(_: int) -> None:
        nonlocal last
        while True:
            async with turn:
                some = await in_file_thread(store.unmatched, last, limits.ids_per_request, by_base=by_base)
                if not some:
                    return
                last = some[-1][0]
            found = await find_by_name(options, [wanted for _, wanted in some])
            assets, several = found.assets, found.several
            known = [(n, assets.get(name)) for n, name in some if name in assets or name in several]
            async with turn:
                await in_file_thread(store.set_assets, known)

    await map_bounded(work, range(limits.read_ahead), limit=limits.read_ahead)


def _fit(coco: CocoStaging, fitting: Fitting, *, clear_empty: bool) -> Iterator[None]:
    """Put the objects on their images, one image a step."""
    fitting.skipped.extend(coco.skipped())
    yield
    boxes = BoxFitting(coco, fitting)
    for images, rows in coco.store.groups():
        yield
        if boxes.add(images, rows):
            continue
        target, objects = coco.target(images), coco.objects(rows)
        if not objects:  # they were there, under categories that are not
            fitting.skip(target.name, SkipReason.NOTHING_LEFT)
        else:
            fitting.add(target, objects)
    for images in coco.store.without_objects():
        target = coco.target(images)
        if clear_empty:
            fitting.add(target, [])
        else:
            fitting.skip(target.name, SkipReason.NO_OBJECTS)
        yield
