"""Building files of annotations here, from what the platform tells: the same bytes as its own exports."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import attrs

from asyncsdk.enums import AnnotationExportKey, AnnotationFileType, AnnotationStatus, InferenceType
from asyncsdk.flow.bounded import both
from asyncsdk.flow.files import landing_whole, writing, written_whole
from asyncsdk.flow.members import member_stems
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.annotated import AnnotatedAsset
from asyncsdk.formats.building import Builder, Building, coco_builder, folder_builder
from asyncsdk.formats.categories import CategoryBook, categories_of
from asyncsdk.formats.coco_building import CocoFileBuilder
from asyncsdk.formats.coco_file import COCOFile, target_of
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.collection import rare_collection
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources import labelling
from asyncsdk.resources.annotated_assets import AnnotatedAssets, export_key_of, outlines_of
from asyncsdk.resources.annotation_listing import selection_of
from asyncsdk.resources.arguments import as_list, as_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.worker import Worker
from asyncsdk.wire import routes

__all__ = ["LocalBuild", "build_coco", "local_build", "write_coco", "write_folder"]

_ASSETS_AT_ONCE = 500
"""Assets that are built in one go, while a cancellation waits."""


@attrs.frozen(kw_only=True)
class LocalBuild:
    """What is built."""

    assets: AnnotatedAssets
    type: AnnotationFileType
    first: Sequence[str] | None
    """Names of the categories that come first."""

    loss: LossReport

    @property
    def connection(self) -> Connection:
        """The platform."""
        return self.assets.connection

    @property
    def version_id(self) -> str:
        """The dataset version."""
        return self.assets.chosen.version_id

    async def book(self) -> CategoryBook:
        """Return the categories.

        Raises:
            NotFoundError: one that is to be the first is no label.
            InvalidArgumentError: one is there twice.
        """
        place = self.connection, self.version_id
        labels, (groups, skeletons) = await both(
            partial(labelling.list_labels, *place),
            partial(both, partial(labelling.list_groups, *place), partial(labelling.list_skeletons, *place)),
        )
        return CategoryBook.of(categories_of(labels, groups, skeletons.items), self.first)

    async def building(self) -> Building:
        """Return what the builders want to know."""
        inference_type, stems = InferenceType.NOT_CONFIGURED, {}
        if self.type is AnnotationFileType.YOLO:  # the version here may be an old one
            record = await self.connection.call(
                routes.GET_VERSION, DatasetVersionRecord, version=self.version_id
            )
            inference_type = record.type
        if self.type is not AnnotationFileType.COCO:
            stems = member_stems(await self.assets.names())
        return Building(
            type=self.type,
            inference_type=inference_type,
            book=await self.book(),
            loss=self.loss,
            is_video=self.assets.only_videos,
            stems=stems,
        )


def local_build(
    connection: Connection,
    version_id: str,
    file_type: AnnotationFileType,
    *,
    worker: Worker | None = None,
    status: AnnotationStatus | str | None = None,
    first: Sequence[str] | None = None,
    assets: Any = None,
    use_id: bool = False,
    export_key: AnnotationExportKey | str | None = None,
    export_video: bool = False,
    loss: LossReport | None = None,
) -> LocalBuild:
    """Return what arguments say of a file that is to be built.

    Raises:
        InvalidArgumentError: an argument is not acceptable; nothing was sent.
    """
    return LocalBuild(
        assets=AnnotatedAssets(
            connection=connection,
            chosen=selection_of(version_id, worker, status),
            assets=outlines_of(assets, version_id),
            key=export_key_of(export_key, use_id=use_id),
            only_videos=export_video,
            boxed=file_type is AnnotationFileType.COCO and not export_video,
        ),
        type=file_type,
        first=None if first is None else _category_names(first),
        loss=LossReport() if loss is None else loss,
    )


def _category_names(names: Sequence[str]) -> list[str]:
    """Return names as a list, once each is a text; one that is there twice is told by `book`."""
    given = as_list(names)
    as_names(given, "enforced_ordered_categories")
    return given


async def build_coco(build: LocalBuild) -> COCOFile:
    """Return a COCO file in memory."""
    with rare_collection():
        book, assets = await both(build.book, build.assets.read_at_once)
        builder = CocoFileBuilder(book, build.loss, is_video=build.assets.only_videos)
        while await in_file_thread(_add_all, builder, islice(assets, _ASSETS_AT_ONCE)):
            pass
        return builder.file()


async def write_coco(build: LocalBuild, path: str | os.PathLike[str]) -> LossReport:
    """Write a COCO file in bounded memory; one that is there stays until the new one is whole."""
    target = await in_file_thread(target_of, path)
    building = await build.building()
    async with landing_whole(target) as sink:
        await _run(build, coco_builder(building, sink))
    return build.loss


async def write_folder(build: LocalBuild, path: Path) -> LossReport:
    """Write a folder of Pascal VOC or YOLO files; each one that is there stays until the new one is whole."""
    building = await build.building()
    with writing(path):
        await in_file_thread(path.mkdir, parents=True, exist_ok=True)
    await _run(build, folder_builder(building, _DiskFolder(path)))
    return build.loss


async def _run(build: LocalBuild, builder: Builder) -> None:
    """Give a builder all assets; its work is done in a thread."""
    try:
        async with build.assets.read() as batches:
            async for some in batches:
                await in_file_thread(_add_all, builder, some)
        await in_file_thread(builder.finish)
    finally:
        builder.close()


def _add_all(builder: Builder | CocoFileBuilder, assets: Iterable[AnnotatedAsset]) -> int:
    """Give a builder some assets, and return how many they were."""
    added = 0
    for asset in assets:
        builder.add(asset)
        added += 1
    return added


@attrs.frozen
class _DiskFolder:
    """A folder of the disk; blocking."""

    path: Path

    def add(self, name: str, content: bytes) -> None:
        with written_whole(self.path / name) as file:
            file.write(content)
