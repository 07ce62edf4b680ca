"""Importing a Pascal VOC file: one image with its objects."""

from __future__ import annotations

import os

from asyncsdk.enums import AnnotationExportKey
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.import_result import ImportResult
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category
from asyncsdk.formats.voc_reading import read_voc
from asyncsdk.resources.import_assets import Found, find_by_name
from asyncsdk.resources.import_fitting import Fitting, Target
from asyncsdk.resources.import_labels import plan_labels
from asyncsdk.resources.import_options import ImportOptions, file_at, read_file
from asyncsdk.resources.import_run import finish_import
from asyncsdk.resources.import_staging import open_staging
from asyncsdk.resources.import_version import read_version

__all__ = ["import_voc"]


async def import_voc(
    options: ImportOptions, path: str | os.PathLike[str], *, one_based: bool
) -> ImportResult:
    """Import a Pascal VOC file; one without objects makes an annotation without shapes.

    Args:
        options: how.
        path: the file.
        one_based: whether the file counts pixels from 1.

    Raises:
        MissingFileError: there is no such file.
        FormatError: the file breaks the format.
    """
    file = await in_file_thread(file_at, path, "file_path")
    version = await read_version(options)
    loss = LossReport()
    content = await in_file_thread(read_file, file)
    image = await in_file_thread(read_voc, content, file.name, loss, one_based=one_based)
    categories = [Category(name=name) for name in dict.fromkeys(one.label for one in image.objects)]
    plan = await plan_labels(options, version, categories, file.name, loss)
    found = await _find(options, image.name, image.base_name)
    async with open_staging() as staging:
        fitting = Fitting(options, version.type, staging, plan, loss)
        asset = found.assets.get(image.name)
        if reason := found.reason(image.name):
            fitting.skip(image.name, reason)
        elif asset is not None:
            target = Target(
                file=file.name,
                name=image.name,
                place=image.place,
                asset_id=asset.id,
                size=asset.data.meta,
                said_size=(image.width, image.height),
            )
            await in_file_thread(fitting.add, target, image.objects)
        return await finish_import(options, staging, plan, files=[file], loss=loss, skipped=fitting.skipped)


async def _find(options: ImportOptions, name: str, base: str) -> Found:
    """Find the asset by its name, or where that has folders and is none, by its base name."""
    found = await find_by_name(options, [name])
    if name in found or name == base or options.export_key is not AnnotationExportKey.FILENAME:
        return found
    by_base = await find_by_name(options, [base])
    asset = by_base.assets.get(base)
    return Found({} if asset is None else {name: asset}, frozenset({name} if by_base.several else ()))
