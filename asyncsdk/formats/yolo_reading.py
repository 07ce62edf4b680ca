"""YOLO: reading one label file, which is one image with one object a line.

A line is the number of a class and numbers between 0 and 1: shares of the image's width and height.
"""

from __future__ import annotations

import re

import attrs

from asyncsdk.errors import FormatError
from asyncsdk.formats.geometry import pairs
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.numerals import number, shown, whole
from asyncsdk.formats.objects import Box, FileObject, Point
from asyncsdk.formats.yolo_config import YoloConfig, YoloTask

__all__ = ["read_yolo"]

_TOLERANCE = 1e-3
"""How far from 0 to 1 a share may be: what rounding to a few digits does, and less than a mistake."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_EXPECTED = {
    YoloTask.DETECT: "4 numbers (x, y, width, height)",
    YoloTask.SEGMENT: "the x and y of at least 3 points",
    YoloTask.OBB: "the x and y of 4 points",
    YoloTask.CLASSIFY: "no numbers",
}


def read_yolo(
    content: bytes, file: str, config: YoloConfig, task: YoloTask, width: int, height: int, loss: LossReport
) -> tuple[FileObject, ...]:
    """Read a YOLO label file; an empty one is an empty annotation.

    The task says what the numbers of a line mean. A line that fits another task, such as a polygon
    among boxes, is read as what it is, and told to the loss report. Boxes at an angle are polygons of
    four points.

    Args:
        content: the file.
        file: its name, for messages.
        config: names of the classes, and for poses the shape of the keypoints.
        task: what the file holds.
        width: of the image, in pixels.
        height: of the image, in pixels.
        loss: takes confidences, lines of other tasks, and numbers that were a little below 0 or above 1.

    Raises:
        FormatError: a line breaks the format; tells its number.
    """
    if task is YoloTask.POSE and config.keypoint_shape is None:
        raise FormatError(file, "", "poses need `kpt_shape` in data.yaml")
    try:
        lines = _LINE_END.split(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = content.count(b"\n", 0, error.start)
        raise FormatError(file, f"line {before + 1}", "is no UTF-8 text") from error
    found = []
    for index, line in enumerate(lines, start=1):
        if tokens := line.split():
            reading = _Line(file, f"line {index}", config, task, width, height, loss)
            found.append(reading.object(tokens[0], tokens[1:]))
    return tuple(found)


@attrs.frozen
class _Line:
    file: str
    place: str
    config: YoloConfig
    task: YoloTask
    width: int
    height: int
    loss: LossReport

    def object(self, class_token: str, tokens: list[str]) -> FileObject:
        label = self.label(class_token)
        values = [self.value(token) for token in tokens]
        if self.task is YoloTask.POSE:
            found = self.pose(label, values)
        else:
            values = self.without_confidence(values)
            found = self.shape(label, values)
        if found is None:
            rule = f"{self.expected()} are expected after the class, not {len(tokens)} numbers"
            raise FormatError(self.file, self.place, rule)
        return found

    def label(self, token: str) -> str:
        index = whole(token)
        if index is None or not 0 <= index < len(self.config.names):
            last = len(self.config.names) - 1
            known = f"they go from 0 to {last}" if last >= 0 else "the configuration has none"
            rule = f"{shown(token)} is no class: {known}"
            raise FormatError(self.file, self.place, rule)
        return self.config.names[index]

    def value(self, token: str) -> float:
        value = number(token)
        if value is None:
            raise FormatError(self.file, self.place, f"{shown(token)} is no number")
        return value

    def expected(self) -> str:
        if self.task is not YoloTask.POSE:
            return _EXPECTED[self.task]
        count, numbers = self.config.keypoint_shape or (0, 0)
        return f"a box and {count} keypoints of {numbers} numbers, {4 + count * numbers} in all,"

    def without_confidence(self, values: list[float]) -> list[float]:
        """Leave out the confidence that predictions have at their end: it makes the count odd."""
        if len(values) % 2 == 0:
            return values
        self.share(values[-1])
        self.loss.dropped(self.file, self.place, "confidence", f"no shape holds {values[-1]}")
        return values[:-1]

    def shape(self, label: str, values: list[float]) -> FileObject | None:
        count = len(values)
        fits = {
            YoloTask.DETECT: count == 4,
            YoloTask.SEGMENT: count >= 6,
            YoloTask.OBB: count == 8,
            YoloTask.CLASSIFY: count == 0,
        }
        if count in {0, 2} and not fits.get(self.task):
            return None
        if count == 0:
            return FileObject(label=label, place=self.place)
        if not fits.get(self.task):
            what = "a box" if count == 4 else f"a polygon of {count // 2} points"
            reason = f"{what} where {self.expected()} are expected; read as what it is"
            self.loss.changed(self.file, self.place, "mixed-line", reason)
        if count == 4:
            return FileObject(label=label, box=self.box(values), place=self.place)
        points = tuple(self.point(x, y) for x, y in pairs(values))
        return FileObject(label=label, parts=(points,), place=self.place)

    def pose(self, label: str, values: list[float]) -> FileObject | None:
        count, numbers = self.config.keypoint_shape or (0, 0)
        wanted = 4 + count * numbers
        if len(values) == wanted + 1:
            self.share(values[-1])
            self.loss.dropped(self.file, self.place, "confidence", f"no shape holds {values[-1]}")
        elif len(values) in {4, 5}:
            return self.shape(label, self.without_confidence(values))
        elif len(values) != wanted:
            return None
        points = [values[start : start + numbers] for start in range(4, wanted, numbers)]
        keypoints = tuple(self.keypoint(point) for point in points)
        return FileObject(label=label, box=self.box(values[:4]), keypoints=keypoints, place=self.place)

    def keypoint(self, values: list[float]) -> tuple[float, float, int]:
        x, y = values[:2]
        if len(values) == 2:  # without visibility, 0 0 and negative numbers say that the point is not there
            there = min(x, y) >= 0 and max(x, y) > 0
            return (*self.point(x, y), 2) if there else (0.0, 0.0, 0)
        return (*self.point(x, y), self.visibility(values[2]))

    def visibility(self, value: float) -> int:
        if value in {0, 1, 2}:
            return int(value)
        if not 0 < value < 1:
            raise FormatError(self.file, self.place, f"{value} is no visibility: they are 0, 1 and 2")
        reason = f"{value} is a confidence and no visibility; the point counts as visible"
        self.loss.changed(self.file, self.place, "visibility", reason)
        return 2

    def box(self, values: list[float]) -> Box:
        x, y, w, h = (self.share(value) for value in values)
        wide, high = w * self.width, h * self.height
        return (x * self.width - wide / 2, y * self.height - high / 2, wide, high)

    def point(self, x: float, y: float) -> Point:
        return (self.share(x) * self.width, self.share(y) * self.height)

    def share(self, value: float) -> float:
        if 0 <= value <= 1:
            return value
        if not -_TOLERANCE <= value <= 1 + _TOLERANCE:
            raise FormatError(self.file, self.place, f"{value} is not between 0 and 1")
        self.loss.changed(self.file, self.place, "outside", f"{value} is moved to the edge of the image")
        return min(max(value, 0.0), 1.0)
