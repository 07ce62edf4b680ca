"""Importing a COCO file: read once, joined with its assets, fitted asset by asset, sent in chunks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from asyncsdk.flow.bounded import both
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.import_result import ImportResult, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.collection import rare_collection
from asyncsdk.resources.coco_boxes import BoxFitting
from asyncsdk.resources.coco_matching import CocoMatching
from asyncsdk.resources.coco_staging import CocoStaging
from asyncsdk.resources.import_fitting import Fitting
from asyncsdk.resources.import_labels import plan_labels
from asyncsdk.resources.import_options import ImportOptions, file_at
from asyncsdk.resources.import_run import finish_import
from asyncsdk.resources.import_staging import Staging, in_steps, open_staging
from asyncsdk.resources.import_version import read_version

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
    loss = LossReport()
    with rare_collection():
        async with open_staging() as staging:
            fitting = await _gather(options, file, staging, loss, clear_empty=clear_empty)
            return await finish_import(
                options, staging, fitting.plan, files=[file], loss=loss, skipped=fitting.skipped
            )


async def _gather(
    options: ImportOptions, file: Path, staging: Staging, loss: LossReport, *, clear_empty: bool
) -> Fitting:
    """Read the file, and put into the staging place what is to be sent; nothing else of the file is kept.

    What is asked of the platform needs little of the file, or nothing: it is asked while the file is read.
    """
    coco = CocoStaging(staging, file.name, loss)
    matching = CocoMatching(options, coco)
    version, _ = await both(partial(read_version, options), partial(matching.read, file))
    plan = await plan_labels(options, version, coco.categories.categories, file.name, loss)
    await matching.finish()
    fitting = Fitting(options, version.type, staging, plan, loss)
    await in_steps(_fit(coco, fitting, clear_empty=clear_empty))
    return fitting


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
