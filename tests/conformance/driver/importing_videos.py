"""Importing tracks of videos, and exporting them."""

from __future__ import annotations

import json
from pathlib import Path

from assets import add
from checks import equal, holds, refused
from picsellia.exceptions import ResourceNotFoundError
from picsellia.types.enums import AnnotationFileType, AnnotationStatus, InferenceType

__all__ = ["import_videos"]

_LABELS = ("car", "bird")
_FRAMES = {
    # track, label: frame, keyframe, box
    (1, "car"): [(1, True, [1.2, 2.5, 10, 11.9]), (2, False, [9, 9, 9, 9]), (4, True, [3, 4.75, 10, 11])],
    (8, "bird"): [(0, True, [20, 20, 5.5, 6])],
}


def import_videos(world):
    """Import tracks of boxes and of polygons; without a video nothing is done."""
    if not world.video:
        return
    world.out = world.make_folder("videos")
    data = world.lake.upload_data(world.video)
    for name in ("OBJECT_DETECTION", "SEGMENTATION"):
        version = world.dataset.create_version(f"videos {name}", type=InferenceType[name])
        add(version, [data])
        _import(world, version, name)


def _import(world, version, name):
    asset = version.list_assets()[0]
    path = _write(world, asset.filename)
    result = version.import_annotations_coco_video_file(path, status=AnnotationStatus.ACCEPTED)
    equal([*result.values()], [len(_FRAMES)], f"tracks into {name}")
    stats = version.retrieve_stats()
    equal((stats.label_repartition, stats.nb_annotations), ({"car": 1, "bird": 1}, 1), "they are counted")
    _compare(version, name)
    equal(asset.get_annotation().status, AnnotationStatus.ACCEPTED, "their status")
    kept = version.import_annotations_coco_video_file(path, mode="KEEP")
    equal(kept, dict.fromkeys(result, -1), "tracks, KEEP")
    more = version.import_annotations_coco_video_file(path, mode="CONCATENATE")
    equal(more, result, "tracks, CONCATENATE")
    again = version.import_annotations_coco_video_file(_write(world, asset.id_with_extension), use_id=True)
    holds(set(again) != set(result), "tracks, REPLACE, by the asset's id")
    _compare(version, name)
    with refused(ResourceNotFoundError, "a video that is no asset"):
        version.import_annotations_coco_video_file(
            _write(world, asset.filename, "nowhere.mp4"), fail_on_asset_not_found=True
        )
    _export(world, version, name)


def _export(world, version, name):
    """Export the tracks, and import the export."""
    target = world.out / name
    path = Path(version.export_annotation_file(AnnotationFileType.COCO, target, export_video=True))
    holds([video["file_name"] for video in json.loads(path.read_text("utf-8"))["videos"]], "videos exported")
    result = version.import_annotations_coco_video_file(path)
    equal([*result.values()], [len(_FRAMES)], f"an export of type {name} imported again")
    _compare(version, name)


def _write(world, *videos):
    """Write a COCO video file in the way of the generation."""
    locator = "attributes" if world.is_old else "frame_attributes"
    found = [
        {
            "id": 10 * track + frame,
            "video_id": 1,
            "image_id": 1 + frame,
            "category_id": 1 + _LABELS.index(label),
            "bbox": box,
            "segmentation": [_corners(box)],
            "utf8_string": f"{label} ü",
            locator: {"track_id": track, "frame_id": frame, "keyframe": keyframe},
        }
        for (track, label), frames in _FRAMES.items()
        for frame, keyframe, box in frames
    ]
    file = {
        "categories": [{"id": number, "name": name} for number, name in enumerate(_LABELS, start=1)],
        "videos": [{"id": number, "file_name": name} for number, name in enumerate(videos, start=1)],
        "images": [{"id": 1 + frame, "video_id": 1, "frame_id": frame} for frame in range(5)],
        "annotations": found,
    }
    path = world.out / "video.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    return path


def _corners(box):
    x, y, w, h = box
    return [x, y, x + w, y, x + w, y + h, x, y + h]


def _compare(version, name):
    """Compare the tracks with the file; the client cuts the digits after the point off."""
    ((annotation,),) = version.load_annotations().values()
    tracks = {track["label"]: track for track in annotation["tracks"]}
    equal(len(annotation["tracks"]), len(_FRAMES), "the number of tracks")
    for (_, label), frames in _FRAMES.items():
        keyframes = [(frame, box) for frame, keyframe, box in frames if keyframe]
        start = keyframes[0][0]
        wanted = {
            "label": label,
            "text": f"{label} ü",
            "start_frame_index": start,
            "rectangle_keyframes": [],
            "polygon_keyframes": [],
            "end_keyframes": [{"frame_index": keyframes[-1][0] + 1 - start}],
        }
        if name == "OBJECT_DETECTION":
            wanted["rectangle_keyframes"] = [
                {**dict(zip("xywh", map(int, box), strict=True)), "frame_index": frame - start}
                for frame, box in keyframes
            ]
        else:
            wanted["polygon_keyframes"] = [
                {"polygon": _points(box), "frame_index": frame - start} for frame, box in keyframes
            ]
        equal({key: tracks[label][key] for key in wanted}, wanted, f"the track of a {label}, {name}")


def _points(box):
    numbers = [int(number) for number in _corners(box)]
    return [list(point) for point in zip(numbers[::2], numbers[1::2], strict=True)]
