"""The tracks of COCO videos: annotations that say on which frame of which track they are.

The files come in two generations. The younger has the track in `frame_attributes`; the elder has it in
`attributes`, among or instead of the attributes of the label.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

from asyncsdk.formats import coco_values as values
from asyncsdk.formats.coco_records import FrameLocator, ObjectEntry
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject, FileTrack, Keyframe

__all__ = ["VideoObjects"]

_LOCATOR: Final = frozenset({"track_id", "frame_id", "keyframe", "occluded", "rotation"})


@attrs.define
class VideoObjects:
    """Gathers the objects of one video in memory, in any order.

    Example:
        >>> video = VideoObjects("video.json", loss)
        >>> for entry in entries:
        ...     video.add(entry, "car", 7, None)
        >>> video.tracks()[0].keyframes[0].frame
        2
    """

    file: str
    loss: LossReport
    _objects: list[FileObject] = attrs.field(factory=list, init=False)
    _tracks: dict[tuple[CocoId, CocoId], _Track] = attrs.field(factory=dict, init=False)

    def add(self, entry: ObjectEntry, label: str, video_id: CocoId, frame: int | None) -> None:
        """Take an object in.

        Args:
            entry: an annotation of this video.
            label: the name of its category.
            video_id: id of the video, also where only the annotation's image says it. (Several videos of a file
                may be one asset; their tracks are numbered apart.)
            frame: number of the frame that its image is, which counts where it does not say one itself.
        """
        found = entry.labelled(label)
        locator = entry.locator
        if locator is None:
            locator, found = self._elder_locator(found)
        if locator is None:
            self._add_still(found)
            return
        number = frame if locator.frame is None else locator.frame
        if number is None:
            self._dropped(found, "no-frame", "neither it nor its image says the frame")
            return
        track = self._tracks.setdefault((video_id, locator.track_id), _Track(label, found.place))
        track.add(_Located(number, locator.is_keyframe, found))

    @property
    def objects(self) -> tuple[FileObject, ...]:
        """Labels of the whole video."""
        return tuple(self._objects)

    def tracks(self) -> tuple[FileTrack, ...]:
        """Return the tracks in the order of the file; what they cannot hold is reported now."""
        made = (track.fold(self.file, self.loss) for track in self._tracks.values())
        return tuple(track for track in made if track is not None)

    def _elder_locator(self, found: FileObject) -> tuple[FrameLocator | None, FileObject]:
        """Return the locator that the attributes of an object hold, and the object without it."""
        attributes = found.attributes or {}
        try:
            track_id = values.coco_id(attributes.get("track_id"))
            frame = None if attributes.get("frame_id") is None else values.frame(attributes["frame_id"])
            is_keyframe = values.flag(attributes.get("keyframe"))
        except ValueError:
            return None, found
        for key in ("occluded", "rotation"):
            if attributes.get(key):
                self._dropped(found, "extra-key", f"{key!r} of a frame is not kept")
        rest = {key: value for key, value in attributes.items() if key not in _LOCATOR}
        return FrameLocator(track_id, frame, is_keyframe), attrs.evolve(found, attributes=rest or None)

    def _add_still(self, found: FileObject) -> None:
        """Take in an object that is on no track."""
        if found.box or found.parts or found.mask or found.keypoints or found.is_unreadable:
            self._dropped(found, "no-track", "shapes of videos must be on a track, it names none")
        else:
            self._objects.append(found)

    def _dropped(self, found: FileObject, rule: str, reason: str) -> None:
        self.loss.dropped(self.file, found.place, rule, reason)


@attrs.frozen
class _Located:
    """An object at a frame."""

    frame: int
    is_keyframe: bool
    object: FileObject


@attrs.define
class _Track:
    """The objects of one track, so far."""

    label: str
    place: str
    located: list[_Located] = attrs.field(factory=list)

    def add(self, located: _Located) -> None:
        """Take one more in."""
        self.located.append(located)

    def fold(self, file: str, loss: LossReport) -> FileTrack | None:
        """Return the track, `None` where no keyframe is left of it."""
        text = next((one.object.text for one in self.located if one.object.text is not None), None)
        attributes = next((one.object.attributes for one in self.located if one.object.attributes), None)
        self._report_differences(text, attributes, file, loss)
        ordered = sorted(self.located, key=lambda one: one.frame)
        keyframes = self._keyframes(self._chosen(ordered, file, loss), file, loss)
        if not keyframes:
            loss.dropped(file, self.place, "empty-track", "the track has neither a box nor a polygon")
            return None
        return FileTrack(
            label=self.label,
            keyframes=keyframes,
            end=max(ordered[-1].frame, keyframes[-1].frame) + 1,
            text=text,
            attributes=attributes,
            place=self.place,
        )

    def _chosen(self, ordered: list[_Located], file: str, loss: LossReport) -> list[_Located]:
        """Return the objects at keyframes."""
        keyframes = [one for one in ordered if one.is_keyframe]
        if not keyframes:
            loss.changed(
                file, self.place, "no-keyframe", "no frame of the track is a keyframe; all become one"
            )
            return ordered
        last = keyframes[-1]
        between = [one for one in ordered if not one.is_keyframe and not _stays(one, last)]
        if between:
            reason = f"{len(between)} frames that are no keyframes are left to interpolation"
            loss.changed(file, self.place, "interpolated", reason)
        return keyframes

    def _keyframes(self, chosen: list[_Located], file: str, loss: LossReport) -> tuple[Keyframe, ...]:
        """Return one keyframe a frame; polygons of one frame are parts of one object."""
        by_frame: dict[int, Keyframe] = {}
        for one in chosen:
            found = one.object
            if found.box is None and found.parts is None:
                what = "a mask or keypoints" if found.mask or found.keypoints else "no shape"
                loss.dropped(
                    file, found.place, "keyframe-shape", f"has {what}; tracks hold boxes and polygons"
                )
                continue
            known = by_frame.get(one.frame)
            if found.mask or found.keypoints:
                loss.dropped(
                    file, found.place, "keyframe-shape", "of a keyframe only box and polygons are kept"
                )
            if known is None:
                by_frame[one.frame] = Keyframe(frame=one.frame, box=found.box, parts=found.parts)
            elif known.parts and found.parts:
                by_frame[one.frame] = attrs.evolve(known, parts=known.parts + found.parts, box=None)
            else:
                loss.dropped(
                    file, found.place, "frame-twice", f"the track has another object at frame {one.frame}"
                )
        return tuple(by_frame.values())

    def _report_differences(
        self, text: str | None, attributes: dict[str, Any] | None, file: str, loss: LossReport
    ) -> None:
        """Report what differs from frame to frame, as a track has it once."""
        for one in self.located:
            found = one.object
            differing = [
                name
                for name, differs in (
                    ("label", found.label != self.label),
                    ("text", found.text is not None and found.text != text),
                    ("attributes", bool(found.attributes) and found.attributes != attributes),
                    ("iscrowd", found.is_crowd),
                )
                if differs
            ]
            if differing:
                reason = f"it has another {', '.join(differing)} than its track, which has one for all frames"
                loss.changed(file, found.place, "track-differs", reason)


def _stays(one: _Located, last: _Located) -> bool:
    """Tell whether an object after the last keyframe is where that is."""
    found, keyframe = one.object, last.object
    return one.frame > last.frame and (found.box, found.parts) == (keyframe.box, keyframe.parts)
