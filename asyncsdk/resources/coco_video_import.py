"""Importing a COCO video file: videos with their tracks, and labels of whole videos."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from asyncsdk.enums import AnnotationExportKey, DataType, InferenceType
from asyncsdk.flow.files import reading
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.coco_joining import load_coco
from asyncsdk.formats.coco_records import CocoDataset
from asyncsdk.formats.fitting import fit, fit_all
from asyncsdk.formats.import_result import ImportResult, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileImage, FileObject, FileTrack, Keyframe
from asyncsdk.records.shapes import PolygonShape, RectangleShape, Shape
from asyncsdk.resources.import_assets import Found, find_by_name
from asyncsdk.resources.import_elements import details, element_of
from asyncsdk.resources.import_fitting import Fitting, Target
from asyncsdk.resources.import_labels import plan_labels
from asyncsdk.resources.import_options import ImportOptions, file_at
from asyncsdk.resources.import_run import finish_import
from asyncsdk.resources.import_staging import in_steps, open_staging
from asyncsdk.resources.import_version import read_version

__all__ = ["import_coco_video"]

_HOLD_TRACKS = frozenset({InferenceType.OBJECT_DETECTION, InferenceType.SEGMENTATION, InferenceType.MULTI})


async def import_coco_video(options: ImportOptions, path: str | os.PathLike[str]) -> ImportResult:
    """Import a COCO video file, which is read into memory whole.

    Args:
        options: how.
        path: the file.

    Raises:
        MissingFileError: there is no such file.
        FormatError: it is not a COCO file with objects, or broken.
    """
    file = await in_file_thread(file_at, path, "file_path")
    version = await read_version(options)
    loss = LossReport()
    dataset = await in_file_thread(_load, file, loss)
    plan = await plan_labels(options, version, dataset.categories, file.name, loss)
    found = await _find(options, dataset.videos)
    async with open_staging() as staging:
        fitting = Fitting(options, version.type, staging, plan, loss)
        await in_steps(_fit(dataset, found, fitting, file.name))
        return await finish_import(options, staging, plan, files=[file], loss=loss, skipped=fitting.skipped)


def _load(file: Path, loss: LossReport) -> CocoDataset:
    with reading(file), file.open("rb") as stream:
        dataset = load_coco(stream, file.name, loss)
    if dataset.images:
        reason = (
            f"{len(dataset.images)} images of no video are left out: import_annotations_coco_file takes them"
        )
        loss.dropped(file.name, "images", "images", reason)
    return dataset


async def _find(options: ImportOptions, videos: Iterable[FileImage]) -> Found:
    """Find the assets by name, and where a name has folders and is none, by its base name."""
    bases = {video.name: video.base_name for video in videos}
    found = await find_by_name(options, bases)
    if options.export_key is not AnnotationExportKey.FILENAME:
        return found
    left = {name: base for name, base in bases.items() if name not in found and base != name}
    alone = {name for name, base in left.items() if list(bases.values()).count(base) == 1}
    by_base = await find_by_name(options, [left[name] for name in alone])
    assets = {name: by_base.assets[left[name]] for name in alone if left[name] in by_base.assets}
    several = {name for name in left if name not in alone or left[name] in by_base.several}
    return Found(found.assets | assets, found.several | several)


def _fit(dataset: CocoDataset, found: Found, fitting: Fitting, file: str) -> Iterator[None]:
    """Put tracks and labels on their videos, one video a step."""
    first: dict[str, FileImage] = {}
    for video in dataset.videos:
        asset = found.assets.get(video.name)
        if asset is None:
            fitting.skip(video.name, found.reason(video.name) or SkipReason.NO_ASSET)
        elif asset.data.type is not DataType.VIDEO:
            fitting.skip(video.name, SkipReason.NO_VIDEO)
        elif first.setdefault(asset.id, video) is not video:
            reason = f"is the asset of {first[asset.id].place} too; only that one is imported"
            fitting.loss.dropped(file, video.place, "video-twice", reason)
        else:
            target = Target(
                file=file,
                name=video.name,
                place=video.place,
                asset_id=asset.id,
                size=asset.data.meta,
                said_size=(video.width, video.height),
                attributes=video.attributes,
            )
            _add(video, target, fitting)
        yield


def _add(video: FileImage, target: Target, fitting: Fitting) -> None:
    canvas, kind = fitting.canvas(target), fitting.inference_type
    shapes = list(fit_all(video.objects, kind, canvas))
    tracks: list[dict[str, Any]] = []
    for track in video.tracks:
        if kind in _HOLD_TRACKS:
            made = _track(track, kind, canvas, fitting.staging.number_of)
            tracks += [] if made is None else [made]
        else:
            shapes += _label_of(track, kind, canvas)
    if not video.objects and not video.tracks:
        fitting.skip(video.name, SkipReason.NO_OBJECTS)
    elif not shapes and not tracks:
        fitting.skip(video.name, SkipReason.NOTHING_LEFT)
    else:
        element = element_of(shapes, fitting.staging.number_of, attributes=video.attributes, tracks=tracks)
        fitting.staging.add(target.asset_id, target.name, orjson.dumps(element), len(shapes) + len(tracks))


def _label_of(track: FileTrack, kind: InferenceType, canvas: Canvas) -> tuple[Shape, ...]:
    """Return the label of a track where tracks cannot be held."""
    if kind is not InferenceType.CLASSIFICATION:
        canvas.dropped(track.place, "track-dropped", f"{kind} holds no tracks")
        return ()
    canvas.changed(
        track.place, "track-label", f"{kind} holds no tracks: its label stays, for the whole video"
    )
    said = FileObject(label=track.label, text=track.text, attributes=track.attributes, place=track.place)
    return fit(said, kind, canvas)


def _track(track: FileTrack, kind: InferenceType, canvas: Canvas, number_of: Any) -> dict[str, Any] | None:
    """Return a track as the platform takes it, frames counted from its start; `None` where nothing is left."""
    shapes = {frame.frame: _shapes_at(frame, track, kind, canvas) for frame in track.keyframes}
    kept = {frame: found for frame, found in shapes.items() if found}
    if not kept:
        canvas.dropped(track.place, "empty-track", "none of its keyframes can be kept")
        return None
    start = min(kept)
    return details(track, number_of) | {
        "start_frame_index": start,
        "rectangle_keyframes": [
            {"x": one.x, "y": one.y, "w": one.w, "h": one.h, "frame_index": frame - start}
            for frame, one in _of_kind(kept, RectangleShape)
        ],
        "polygon_keyframes": [
            {"polygon": one.polygon, "frame_index": frame - start}
            for frame, one in _of_kind(kept, PolygonShape)
        ],
        "end_keyframes": [{"frame_index": track.end - start}],
    }


def _shapes_at(frame: Keyframe, track: FileTrack, kind: InferenceType, canvas: Canvas) -> tuple[Shape, ...]:
    place = f"{track.place}, frame {frame.frame}"
    return fit(FileObject(label=track.label, box=frame.box, parts=frame.parts, place=place), kind, canvas)


def _of_kind(kept: Mapping[int, tuple[Shape, ...]], kind: type) -> Iterator[tuple[int, Any]]:
    for frame in sorted(kept):
        for shape in kept[frame]:
            if isinstance(shape, kind):
                yield frame, shape
