"""Pascal VOC: writing one XML file for one image, in the form of the platform's own files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from asyncsdk.formats.bounds import box_is_told, box_of
from asyncsdk.formats.geometry import bounding_box
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.numerals import numeral
from asyncsdk.formats.objects import Box, FileImage, FileObject, Point
from asyncsdk.formats.rle import RunLengthsError

__all__ = ["write_voc"]

_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""See https://www.w3.org/TR/xml/#charsets."""

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


def write_voc(
    image: FileImage, file: str, loss: LossReport, *, one_based: bool = False, depth: int = 3
) -> bytes:
    """Write a Pascal VOC file.

    An object of several polygons becomes one `object` for each, as readers take only one polygon. An
    object without a box gets the one around its polygons, mask or visible keypoints. An image without objects gives a
    file without objects, which `read_voc` and other readers of the format take for an empty annotation.

    Args:
        image: the image; `size` is filled where its size is known.
        file: name of the file, for messages.
        loss: takes what could not be kept as it is.
        one_based: count pixels from 1 and include the last, see `read_voc`.
        depth: number of colour channels, without which some readers refuse the size.
    """
    return _Writing(file, loss, 1 if one_based else 0).image(image, depth)


@attrs.frozen
class _Writing:
    file: str
    loss: LossReport
    first: int
    """Number of the first pixel."""

    def image(self, image: FileImage, depth: int) -> bytes:
        if image.attributes:
            self.loss.dropped(self.file, "annotation", "attributes", "VOC files hold none of an image")
        if image.tracks:
            self.loss.dropped(self.file, "annotation", "tracks", "VOC files hold none")
        objects = [line for found in image.objects for line in self.object(found)]
        size = {}
        if image.width is not None and image.height is not None:
            size = {"width": image.width, "height": image.height, "depth": depth}
        segmented = any(found.parts for found in image.objects)
        lines = [
            "<annotation>",
            _element(1, "filename", self.clean(image.name, "filename")),
            *objects,
            *(_element(1, tag, "") for tag in ("path", "folder", "source")),
            *_nested(1, "size", size),
            _element(1, "segmented", str(int(segmented))),
            "</annotation>",
        ]
        return ("\n".join(lines) + "\n").encode()

    def object(self, found: FileObject) -> Iterator[str]:
        label = self.clean(found.label, f"{found.place or 'object'}.name")
        if not label:
            self.loss.dropped(self.file, found.place, "label-empty", "VOC files need a label")
            return
        self.tell_losses(found)
        whole = self.box(found)
        if whole is None and (found.mask or found.keypoints):
            return
        several = found.parts is not None and len(found.parts) > 1
        for part in found.parts or ((),):
            box = bounding_box(part) if several and part else whole
            yield "\t<object>"
            yield _element(2, "name", label)
            yield _element(2, "pose", "Unspecified")
            yield from (_element(2, flag, "0") for flag in ("truncated", "difficult", "occluded"))
            yield from _nested(2, "bndbox", self.corners(box))
            yield from _nested(2, "polygon", self.points(part))
            yield "\t</object>"

    def tell_losses(self, found: FileObject) -> None:
        lost = {
            "mask": found.mask,
            "keypoints": found.keypoints,
            "text": found.text,
            "attributes": found.attributes,
            "crowd": found.is_crowd,
        }
        for rule, value in lost.items():
            if value:
                self.loss.dropped(self.file, found.place, rule, "VOC files hold none")
        if found.parts and len(found.parts) > 1:
            reason = f"its {len(found.parts)} polygons become objects of their own"
            self.loss.changed(self.file, found.place, "parts", reason)
            if found.box and not box_is_told(found):
                reason = "it is not the one around the polygons"
                self.loss.dropped(self.file, found.place, "box", reason)

    def box(self, found: FileObject) -> Box | None:
        """Return the box of an object; readers take one without a box for a label of the whole image."""
        try:
            box = box_of(found)
        except RunLengthsError as error:
            box, reason = None, f"its mask is broken: {error}"
        else:
            reason = "nothing of it is visible, to draw a box around"
        if box is None and (found.mask or found.keypoints):
            self.loss.dropped(self.file, found.place, "no-box", reason)
        return box

    def corners(self, box: Box | None) -> dict[str, float]:
        if box is None:
            return {}
        x, y, w, h = box
        return {"xmin": x + self.first, "xmax": x + w, "ymin": y + self.first, "ymax": y + h}

    def points(self, part: Iterable[Point]) -> dict[str, float]:
        axes: dict[str, float] = {}
        for index, (x, y) in enumerate(part, start=1):
            axes |= {f"x{index}": x + self.first, f"y{index}": y + self.first}
        return axes

    def clean(self, text: str, place: str) -> str:
        """Return a text as XML can hold it, escaped."""
        clean = _NOT_IN_XML.sub("\ufffd", text).strip()
        if clean != text:
            reason = "white space around it is gone, and characters that XML forbids are U+FFFD"
            self.loss.changed(self.file, place, "text-unfit", reason)
        return clean.translate(_ESCAPED)


def _element(depth: int, tag: str, text: str) -> str:
    return "\t" * depth + f"<{tag}>{text}</{tag}>"


def _nested(depth: int, tag: str, values: Mapping[str, float]) -> Iterator[str]:
    if not values:
        yield _element(depth, tag, "")
        return
    indent = "\t" * depth
    yield f"{indent}<{tag}>"
    yield from (_element(depth + 1, name, numeral(value)) for name, value in values.items())
    yield f"{indent}</{tag}>"
