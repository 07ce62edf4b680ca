"""The elements of a COCO file as they are read: which values they must have, may have, and do not keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import attrs

from asyncsdk.errors import FormatError
from asyncsdk.formats import coco_values as values
from asyncsdk.formats.coco_records import FrameLocator
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileImage, Point, RunLengths

__all__ = ["Element", "Notes", "is_empty"]

T = TypeVar("T")

_NOTHING: Final[tuple[Any, ...]] = ([], {}, "")
_LOCATOR: Final = frozenset({"track_id", "frame_id", "keyframe"})
_SHAPES: Final = ("bbox", "segmentation", "keypoints")
_DEEPEST: Final = 8


@attrs.define
class Notes:
    """Where the faults of a file go."""

    file: str
    loss: LossReport
    _told: set[str] = attrs.field(factory=set, init=False)

    def dropped(self, place: str, rule: str, reason: str) -> None:
        """Tell of something that was left out."""
        self.loss.dropped(self.file, place, rule, reason)

    def changed(self, place: str, rule: str, reason: str) -> None:
        """Tell of something that is not kept as it was."""
        self.loss.changed(self.file, place, rule, reason)

    def once(self, kind: str, place: str, reason: str) -> None:
        """Tell of something that is left out wherever it comes, the first time only."""
        if kind not in self._told:
            self._told.add(kind)
            self.dropped(place, "extra-key", f"{reason} (said once)")


@attrs.define
class Element:
    """An object of a section, and where it is."""

    notes: Notes
    kind: str
    """Where such elements are: `annotations`."""

    place: str
    value: dict[str, Any]
    id: CocoId | None = None

    @property
    def whole_place(self) -> str:
        """The place with the id, by which people find it."""
        return self.place if self.id is None else f"{self.place} (id {self.id!r})"

    def must(self, key: str, read: Callable[[Any], T]) -> T:
        """Return a value without which the element is useless."""
        place = self._place(key)
        if self.value.get(key) is None:
            raise FormatError(self.notes.file, place, "is missing")
        try:
            return read(self.value[key])
        except ValueError as error:
            raise FormatError(self.notes.file, place, str(error)) from error

    def may(self, key: str, read: Callable[[Any], T]) -> T | None:
        """Return a value that may be missing or empty; report one that is not as it must be."""
        value = self.value.get(key)
        if value is None or value in _NOTHING:
            return None
        try:
            return read(value)
        except ValueError as error:
            self._dropped(key, str(error))
            return None

    def label(self) -> str:
        """Return the name of a category; numbers become text, line ends around it go."""
        value = self.value.get("name")
        if type(value) is int:
            self._changed("name", f"the number {value} becomes text")
            return str(value)
        if type(value) is str and value != value.strip("\r\n\t"):
            self._changed("name", "line ends and tabs around it go")
            self.value["name"] = value.strip("\r\n\t")
        return self.must("name", values.name)

    def image(self, name: str) -> FileImage:
        """Return the image or video with this name."""
        return FileImage(
            name=name,
            width=self.may("width", values.whole) or None,
            height=self.may("height", values.whole) or None,
            attributes=self.attributes("attributes"),
            place=self.place,
        )

    def segmentation(self) -> tuple[tuple[tuple[Point, ...], ...] | None, RunLengths | None]:
        """Return the polygons or the mask."""
        if type(self.value.get("segmentation")) is dict:
            return None, self.may("segmentation", values.run_lengths)
        parts: list[tuple[Point, ...]] = []
        for index, part in enumerate(self.may("segmentation", values.polygons) or ()):
            if type(part) is tuple:
                parts.append(part)
            else:
                self._dropped(f"segmentation[{index}]", str(part))
        return tuple(parts) or None, None

    def says_shape(self) -> bool:
        """Tell whether there is anything that should be a box, an outline or keypoints."""
        return not all(is_empty(self.value.get(key)) for key in _SHAPES)

    def text(self) -> str | None:
        """Return the text of an object."""
        value = self.value.get("utf8_string")
        if value == "":
            return ""
        value = self.may("utf8_string", values.text)
        if value is None or type(value) is str:
            return value
        if type(value) is int or type(value) is float:
            self._changed("utf8_string", f"the number {value} becomes text")
            return str(value)
        self._dropped("utf8_string", "must be a text")
        return None

    def attributes(self, key: str) -> dict[str, Any] | None:
        """Return attributes, or another free object."""
        value = self.value.get(key)
        if value is None or value == []:
            return None
        if type(value) is not dict:
            self._dropped(key, "must be an object")
            return None
        return self.may(key, values.attributes) if value else {}

    def locator(self) -> FrameLocator | None:
        """Return where an object of a video belongs."""
        value = self.attributes("frame_attributes")
        if not value:
            return None
        inner = Element(
            self.notes, f"{self.kind}.frame_attributes", f"{self.place}.frame_attributes", value, self.id
        )
        inner.tell_extra_keys(_LOCATOR)
        track = inner.may("track_id", values.coco_id)
        if track is None:
            return None
        frame, is_keyframe = inner.may("frame_id", values.frame), inner.may("keyframe", values.flag)
        return FrameLocator(track, frame, is_keyframe or False)

    def tell_score(self) -> None:
        """Report the score of a prediction: annotations have none."""
        score = self.value.get("score")
        if score:
            self._dropped("score", f"annotations have no score, this one has {score!r:.40}")

    def tell_extra_keys(self, known: frozenset[str]) -> None:
        """Report keys that nothing holds, once each."""
        for key, value in self.value.items():
            if key not in known and not is_empty(value):
                self.notes.once(f"{self.kind}.{key}", self._place(repr(key)[1:-1][:60]), "is not kept")

    def _dropped(self, key: str, reason: str) -> None:
        rule = key.partition("[")[0]
        self.notes.dropped(self._place(key), rule, reason)

    def _changed(self, key: str, reason: str) -> None:
        self.notes.changed(self._place(key), key, reason)

    def _place(self, key: str) -> str:
        place = f"{self.place}.{key}"
        return place if self.id is None else f"{place} (id {self.id!r})"


def is_empty(value: Any, depth: int = 0) -> bool:
    """Tell whether a value says nothing: `null`, 0, an empty text, or a list or object of such."""
    inner = value.values() if type(value) is dict else value if type(value) is list else None
    if inner is None:
        return not value
    return depth < _DEEPEST and all(is_empty(each, depth + 1) for each in inner)
