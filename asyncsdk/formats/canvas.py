"""An image that objects of a file are put on: whole pixels, nothing outside, every change told.

This is the one place where numbers are rounded. A number that moves by half a pixel or less was rounded,
which is not told; whatever moves further was changed, which is. What has been on a canvas once is not
changed by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import attrs

from asyncsdk.formats import rle
from asyncsdk.formats.geometry import (
    MOST_POINTS,
    bounding_box,
    clamp,
    corners,
    cut_box,
    pixel,
    usable,
    without_closing_point,
)
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Box, Point, RunLengths
from asyncsdk.formats.rasterizing import mask_of_polygons

__all__ = ["Canvas", "Keypoint", "PixelBox", "PixelPoint", "UnfitError", "whole_span"]

PixelBox: TypeAlias = tuple[int, int, int, int]
"""x and y of the top left corner, width and height, in whole pixels."""

PixelPoint: TypeAlias = tuple[int, int]
"""x and y in whole pixels."""

Keypoint: TypeAlias = tuple[float, float, int]
"""x, y in pixels and visibility: 0 not there, 1 hidden, 2 visible."""

_ROUNDED = 0.5 + 1e-6  # a number that moved no further was only rounded; the rest is room for float sums


class UnfitError(ValueError):
    """A thing of a file cannot be put on the canvas.

    Attributes:
        rule: short name of the rule that it breaks, for the loss report.
    """

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


def _positive(size: int | None) -> int | None:
    """Return a size in pixels; files write 0 for one that they do not know."""
    return size if size is not None and size > 0 else None


@attrs.frozen(kw_only=True)
class Canvas:
    """An image that objects are put on, and the report of what that changes.

    Example:
        >>> canvas = Canvas(file="coco.json", loss=LossReport(), width=640, height=480)
        >>> canvas.rectangle((1.9, 2.9, 700, 4.9), "annotations[3]")
        (2, 3, 638, 5)
        >>> print(*canvas.loss)
        coco.json: annotations[3]: changed (box-cut): the box [1.9, 2.9, 700, 4.9] became [2, 3, 638, 5]
    """

    file: str
    """Name of the file, for messages."""

    loss: LossReport
    width: int | None = attrs.field(default=None, converter=_positive)
    """In pixels; nothing is cut on the right where it is unknown."""

    height: int | None = attrs.field(default=None, converter=_positive)
    """In pixels; nothing is cut at the bottom where it is unknown."""

    vertices: Mapping[str, int] = attrs.field(factory=dict)
    """How many vertices the skeleton of a label has, where it has one."""

    def rectangle(self, box: Box, place: str) -> PixelBox:
        """Return a box in whole pixels: upright, cut to the image, at least one pixel wide and high.

        Raises:
            UnfitError: the box has no size, lies outside of the image, or has unusable numbers.
        """
        if self._holds(box):
            return self._pixels(box)
        if not usable(box):
            raise UnfitError(
                "box-unusable", f"the box {[*box]} has numbers that are not finite or far too large"
            )
        x, y, w, h = box
        if w == 0 or h == 0:
            raise UnfitError("box-empty", f"the box {[*box]} has no size")
        upright = min(x, x + w), min(y, y + h), abs(w), abs(h)
        inside = cut_box(upright, self.width, self.height)
        if inside is None:
            raise UnfitError("box-outside", f"the box {[*box]} lies outside of the image")
        fitted = self._pixels(inside)
        if upright != tuple(box):
            self.changed(
                place, "box-inverted", f"the box {[*box]} of negative size was turned to {[*upright]}"
            )
        if _moved(upright, fitted):
            rule = "box-too-small" if inside == upright else "box-cut"
            self.changed(place, rule, f"the box {[*upright]} became {[*fitted]}")
        return fitted

    def polygon(self, points: Sequence[Point], place: str) -> tuple[PixelPoint, ...]:
        """Return a polygon in whole pixels, each vertex moved to the image, of at least three places.

        A polygon too small for three becomes the smallest box of whole pixels around it.

        Raises:
            UnfitError: under three points, or far too many, outside of the image, or with unusable numbers.
        """
        bare = self.outline(points)
        if len(bare) > MOST_POINTS:
            raise UnfitError("polygon-too-long", f"a polygon of {len(bare)} points, more than {MOST_POINTS}")
        inside = [(clamp(x, self.width), clamp(y, self.height)) for x, y in bare]
        fitted = tuple((pixel(x), pixel(y)) for x, y in inside)
        if any(_moved(old, new) for old, new in zip(bare, fitted, strict=True)):
            self.changed(place, "polygon-cut", "vertices outside of the image were moved to its border")
        if len(set(fitted)) < 3:
            self.changed(
                place, "polygon-too-small", "too small for whole pixels, it became the box around it"
            )
            return corners(self._pixels(bounding_box(fitted)))
        return without_closing_point(fitted)

    def outline(self, points: Sequence[Point]) -> tuple[Point, ...]:
        """Return the points of a polygon as they are, without a closing one.

        Raises:
            UnfitError: under three points, outside of the image, or with unusable numbers.
        """
        if not usable(number for point in points for number in point):
            raise UnfitError("polygon-unusable", "a polygon has numbers that are not finite or far too large")
        bare = without_closing_point(points)
        if len(bare) < 3:
            raise UnfitError("polygon-too-short", f"a polygon wants three points, this one has {len(bare)}")
        x, y, w, h = bounding_box(bare)
        if _outside(x, x + w, self.width) or _outside(y, y + h, self.height):
            raise UnfitError("polygon-outside", "a polygon lies outside of the image")
        return bare

    def keypoints(self, points: Iterable[Keypoint], label: str, place: str) -> tuple[Keypoint, ...]:
        """Return keypoints unrounded, moved to the image, with a visibility of 0, 1 or 2.

        Raises:
            UnfitError: not as many as the label's skeleton has vertices, or unusable numbers.
        """
        given = tuple(points)
        wanted = self.vertices.get(label, len(given))
        if len(given) != wanted:
            reason = f"{len(given)} keypoints, but the skeleton of {label!r} has {wanted} vertices"
            raise UnfitError("keypoints-count", reason)
        if not usable(number for point in given for number in point):
            raise UnfitError(
                "keypoints-unusable", "keypoints with numbers that are not finite or far too large"
            )
        fitted = tuple((clamp(x, self.width), clamp(y, self.height), min(max(v, 0), 2)) for x, y, v in given)
        if any(old[:2] != new[:2] for old, new in zip(given, fitted, strict=True)):
            self.changed(place, "keypoints-cut", "keypoints outside of the image were moved to its border")
        if any(old[2] != new[2] for old, new in zip(given, fitted, strict=True)):
            self.changed(
                place, "keypoints-visibility", "visibilities other than 0, 1 and 2 were set to the next"
            )
        return fitted

    def mask(self, mask: RunLengths) -> RunLengths:
        """Return a mask with compressed counts.

        Raises:
            UnfitError: broken run lengths, the size of another image, or no pixels.
        """
        if (mask.width, mask.height) != (self.width or mask.width, self.height or mask.height):
            reason = f"a mask of {mask.width} x {mask.height} on an image of {self.width} x {self.height}"
            raise UnfitError("mask-size", reason)
        try:
            text = rle.compressed(mask)
        except rle.RunLengthsError as error:
            raise UnfitError("mask-unusable", f"broken run lengths: {error}") from error
        if not rle.area(text):
            raise UnfitError("mask-empty", "a mask without pixels")
        return text

    def mask_of_polygons(self, parts: Iterable[Sequence[Point]]) -> RunLengths:
        """Return the compressed mask of outlines, exactly as the COCO API fills them.

        Raises:
            UnfitError: the size of the image is unknown, or no pixel is covered.
        """
        if self.width is None or self.height is None:
            raise UnfitError(
                "mask-size-unknown", "polygons become a mask only where the image's size is known"
            )
        try:
            mask = mask_of_polygons(parts, self.height, self.width)
        except rle.RunLengthsError as error:
            raise UnfitError("mask-unusable", f"the polygons give no mask: {error}") from error
        return self.mask(mask)

    def dropped(self, place: str, rule: str, reason: str) -> None:
        """Tell of something that was left out."""
        self.loss.dropped(self.file, place, rule, reason)

    def changed(self, place: str, rule: str, reason: str) -> None:
        """Tell of something that was not kept as it was."""
        self.loss.changed(self.file, place, rule, reason)

    def _holds(self, box: Box) -> bool:
        """Tell whether a box is upright, not too small, and inside of the image, so that rounding is all it needs."""
        if self.width is None or self.height is None:
            return False
        x, y, w, h = box
        return x >= 0 <= y and w >= 1 <= h and x + w <= self.width and y + h <= self.height

    def _pixels(self, box: Box) -> PixelBox:
        """Return a box on the image in whole pixels, at least one wide and high."""
        left, wide = whole_span(box[0], box[2], self.width)
        top, high = whole_span(box[1], box[3], self.height)
        return left, top, wide, high


def whole_span(start: float, length: float, size: int | None) -> tuple[int, int]:
    """Return start and length in whole pixels, within the size, at least one long."""
    first, whole = pixel(start), max(1, pixel(length))
    if size is None:
        return first, whole
    first = min(first, size - 1)
    return first, min(whole, size - first)


def _outside(first: float, last: float, size: int | None) -> bool:
    """Tell whether a span shares nothing with the image; one along the border does not lie outside."""
    return first < 0 >= last or (size is not None and first >= size < last)


def _moved(old: Iterable[float], new: Iterable[float]) -> bool:
    """Tell whether a number moved further than rounding moves it."""
    return any(abs(before - after) > _ROUNDED for before, after in zip(old, new, strict=True))
