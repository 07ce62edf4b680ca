"""The shapes of an annotation, one class per kind that has routes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs

from asyncsdk.resources.annotation_shape import AnnotationShape
from asyncsdk.resources.label import Label
from asyncsdk.resources.shape_kinds import (
    CLASSIFICATIONS,
    LINES,
    MASKS,
    POINTS,
    POLYGONS,
    RECTANGLES,
    ShapeKind,
)
from asyncsdk.wire import routes

__all__ = ["Classification", "Line", "Mask", "Point", "Polygon", "Rectangle"]


@attrs.define(eq=False, repr=False)
class Rectangle(AnnotationShape):
    """A box."""

    _kind: ClassVar[ShapeKind] = RECTANGLES

    @property
    def x(self) -> int:
        """X of the left side, in pixels."""
        return self._record.x or 0

    @property
    def y(self) -> int:
        """Y of the top side, in pixels."""
        return self._record.y or 0

    @property
    def w(self) -> int:
        """Width in pixels."""
        return self._record.w or 0

    @property
    def h(self) -> int:
        """Height in pixels."""
        return self._record.h or 0

    async def update(
        self,
        x: float | None = None,
        y: float | None = None,
        w: float | None = None,
        h: float | None = None,
        label: Label | None = None,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Change the rectangle; what is not given stays.

        Args:
            x: new x of the left side, in whole pixels.
            y: new y of the top side.
            w: new width.
            h: new height.
            label: new label, of the same dataset version.
            text: new text.
            attributes: new attributes, in place of all that there are.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the change, such as a negative place.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform left the attributes as they were.

        Example:
            >>> async def widen(box) -> None:
            ...     await box.update(w=120)
        """
        await self._change(
            routes.UPDATE_RECTANGLE, label, x=x, y=y, w=w, h=h, text=text, attributes=attributes
        )


@attrs.define(eq=False, repr=False)
class Polygon(AnnotationShape):
    """A polygon, closed by itself."""

    _kind: ClassVar[ShapeKind] = POLYGONS

    @property
    def coords(self) -> list[list[float]]:
        """Its points, each x and y in pixels."""
        return [list(point) for point in self._record.polygon or ()]

    @property
    def instance(self) -> int | None:
        """Polygons of one annotation with the same number are the parts of one object."""
        return self._record.instance

    async def update(
        self,
        coords: Sequence[Sequence[float]] | None = None,
        label: Label | None = None,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Change the polygon; what is not given stays.

        Args:
            coords: new points, at least three, in whole pixels.
            label: new label, of the same dataset version.
            text: new text.
            attributes: new attributes, in place of all that there are.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the change, such as a negative place.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform left the attributes as they were.

        Example:
            >>> async def redraw(polygon) -> None:
            ...     await polygon.update(coords=[[0, 0], [90, 0], [90, 40]])
        """
        await self._change(routes.UPDATE_POLYGON, label, polygon=coords, text=text, attributes=attributes)


@attrs.define(eq=False, repr=False)
class Line(AnnotationShape):
    """An open line."""

    _kind: ClassVar[ShapeKind] = LINES

    @property
    def coords(self) -> list[list[float]]:
        """Its points, each x and y in pixels."""
        return [list(point) for point in self._record.line or ()]

    async def update(
        self,
        coords: Sequence[Sequence[float]] | None = None,
        label: Label | None = None,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Change the line; what is not given stays.

        Args:
            coords: new points, at least two, in whole pixels.
            label: new label, of the same dataset version.
            text: new text.
            attributes: new attributes, in place of all that there are.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the change, such as a negative place.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform left the attributes as they were.

        Example:
            >>> async def redraw(line) -> None:
            ...     await line.update(coords=[[0, 5], [40, 9]])
        """
        await self._change(routes.UPDATE_LINE, label, line=coords, text=text, attributes=attributes)


@attrs.define(eq=False, repr=False)
class Point(AnnotationShape):
    """A point."""

    _kind: ClassVar[ShapeKind] = POINTS

    @property
    def coords(self) -> list[float]:
        """X and y in pixels."""
        return list(self._record.point or ())

    @property
    def order(self) -> int | None:
        """Place among the points of its annotation, from 0, where the platform tells it."""
        return self._record.order

    async def update(
        self,
        coords: Sequence[float] | None = None,
        label: Label | None = None,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Change the point; what is not given stays.

        Args:
            coords: new x and y, in whole pixels.
            label: new label, of the same dataset version.
            text: new text.
            attributes: new attributes, in place of all that there are.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the change, such as a negative place.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform left the attributes as they were.

        Example:
            >>> async def move(point) -> None:
            ...     await point.update(coords=[33, 12])
        """
        await self._change(routes.UPDATE_POINT, label, point=coords, text=text, attributes=attributes)


@attrs.define(eq=False, repr=False)
class Classification(AnnotationShape):
    """A label for the whole image."""

    _kind: ClassVar[ShapeKind] = CLASSIFICATIONS

    async def update(
        self,
        label: Label | None = None,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Change the classification; what is not given stays.

        Args:
            label: new label, of the same dataset version.
            text: new text.
            attributes: new attributes, in place of all that there are.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the change, such as a negative place.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform left the attributes as they were.

        Example:
            >>> async def note(classification) -> None:
            ...     await classification.update(text="unsure")
        """
        await self._change(routes.UPDATE_CLASSIFICATION, label, text=text, attributes=attributes)


@attrs.define(eq=False, repr=False)
class Mask(AnnotationShape):
    """A mask. It cannot be changed; delete it and create another one."""

    _kind: ClassVar[ShapeKind] = MASKS

    @property
    def mask(self) -> str:
        """The `counts` text of a compressed COCO RLE; its size is that of the image."""
        return self._record.mask or ""

    @property
    def area(self) -> float | None:
        """Number of pixels."""
        return self._record.area

    @property
    def bbox(self) -> list[int] | None:
        """The smallest box around the pixels: x, y, width, height."""
        return None if self._record.bbox is None else list(self._record.bbox)
