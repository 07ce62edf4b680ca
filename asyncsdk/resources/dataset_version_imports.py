"""Dataset versions: importing annotation files."""

from __future__ import annotations

import os
from collections.abc import Sequence

import attrs

from asyncsdk.enums import AnnotationExportKey, AnnotationStatus, ImportAnnotationMode
from asyncsdk.flow.progress import ProgressOption
from asyncsdk.formats.import_result import ImportResult
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources.coco_import import import_coco
from asyncsdk.resources.coco_video_import import import_coco_video
from asyncsdk.resources.import_options import OnLoss, import_options
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.voc_import import import_voc
from asyncsdk.resources.worker import Worker
from asyncsdk.resources.yolo_import import import_yolo

__all__ = ["DatasetVersionImports"]


@attrs.define(eq=False, repr=False)
class DatasetVersionImports(Resource[DatasetVersionRecord]):
    """Importing annotations of a dataset version from files.

    All imports first read the whole file, find the assets and fit every object to the version's type; labels
    are made and annotations are sent only when that is done. What the type cannot hold is in `result.loss`.
    """

    async def import_annotations_coco_file(
        self,
        file_path: str | os.PathLike[str],
        worker: Worker | None = None,
        mode: ImportAnnotationMode | str = ImportAnnotationMode.REPLACE,
        force_create_label: bool = True,
        fail_on_asset_not_found: bool = True,
        status: AnnotationStatus | str | None = None,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
        clear_empty: bool = False,
        on_loss: OnLoss = "report",
        dry_run: bool = False,
        max_workers: int | None = None,
        progress: ProgressOption = None,
    ) -> ImportResult:
        """Import the annotations of a COCO file; memory does not follow the size of the file.

        An image is the asset of the same file name. Where there is none, a name with folders is the asset of its
        base name, if no other image of the file has that. Images that are one asset are joined. Images of
        the file without objects, and those of which no object can be kept, leave their assets alone.
        Supercategories become label groups: dots part the groups of a path.

        Broken off half-way, the same call goes on without doubling anything.

        Args:
            file_path: the file.
            worker: whose annotations they become; the user of the token when not given.
            mode: what happens to an annotation that the worker has on an asset: `REPLACE` deletes it,
                `CONCATENATE` adds to it, `KEEP` (or `SKIP`) leaves it and drops the new one. A member or its
                name.
            force_create_label: make labels, groups and skeletons that are missing; else a missing label is an
                error.
            fail_on_asset_not_found: fail, before anything is written, when an image is no asset; else such
                images are left out, and named in `result.skipped`.
            status: status of the annotations; `PENDING` for new ones when not given.
            use_id: the file calls its images by asset id, whatever their extension.
            export_key: what the file calls its images; overrules `use_id`.
            clear_empty: give images of the file without objects an annotation without shapes; under `REPLACE`
                it takes the place of the one that is there.
            on_loss: "raise" fails, before anything is written, when something cannot be kept as it is.
            dry_run: check everything, write nothing, and return the report.
            max_workers: most requests in flight; `None` takes 64, of two megabytes in all.
            progress: `None` shows a bar in a terminal or notebook, `False` nothing, a callable gets
                `ProgressEvent`s on the event loop's thread.

        Returns:
            Number of shapes by annotation id, with `loss` and `skipped`.

        Raises:
            MissingFileError: there is no such file.
            TransferError: the file cannot be read, or the temporary folder is full.
            FormatError: it is not a COCO file with objects, or broken, or has attributes that a label or the
                version does not allow; the text names the place.
            InvalidArgumentError: the version's type is not configured, or holds nothing that files have.
            NotFoundError: images are no assets, or labels are missing.
            ConflictError: several assets have the name of an image, or a skeleton has other keypoints.
            LossError: something is lost, and `on_loss` is "raise".
            LockedError: the version is locked.
            PartialFailure: an error half-way; its report is the result so far.
            OutcomeUnknownError: with `CONCATENATE`, nobody knows whether some annotations were added.

        Example:
            >>> async def bring_in(version) -> None:
            ...     result = await version.import_annotations_coco_file(file_path="coco.json")
            ...     print(len(result), "annotations,", result.loss)
        """
        options = import_options(
            self._connection,
            self.id,
            worker=worker,
            mode=mode,
            force_create_label=force_create_label,
            fail_on_asset_not_found=fail_on_asset_not_found,
            status=status,
            use_id=use_id,
            export_key=export_key,
            on_loss=on_loss,
            dry_run=dry_run,
            max_workers=max_workers,
            progress=progress,
        )
        return await import_coco(options, file_path, clear_empty=clear_empty)

    async def import_annotations_coco_video_file(
        self,
        file_path: str | os.PathLike[str],
        worker: Worker | None = None,
        mode: ImportAnnotationMode | str = ImportAnnotationMode.REPLACE,
        force_create_label: bool = True,
        fail_on_asset_not_found: bool = True,
        status: AnnotationStatus | str | None = None,
        use_id: bool = False,
        *,
        export_key: AnnotationExportKey | str | None = None,
        on_loss: OnLoss = "report",
        dry_run: bool = False,
        max_workers: int | None = None,
        progress: ProgressOption = None,
    ) -> ImportResult:
        """Import the tracks of a COCO video file, of the older or the younger generation.

        Videos are found like the images of `import_annotations_coco_file`. Boxes become keyframes of an
        OBJECT_DETECTION version, polygons those of a SEGMENTATION version, both of a MULTI version; a
        CLASSIFICATION version keeps the labels. The file is read into memory.

        Args:
            file_path: the file.
            worker: whose annotations they become; the user of the token when not given.
            mode: what happens to an annotation that the worker has on an asset: a member or its name.
            force_create_label: make labels and groups that are missing; else a missing label is an error.
            fail_on_asset_not_found: fail, before anything is written, when a video is no asset; else such
                videos are left out, and named in `result.skipped`.
            status: status of the annotations; `PENDING` for new ones when not given.
            use_id: the file calls its videos by asset id, whatever their extension.
            export_key: what the file calls its videos; overrules `use_id`.
            on_loss: "raise" fails, before anything is written, when something cannot be kept as it is.
            dry_run: check everything, write nothing, and return the report.
            max_workers: most requests in flight; `None` takes 64, of two megabytes in all.
            progress: `None` shows a bar in a terminal or notebook, `False` nothing, a callable gets
                `ProgressEvent`s on the event loop's thread.

        Returns:
            Number of shapes and tracks by annotation id, with `loss` and `skipped`.

        Raises:
            MissingFileError: there is no such file.
            TransferError: the file cannot be read, or the temporary folder is full.
            FormatError: it is not a COCO file with objects, or broken, or has attributes that a label or the
                version does not allow; the text names the place.
            InvalidArgumentError: the version's type is not configured, or holds nothing that files have.
            NotFoundError: videos are no assets, or labels are missing.
            ConflictError: several assets have the name of a video.
            LossError: something is lost, and `on_loss` is "raise".
            LockedError: the version is locked.
            PartialFailure: an error half-way; its report is the result so far.
            OutcomeUnknownError: with `CONCATENATE`, nobody knows whether some annotations were added.

        Example:
            >>> async def bring_in(version) -> None:
            ...     result = await version.import_annotations_coco_video_file(file_path="coco_vid.json")
            ...     print(result.skipped)
        """
        options = import_options(
            self._connection,
            self.id,
            worker=worker,
            mode=mode,
            force_create_label=force_create_label,
            fail_on_asset_not_found=fail_on_asset_not_found,
            status=status,
            use_id=use_id,
            export_key=export_key,
            on_loss=on_loss,
            dry_run=dry_run,
            max_workers=max_workers,
            progress=progress,
        )
        return await import_coco_video(options, file_path)

    async def import_annotation_voc_file(
        self,
        file_path: str | os.PathLike[str],
        worker: Worker | None = None,
        mode: ImportAnnotationMode | str = ImportAnnotationMode.REPLACE,
        force_create_label: bool = True,
        status: AnnotationStatus | str | None = None,
        *,
        use_id: bool = False,
        export_key: AnnotationExportKey | str | None = None,
        one_based: bool = False,
        on_loss: OnLoss = "report",
        dry_run: bool = False,
    ) -> ImportResult:
        """Import the annotation of one image from a Pascal VOC file.

        A file without objects makes an annotation without shapes, which under `REPLACE` takes the place of the
        one that is there.

        Args:
            file_path: the file.
            worker: whose annotation it becomes; the user of the token when not given.
            mode: what happens to an annotation that the worker has on the asset: a member or its name.
            force_create_label: make labels that are missing; else a missing label is an error.
            status: status of the annotation; `PENDING` for a new one when not given.
            use_id: the file calls its image by asset id, whatever its extension.
            export_key: what the file calls its image; overrules `use_id`.
            one_based: the file counts pixels from 1 and includes the last one, as those of the VOC challenges.
            on_loss: "raise" fails, before anything is written, when something cannot be kept as it is.
            dry_run: check everything, write nothing, and return the report.

        Returns:
            Number of shapes by annotation id, with `loss` and `skipped`.

        Raises:
            MissingFileError: there is no such file.
            TransferError: the file cannot be read, or the temporary folder is full.
            FormatError: the file breaks the format; the text names the line.
            InvalidArgumentError: the version's type is not configured, or holds nothing that files have.
            NotFoundError: the image is no asset, or a label is missing.
            ConflictError: several assets have the name of the image.
            LossError: something is lost, and `on_loss` is "raise".
            LockedError: the version is locked.
            OutcomeUnknownError: with `CONCATENATE`, nobody knows whether the annotation was added.

        Example:
            >>> async def bring_in(version) -> None:
            ...     await version.import_annotation_voc_file(file_path="voc.xml")
            ...     await version.import_annotation_voc_file("VOC2007/000027.xml", one_based=True)
        """
        options = import_options(
            self._connection,
            self.id,
            worker=worker,
            mode=mode,
            force_create_label=force_create_label,
            fail_on_asset_not_found=True,
            status=status,
            use_id=use_id,
            export_key=export_key,
            on_loss=on_loss,
            dry_run=dry_run,
            max_workers=1,
            progress=False,
        )
        return await import_voc(options, file_path, one_based=one_based)

    async def import_annotations_yolo_files(
        self,
        configuration_yaml_path: str | os.PathLike[str],
        file_paths: Sequence[str | os.PathLike[str]],
        worker: Worker | None = None,
        mode: ImportAnnotationMode | str = ImportAnnotationMode.REPLACE,
        force_create_label: bool = True,
        fail_on_asset_not_found: bool = True,
        status: AnnotationStatus | str | None = None,
        *,
        use_id: bool = False,
        export_key: AnnotationExportKey | str | None = None,
        on_loss: OnLoss = "report",
        dry_run: bool = False,
        max_workers: int | None = None,
        progress: ProgressOption = None,
    ) -> ImportResult:
        """Import label files of YOLO, each for the asset whose file name has the same stem.

        The version's type says what the lines hold: boxes, polygons, poses or classes. An empty file makes an
        annotation without shapes, which under `REPLACE` takes the place of the one that is there.

        Args:
            configuration_yaml_path: path of `data.yaml`, which names the classes.
            file_paths: label files; a folder stands for the `.txt` files below it, `classes.txt` left out unless an
                image has that name.
            worker: whose annotations they become; the user of the token when not given.
            mode: what happens to an annotation that the worker has on an asset: a member or its name.
            force_create_label: make labels and skeletons that are missing; else a missing label is an error.
            fail_on_asset_not_found: fail, before anything is written, when a file has no asset; else such
                files are left out, and named in `result.skipped`.
            status: status of the annotations; `PENDING` for new ones when not given.
            use_id: the files are named by asset id.
            export_key: what the files are named by, but for object names; overrules `use_id`.
            on_loss: "raise" fails, before anything is written, when something cannot be kept as it is.
            dry_run: check everything, write nothing, and return the report.
            max_workers: most requests in flight; `None` takes 64, of two megabytes in all.
            progress: `None` shows a bar in a terminal or notebook, `False` nothing, a callable gets
                `ProgressEvent`s on the event loop's thread.

        Returns:
            Number of shapes by annotation id, with `loss` and `skipped`.

        Raises:
            MissingFileError: a file is missing.
            TransferError: a file or folder cannot be read, or the temporary folder is full.
            FormatError: a file breaks the format; the text names file and line.
            InvalidArgumentError: the version's type is not configured, or holds nothing that files have.
            NotFoundError: files have no assets, or labels are missing.
            ConflictError: two files are of one asset, two assets have one stem, or a skeleton has other keypoints.
            LossError: something is lost, and `on_loss` is "raise".
            LockedError: the version is locked.
            PartialFailure: an error half-way; its report is the result so far.
            OutcomeUnknownError: with `CONCATENATE`, nobody knows whether some annotations were added.

        Example:
            >>> async def bring_in(version) -> None:
            ...     await version.import_annotations_yolo_files(
            ...         configuration_yaml_path="data.yaml", file_paths=["asset1.txt"]
            ...     )
            ...     await version.import_annotations_yolo_files("data.yaml", ["labels/train"])
        """
        options = import_options(
            self._connection,
            self.id,
            worker=worker,
            mode=mode,
            force_create_label=force_create_label,
            fail_on_asset_not_found=fail_on_asset_not_found,
            status=status,
            use_id=use_id,
            export_key=export_key,
            on_loss=on_loss,
            dry_run=dry_run,
            max_workers=max_workers,
            progress=progress,
        )
        return await import_yolo(options, configuration_yaml_path, file_paths)
