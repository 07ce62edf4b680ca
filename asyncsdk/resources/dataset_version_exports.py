"""Dataset versions: files of their annotations, built by the platform or here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import attrs

from asyncsdk.enums import AnnotationExportKey, AnnotationFileType, AnnotationStatus
from asyncsdk.formats.coco_file import COCOFile
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources import annotation_export, local_building
from asyncsdk.resources.arguments import as_target
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.worker import Worker

__all__ = ["DatasetVersionExports"]


@attrs.define(eq=False, repr=False)
class DatasetVersionExports(Resource[DatasetVersionRecord]):
    """Files of the annotations of a dataset version.

    A file has the newest annotation of each asset that fits the filters; assets without one are left out.
    All ways give the same content for the same filters: assets in listing order, or in that of `assets`.
    """

    async def export_annotation_file(
        self,
        annotation_file_type: AnnotationFileType | str,
        target_path: str | os.PathLike[str] = "./",
        assets: MultiAsset | Sequence[Asset] | None = None,
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        force_replace: bool = True,
        export_video: bool = False,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
        loss: LossReport | None = None,
    ) -> Path:
        """Let the platform build a file of annotations, and download it.

        The file lies below `target_path` under the name that the platform gives it; requests that ask for
        different things give different paths. COCO is a JSON file, the others are zip archives with a file
        for each asset.

        Args:
            annotation_file_type: COCO, PASCAL_VOC or YOLO.
            target_path: the folder; made when it is missing.
            assets: only these; an empty list exports nothing.
            worker: only annotations of this worker.
            status: only annotations with this status.
            force_replace: replace a file that is there; else it must be the same as the new one.
            export_video: export videos with their tracks, instead of images; only COCO can.
            use_id: call assets `<asset id><extension>` in the file, as `download(use_id=True)` does.
            export_key: what to call assets by in the file; goes before `use_id`.
            loss: takes what the file cannot hold, as far as the platform tells it.

        Returns:
            The file.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            NotSupportedError: the platform may ignore the worker; nothing was sent.
            TransferError: it could not be downloaded, or another file is there and is not to be replaced.

        Example:
            >>> from asyncsdk import AnnotationFileType
            >>> async def export(version) -> None:
            ...     path = await version.export_annotation_file(AnnotationFileType.COCO, "./")
        """
        request = annotation_export.export_request(
            self.id,
            annotation_file_type,
            assets=assets,
            worker=worker,
            status=status,
            export_video=export_video,
            use_id=use_id,
            export_key=export_key,
        )
        target = as_target(target_path, "target_path")
        return await annotation_export.export_file(
            self._connection, self.id, request, target, force_replace=force_replace, loss=loss
        )

    async def build_coco_file_locally(
        self,
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        enforced_ordered_categories: Sequence[str] | None = None,
        assets: MultiAsset | Sequence[Asset] | None = None,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
        export_video: bool = False,
    ) -> COCOFile:
        """Build a COCO file here, in memory; `write_coco_file` does without much memory.

        Args:
            worker: only annotations of this worker.
            status: only annotations with this status.
            enforced_ordered_categories: names of labels that come first, in this order; the other labels
                follow in their own.
            assets: only these.
            use_id: call assets `<asset id><extension>` in the file, as `download(use_id=True)` does.
            export_key: what to call assets by in the file; goes before `use_id`.
            export_video: take videos with their tracks, instead of images.

        Returns:
            The file, with `loss`: what it cannot hold.

        Raises:
            InvalidArgumentError: an argument is not acceptable, or a category is there twice.
            NotFoundError: a category is no label of this version.

        Example:
            >>> async def build(version) -> None:
            ...     coco_file = await version.build_coco_file_locally()
            ...     coco_file.write("coco.json")
        """
        build = local_building.local_build(
            self._connection,
            self.id,
            AnnotationFileType.COCO,
            worker=worker,
            status=status,
            first=enforced_ordered_categories,
            assets=assets,
            use_id=use_id,
            export_key=export_key,
            export_video=export_video,
        )
        return await local_building.build_coco(build)

    async def write_coco_file(
        self,
        path: str | os.PathLike[str],
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        enforced_ordered_categories: Sequence[str] | None = None,
        assets: MultiAsset | Sequence[Asset] | None = None,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
        export_video: bool = False,
    ) -> LossReport:
        """Build a COCO file here and write it, in memory that does not grow with it.

        A file that is there is replaced once the new one is whole.

        Args:
            path: the file; missing folders are made.
            worker: only annotations of this worker.
            status: only annotations with this status.
            enforced_ordered_categories: names of labels that come first, in this order; the other labels
                follow in their own.
            assets: only these.
            use_id: call assets `<asset id><extension>` in the file, as `download(use_id=True)` does.
            export_key: what to call assets by in the file; goes before `use_id`.
            export_video: take videos with their tracks, instead of images.

        Returns:
            What the file cannot hold.

        Raises:
            InvalidArgumentError: an argument is not acceptable, or a category is there twice.
            NotFoundError: a category is no label of this version.
            TransferError: the file cannot be written.

        Example:
            >>> async def build(version) -> None:
            ...     print(await version.write_coco_file("coco.json", status="accepted"))
        """
        build = local_building.local_build(
            self._connection,
            self.id,
            AnnotationFileType.COCO,
            worker=worker,
            status=status,
            first=enforced_ordered_categories,
            assets=assets,
            use_id=use_id,
            export_key=export_key,
            export_video=export_video,
        )
        return await local_building.write_coco(build, path)

    async def write_voc_files(
        self,
        target_path: str | os.PathLike[str],
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        assets: MultiAsset | Sequence[Asset] | None = None,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
    ) -> LossReport:
        """Build Pascal VOC files here and write them, `<name of the asset>.xml` for each.

        Files that are there are replaced one by one; others are left alone.

        Args:
            target_path: the folder; made when it is missing.
            worker: only annotations of this worker.
            status: only annotations with this status.
            assets: only these.
            use_id: call assets by their ids, as `download(use_id=True)` does.
            export_key: what to call assets by; goes before `use_id`.

        Returns:
            What the files cannot hold, and which are named otherwise as two assets have one name.

        Raises:
            InvalidArgumentError: an argument is not acceptable.
            TransferError: a file cannot be written.
        """
        build = local_building.local_build(
            self._connection,
            self.id,
            AnnotationFileType.PASCAL_VOC,
            worker=worker,
            status=status,
            assets=assets,
            use_id=use_id,
            export_key=export_key,
        )
        return await local_building.write_folder(build, as_target(target_path, "target_path"))

    async def write_yolo_files(
        self,
        target_path: str | os.PathLike[str],
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        enforced_ordered_categories: Sequence[str] | None = None,
        assets: MultiAsset | Sequence[Asset] | None = None,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
    ) -> LossReport:
        """Build YOLO files here and write them: `<name of the asset>.txt` for each, and `data.yaml`.

        They hold boxes, polygons in a segmentation version, keypoints in a keypoint version and classes in
        a classification version. Tools find the images in the same folder.

        Args:
            target_path: the folder; made when it is missing.
            worker: only annotations of this worker.
            status: only annotations with this status.
            enforced_ordered_categories: names of labels that are the first classes, in this order.
            assets: only these.
            use_id: call assets by their ids, as `download(use_id=True)` does.
            export_key: what to call assets by; goes before `use_id`.

        Returns:
            What the files cannot hold, and which are named otherwise as two assets have one name.

        Raises:
            InvalidArgumentError: an argument is not acceptable, or a class is there twice.
            NotFoundError: a class is no label of this version.
            TransferError: a file cannot be written.
        """
        build = local_building.local_build(
            self._connection,
            self.id,
            AnnotationFileType.YOLO,
            worker=worker,
            status=status,
            first=enforced_ordered_categories,
            assets=assets,
            use_id=use_id,
            export_key=export_key,
        )
        return await local_building.write_folder(build, as_target(target_path, "target_path"))

    async def build_pascal_voc_locally(
        self,
        target_path: str | os.PathLike[str],
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        assets: MultiAsset | Sequence[Asset] | None = None,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
    ) -> Path:
        """Write Pascal VOC files as `write_voc_files` does, and return the folder.

        Args:
            target_path: the folder; made when it is missing.
            worker: only annotations of this worker.
            status: only annotations with this status.
            assets: only these.
            use_id: call assets by their ids, as `download(use_id=True)` does.
            export_key: what to call assets by; goes before `use_id`.
        """
        folder = as_target(target_path, "target_path")
        await self.write_voc_files(folder, worker, status, assets, use_id, export_key=export_key)
        return folder
