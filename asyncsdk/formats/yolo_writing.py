"""YOLO: writing one label file for one image."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import attrs

from asyncsdk.formats.bounds import box_is_told, box_of
from asyncsdk.formats.geometry import clamp, corners, cut_box
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.numerals import numeral
from asyncsdk.formats.objects import Box, FileObject, Point
from asyncsdk.formats.rle import RunLengthsError
from asyncsdk.formats.yolo_config import YoloConfig, YoloTask

__all__ = ["write_yolo"]

_DIGITS = 10
_NOISE = 1e-6
"""Pixels by which adding and taking away may miss."""


def write_yolo(
    objects: Iterable[FileObject],
    file: str,
    config: YoloConfig,
    task: YoloTask,
    width: int,
    height: int,
    loss: LossReport,
) -> bytes:
    """Write a YOLO label file, one object a line; no objects give an empty file.

    Numbers have ten digits, the last one rounded up a little: readers that round and readers that cut
    off fractions then find the same pixels again. Coordinates of keypoints are as exact as can be.

    Args:
        objects: the objects of an image.
        file: name of the file, for messages.
        config: names of the classes, and for poses the shape of the keypoints.
        task: what the file shall hold.
        width: of the image, in pixels.
        height: of the image, in pixels.
        loss: takes what the task does not hold.
    """
    classes = {name: index for index, name in reversed(list(enumerate(config.names)))}
    lines: list[str] = []
    for found in objects:
        writing = _Object(found, file, config, task, width, height, loss)
        if found.label not in classes:
            writing.drop("class-unknown", "its label is no class of data.yaml")
            continue
        lines.extend(" ".join([str(classes[found.label]), *line]) + "\n" for line in writing.lines())
    return "".join(lines).encode()


@attrs.frozen
class _Object:
    found: FileObject
    file: str
    config: YoloConfig
    task: YoloTask
    width: int
    height: int
    loss: LossReport

    def lines(self) -> Iterator[list[str]]:
        """Give the numbers after the class, for each line that the object becomes."""
        lost = {
            "text": self.found.text,
            "attributes": self.found.attributes,
            "crowd": self.found.is_crowd,
            "mask": self.found.mask,
            "keypoints": self.found.keypoints if self.task is not YoloTask.POSE else None,
        }
        for rule, value in lost.items():
            if value:
                self.drop(rule, "YOLO files of this task hold none")
        match self.task:
            case YoloTask.DETECT:
                yield from self.boxes()
            case YoloTask.SEGMENT:
                yield from self.polygons()
            case YoloTask.POSE:
                yield from self.poses()
            case YoloTask.OBB:
                yield from self.oriented()
            case YoloTask.CLASSIFY:
                yield self.only_class()

    def drop(self, rule: str, reason: str) -> None:
        self.loss.dropped(self.file, self.found.place, rule, reason)

    def change(self, rule: str, reason: str) -> None:
        self.loss.changed(self.file, self.found.place, rule, reason)

    def boxes(self) -> Iterator[list[str]]:
        if self.found.parts:
            self.change("outline", "only the box around its polygons is kept")
        box = self.box()
        if box is not None:
            yield self.box_numbers(box)

    def polygons(self) -> Iterator[list[str]]:
        parts = self.found.parts or ()
        if not parts:
            self.drop("no-polygon", "it has no polygon")
        elif self.found.box and not box_is_told(self.found):
            self.drop("box", "it is not the one around the polygons")
        if len(parts) > 1:
            self.change("parts", f"its {len(parts)} polygons become objects of their own")
        for part in parts:
            if len(part) < 3:
                self.drop("points", f"a polygon of {len(part)} points has no inside")
            else:
                yield self.point_numbers(part)

    def poses(self) -> Iterator[list[str]]:
        count, numbers = self.config.keypoint_shape or (0, 0)
        keypoints = self.found.keypoints or ()
        if self.found.parts:
            self.drop("outline", "YOLO files of this task hold no polygons")
        if not count or len(keypoints) != count:
            self.drop("keypoints", f"it has {len(keypoints)} keypoints, data.yaml says {count}")
            return
        if numbers == 2 and any(visibility == 1 for *_, visibility in keypoints):
            self.change("visibility", "data.yaml says that keypoints have none: hidden ones become visible")
        box = self.box()
        if box is not None:
            shares = [share for point in keypoints for share in self.keypoint_numbers(point, numbers)]
            yield [*self.box_numbers(box), *shares]

    def oriented(self) -> Iterator[list[str]]:
        parts = self.found.parts or ()
        if not parts and self.found.box is not None:
            parts = (corners(self.found.box),)
        if len(parts) == 1 and len(parts[0]) == 4:
            if self.found.parts and self.found.box and not box_is_told(self.found):
                self.drop("box", "it is not the one around the polygon")
            yield self.point_numbers(parts[0])
        else:
            self.drop("no-corners", "a box at an angle is one polygon of 4 points")

    def only_class(self) -> list[str]:
        if self.found.box or self.found.parts:
            self.drop("outline", "YOLO files of this task hold only classes")
        return []

    def box(self) -> Box | None:
        """Return the box on the image: the given one, or that around what the object says else."""
        try:
            box = box_of(self.found)
        except RunLengthsError as error:
            self.drop("no-box", f"its mask is broken: {error}")
            return None
        if box is None:
            self.drop("no-box", "it has no box, and nothing that a box could be drawn around")
            return None
        cut = cut_box(box, self.width, self.height)
        if cut is None:
            self.drop("outside", "its box has no area on the image")
        elif any(abs(new - old) > _NOISE for new, old in zip(cut, box, strict=True)):
            self.change("outside", "its box is cut to the image")
        return cut

    def box_numbers(self, box: Box) -> list[str]:
        x, y, w, h = box
        centre = (_share((x + w / 2) / self.width, 2), _share((y + h / 2) / self.height, 2))
        return [*centre, _share(w / self.width, 1), _share(h / self.height, 1)]

    def point_numbers(self, points: Sequence[Point]) -> list[str]:
        inside = [(clamp(x, self.width), clamp(y, self.height)) for x, y in points]
        if any(point != moved for point, moved in zip(points, inside, strict=True)):
            self.change("outside", "points outside of the image are moved to its edge")
        return [
            number for x, y in inside for number in (_share(x / self.width, 1), _share(y / self.height, 1))
        ]

    def keypoint_numbers(self, keypoint: tuple[float, float, int], numbers: int) -> list[str]:
        x, y, visibility = keypoint
        moved = (clamp(x, self.width), clamp(y, self.height))
        if visibility and moved != (x, y):
            self.change("outside", "a keypoint outside of the image is moved to its edge")
        if numbers == 2 and not visibility:
            return ["0", "0"]
        shares = [numeral(moved[0] / self.width), numeral(moved[1] / self.height)]
        return shares if numbers == 2 else [*shares, str(visibility)]


def _share(value: float, up: int) -> str:
    """Write a share with ten digits, the last one larger by `up`.

    The centre of a box goes up twice as far as its width and height, of which readers take half away:
    so no reader finds an edge a tiny bit before its pixel.
    """
    if value <= 0:
        return "0"
    units = math.floor(value * 10**_DIGITS + 0.5) + up
    return f"0.{units:0{_DIGITS}d}" if units < 10**_DIGITS else "1"
