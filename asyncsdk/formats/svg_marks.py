"""Shapes as elements of SVG, in pixels of their image."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from asyncsdk.formats.objects import RunLengths
from asyncsdk.formats.rle import RunLengthsError
from asyncsdk.formats.svg_masks import mask_path
from asyncsdk.markup.charts import color_of
from asyncsdk.markup.elements import Html, element
from asyncsdk.records.shapes import (
    Coordinate,
    KeypointsShape,
    LineShape,
    MaskShape,
    PointShape,
    PolygonShape,
    RectangleShape,
    Shape,
)

__all__ = ["Marks"]

_POINT_PX = 3.5


@attrs.frozen
class Marks:
    """Draws shapes on one image.

    Attributes:
        width: of the image in pixels; 0 where it is not known.
        height: of the image in pixels; 0 where it is not known.
        pixel: how many of the image's pixels are one on the page.
    """

    width: int
    height: int
    pixel: float

    def of(self, shape: Shape) -> list[Html] | None:
        """Return what is drawn of a shape: nothing of a classification; `None` where it cannot be drawn."""
        match shape:
            case RectangleShape(x=x, y=y, w=w, h=h):
                return [self._mark(shape, "rect", "0.1", x=x, y=y, width=w, height=h)]
            case PolygonShape(polygon=points):
                return [self._mark(shape, "polygon", "0.3", points=self._points(points))]
            case LineShape(line=points):
                return [self._mark(shape, "polyline", "0", points=self._points(points))]
            case MaskShape(mask=counts):
                return self._mask(shape, counts)
            case _:
                return self._dots(shape)

    def _dots(self, shape: Shape) -> list[Html]:
        match shape:
            case PointShape(point=(x, y)):
                return [self._dot(shape, x, y, "1")]
            case KeypointsShape(keypoints=points):
                return [self._dot(shape, x, y, "1" if seen > 1 else "0") for x, y, seen in points if seen]
            case _:
                return []

    def _mask(self, shape: Shape, counts: str) -> list[Html] | None:
        try:
            path = mask_path(RunLengths(self.height, self.width, counts))
        except RunLengthsError:
            return None
        return [self._mark(shape, "path", "0.5", d=path, stroke="none")]

    def _dot(self, shape: Shape, x: Coordinate, y: Coordinate, opacity: str) -> Html:
        return self._mark(shape, "circle", opacity, cx=x, cy=y, r=round(_POINT_PX * self.pixel, 2))

    def _points(self, points: Sequence[tuple[Coordinate, Coordinate]]) -> str:
        """Return points as SVG has them, without those that fall on the same place of the page."""
        kept: list[tuple[Coordinate, Coordinate]] = []
        least = self.pixel / 2
        for x, y in points:
            if not kept or abs(x - kept[-1][0]) >= least or abs(y - kept[-1][1]) >= least:
                kept.append((x, y))
        return " ".join(f"{x},{y}" for x, y in kept)

    def _mark(self, shape: Shape, tag: str, opacity: str, **attributes: object) -> Html:
        color = color_of(shape.label)
        look = {"fill": color, "fill_opacity": opacity, "stroke": color, "stroke_width": 2}
        name = element("title", shape.label)
        return element(tag, name, vector_effect="non-scaling-stroke", **(look | attributes))
