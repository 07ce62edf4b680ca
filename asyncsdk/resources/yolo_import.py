"""Importing YOLO label files: one file for each image, named by the stem of its name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from asyncsdk.enums import InferenceType
from asyncsdk.errors import ConflictError, FormatError, TransferError
from asyncsdk.flow.files import reading
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.import_result import ImportResult, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.stems import stem_of
from asyncsdk.formats.yolo_config import YoloConfig, YoloTask, read_yolo_config
from asyncsdk.formats.yolo_reading import read_yolo
from asyncsdk.resources.arguments import as_list, as_path
from asyncsdk.resources.import_assets import Found, find_by_stem
from asyncsdk.resources.import_fitting import Fitting, Target
from asyncsdk.resources.import_labels import plan_labels
from asyncsdk.resources.import_options import ImportOptions, file_at, read_file
from asyncsdk.resources.import_run import finish_import
from asyncsdk.resources.import_staging import in_steps, open_staging
from asyncsdk.resources.import_version import read_version

__all__ = ["import_yolo"]

_TASKS: Mapping[InferenceType, YoloTask] = {
    InferenceType.OBJECT_DETECTION: YoloTask.DETECT,
    InferenceType.SEGMENTATION: YoloTask.SEGMENT,
    InferenceType.MASK: YoloTask.SEGMENT,
    InferenceType.KEYPOINT: YoloTask.POSE,
    InferenceType.CLASSIFICATION: YoloTask.CLASSIFY,
}
_CLASSES = "classes"
"""Stem of the file in which some tools list the names of the classes, beside the label files."""


async def import_yolo(
    options: ImportOptions,
    configuration: str | os.PathLike[str],
    paths: Sequence[str | os.PathLike[str]],
) -> ImportResult:
    """Import YOLO label files; an empty one makes an annotation without shapes.

    Args:
        options: how.
        configuration: path of `data.yaml`.
        paths: label files, or folders of them.

    Raises:
        MissingFileError: a file is missing.
        FormatError: a file breaks its format.
        ConflictError: two label files are of one asset, or two assets have one stem.
    """
    yaml = await in_file_thread(file_at, configuration, "configuration_yaml_path")
    files, lists = await in_file_thread(_label_files, as_list(paths))
    version = await read_version(options)
    loss = LossReport()
    config = read_yolo_config(await in_file_thread(read_file, yaml), yaml.name, loss)
    plan = await plan_labels(options, version, config.categories, yaml.name, loss)
    found = await find_by_stem(options, [*files, _CLASSES] if lists else files)
    if lists and found.reason(_CLASSES) is not SkipReason.NO_ASSET:
        files = _by_stem([*files.values(), *lists])
    async with open_staging() as staging:
        fitting = Fitting(options, version.type, staging, plan, loss)
        await in_steps(_fit(files, found, config, fitting))
        read = [yaml, *files.values()]
        return await finish_import(options, staging, plan, files=read, loss=loss, skipped=fitting.skipped)


def _fit(files: Mapping[str, Path], found: Found, config: YoloConfig, fitting: Fitting) -> Iterator[None]:
    """Read the files and put their objects on their images, one file a step."""
    task = _TASKS.get(fitting.inference_type)
    if task is None:
        task = YoloTask.POSE if config.keypoint_shape else YoloTask.DETECT
    by_asset: dict[str, Path] = {}
    for stem, path in files.items():
        content = read_file(path)
        asset = found.assets.get(stem)
        if asset is None:
            fitting.skip(path.name, found.reason(stem) or SkipReason.NO_ASSET)
            yield
            continue
        if by_asset.setdefault(asset.id, path) is not path:
            raise _several_files(by_asset[asset.id], path, asset.data.filename)
        size = asset.data.meta
        if size is None and content.strip():
            rule = f"says shares of the image, but the size of the asset {asset.data.filename!r} is not known"
            raise FormatError(path.name, "", rule)
        width, height = (size.width, size.height) if size else (1, 1)
        objects = read_yolo(content, path.name, config, task, width, height, fitting.loss)
        target = Target(file=path.name, name=path.name, place="the file", asset_id=asset.id, size=size)
        fitting.add(target, objects)
        yield


def _label_files(
    paths: Sequence[str | os.PathLike[str]],
) -> tuple[dict[str, Path], list[Path]]:
    """Return label files by stem, and files of folders that list classes, unless an image has their name. Blocking.

    Raises:
        ConflictError: two have the same stem.
    """
    files: list[Path] = []
    lists: list[Path] = []
    for path in paths:
        for file in _files_at(path):
            is_list = file.name == f"{_CLASSES}.txt" and file != as_path(path, "file_paths")
            (lists if is_list else files).append(file)
    return _by_stem(files), lists


def _by_stem(files: Iterable[Path]) -> dict[str, Path]:
    """Return label files by the stem of their name.

    Raises:
        ConflictError: two have the same stem.
    """
    found: dict[str, Path] = {}
    for file in files:
        known = found.setdefault(stem_of(file.name), file)
        if known != file:
            raise _several_files(known, file, stem_of(file.name))
    return found


def _several_files(one: Path, other: Path, image: str) -> ConflictError:
    return ConflictError(
        f"{one} and {other} are both named for the image {image!r}; import them one after the other, the second "
        "with mode='concatenate'",
        status=409,
    )


def _files_at(path: str | os.PathLike[str]) -> Iterator[Path]:
    folder = as_path(path, "file_paths")
    with reading(folder):
        is_folder = folder.is_dir()
    if not is_folder:
        yield file_at(path, "file_paths")
        return
    below = [Path(place, name) for place, _, names in os.walk(folder, onerror=_refuse) for name in names]
    for file in sorted(below):
        if file.suffix.lower() == ".txt" and file.is_file():
            yield file


def _refuse(error: OSError) -> None:
    raise TransferError(str(error.filename), f"cannot be read: {error.strerror}") from error
