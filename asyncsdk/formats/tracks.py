"""Tracks for a file from tracks as they are loaded."""

from __future__ import annotations

import attrs

from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.objects import FileTrack, Keyframe
from asyncsdk.records.annotations import TrackShape

__all__ = ["track_of"]


def track_of(track: TrackShape, canvas: Canvas, place: str) -> FileTrack | None:
    """Return a track, `None` and a word in the loss report where it has no keyframe.

    Args:
        track: as it is loaded: frames are counted from its start.
        canvas: the loss report to write to.
        place: which track it is, for messages.
    """
    keyframes = _keyframes(track)
    if not keyframes:
        canvas.dropped(place, "empty-track", "it has neither a box nor a polygon")
        return None
    last = keyframes[-1].frame
    ends = [track.start_frame_index + end.frame_index for end in track.end_keyframes]
    end = max([last + 1, *ends])
    if any(one != end for one in ends):
        canvas.changed(place, "track-ends", f"it ends once, at frame {end}, not at frames {ends}")
    return FileTrack(
        label=track.label,
        keyframes=keyframes,
        end=end,
        text=track.text,
        attributes=track.attributes,
        place=place,
    )


def _keyframes(track: TrackShape) -> tuple[Keyframe, ...]:
    """Return the keyframes in order, each frame once; polygons of one frame are parts of one object."""
    start = track.start_frame_index
    found: dict[int, Keyframe] = {}
    for box in track.rectangle_keyframes:
        frame = start + box.frame_index
        found[frame] = Keyframe(frame=frame, box=(box.x, box.y, box.w, box.h))
    for one in track.polygon_keyframes:
        frame = start + one.frame_index
        known = found.get(frame) or Keyframe(frame=frame)
        found[frame] = attrs.evolve(known, parts=(*(known.parts or ()), one.polygon))
    return tuple(found[frame] for frame in sorted(found))
