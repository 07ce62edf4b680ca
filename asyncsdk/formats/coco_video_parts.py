"""Makes the parts of COCO video files from videos and their tracks.

A frame gets an image where a track has something to say of it; the images come before the annotations in the
file, so `frame_parts` and `track_parts` are called in turn, with the same tracks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from asyncsdk.formats.coco_parts import annotation_part
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.objects import FileImage, FileObject, FileTrack, Keyframe
from asyncsdk.records.coco import COCOFrame, COCOFrameAttributes, COCOVideo, COCOVideoAnnotation

__all__ = ["elder_part", "frame_parts", "track_parts", "video_label_part", "video_part"]


def video_part(number: CocoId, video: FileImage) -> COCOVideo:
    """Return a video with its id, without its tracks."""
    return COCOVideo(
        id=number, file_name=video.name, width=video.width, height=video.height, attributes=video.attributes
    )


def frame_parts(first: int, video_id: CocoId, video: FileImage) -> list[COCOFrame]:
    """Return images of the frames that the tracks of a video speak of, in order; of the first for its labels.

    Args:
        first: id of the first image; the others follow.
        video_id: id of the video.
        video: the video with its tracks.
    """
    frames = {keyframe.frame for track in video.tracks for keyframe, _ in _moments(track)}
    if video.objects:
        frames.add(0)
    return [
        COCOFrame(
            id=first + place,
            file_name=None,
            width=video.width,
            height=video.height,
            video_id=video_id,
            frame_id=frame,
        )
        for place, frame in enumerate(sorted(frames))
    ]


def track_parts(
    first: int, track_id: CocoId, track: FileTrack, category_id: CocoId, frames: Iterable[COCOFrame]
) -> Iterator[COCOVideoAnnotation]:
    """Give the annotations of a track, frame by frame.

    A track that lasts beyond its last keyframe gets one more annotation for its last frame, which is no
    keyframe.

    Args:
        first: id of the first annotation; the others follow.
        track_id: number of the track in its video.
        track: the track.
        category_id: id of the category that its label is.
        frames: the images that `frame_parts` made for its video.
    """
    images: Mapping[int, COCOFrame] = {frame.frame_id: frame for frame in frames}
    for place, (keyframe, is_keyframe) in enumerate(_moments(track)):
        image = images[keyframe.frame]
        found = FileObject(
            label=track.label,
            box=keyframe.box,
            parts=keyframe.parts,
            text=track.text,
            attributes=track.attributes,
        )
        part = annotation_part(first + place, image.id, category_id, found)
        yield COCOVideoAnnotation(
            **attrs.asdict(part, recurse=False),
            video_id=image.video_id,
            frame_attributes=COCOFrameAttributes(
                track_id=track_id, frame_id=keyframe.frame, keyframe=is_keyframe
            ),
        )


def video_label_part(
    number: CocoId, category_id: CocoId, found: FileObject, frame: COCOFrame
) -> COCOVideoAnnotation:
    """Return a label of a whole video; as older readers want an image, it names one of the frames."""
    part = annotation_part(number, frame.id, category_id, found)
    return COCOVideoAnnotation(**attrs.asdict(part, recurse=False), video_id=frame.video_id)


def elder_part(part: COCOVideoAnnotation) -> COCOVideoAnnotation:
    """Return an annotation in the form of the elder generation: its frame is among its attributes."""
    located = part.frame_attributes
    if located is None:
        return part
    attributes = {**(part.attributes or {}), **attrs.asdict(located)}
    return attrs.evolve(part, attributes=attributes, frame_attributes=None)


def _moments(track: FileTrack) -> Iterator[tuple[Keyframe, bool]]:
    """Give what a file says of a track, and whether it is a keyframe."""
    for keyframe in track.keyframes:
        yield keyframe, True
    last = track.keyframes[-1]
    if track.end > last.frame + 1:
        yield attrs.evolve(last, frame=track.end - 1), False
