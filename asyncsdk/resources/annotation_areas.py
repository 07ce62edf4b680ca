"""Annotations: boxes, polygons and masks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from asyncsdk.records.new_shapes import NewMask, NewPolygon, NewRectangle
from asyncsdk.resources.annotation_shapes import AnnotationShapes
from asyncsdk.resources.label import Label
from asyncsdk.resources.shape_kinds import MASKS, POLYGONS, RECTANGLES
from asyncsdk.resources.shapes import Mask, Polygon, Rectangle

__all__ = ["AnnotationAreas"]


@attrs.define(eq=False, repr=False)
class AnnotationAreas(AnnotationShapes):
    """The shapes of an annotation that cover an area."""

    async def list_rectangles(self) -> list[Rectangle]:
        """List the boxes, oldest first."""
        return await self._list(RECTANGLES, Rectangle)

    async def create_rectangle(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        label: Label,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Rectangle:
        """Add a box.

        Args:
            x: x of the left side, in whole pixels.
            y: y of the top side.
            w: width.
            h: height.
            label: what it shows, a label of the same dataset version.
            text: its text.
            attributes: values of the label's attributes.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the box.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep its attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     rectangle = await annotation.create_rectangle(x=10, y=20, w=64, h=48, label=label, text="AB-123")
        """
        return await self._create_one(
            RECTANGLES, Rectangle, label, x=x, y=y, w=w, h=h, text=text, attributes=attributes
        )

    async def create_multiple_rectangles(
        self, rectangles: Sequence[tuple[float, float, float, float, Label] | NewRectangle]
    ) -> list[Rectangle]:
        """Add boxes in one request, all or none.

        Args:
            rectangles: x, y, width, height and label of each, or records, which have room for text and attributes.

        Returns:
            The boxes, in the same order.

        Raises:
            InvalidArgumentError: one is not acceptable; nothing was sent.
            BadRequestError: the platform refuses one; none was made.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep their attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     await annotation.create_multiple_rectangles([(10, 20, 64, 48, label), (80, 20, 32, 48, label)])
        """
        return await self._create(RECTANGLES, Rectangle, rectangles)

    async def list_polygons(self) -> list[Polygon]:
        """List the polygons, oldest first."""
        return await self._list(POLYGONS, Polygon)

    async def create_polygon(
        self,
        coords: Sequence[Sequence[float]],
        label: Label,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
        *,
        instance: int | None = None,
    ) -> Polygon:
        """Add a polygon.

        Args:
            coords: at least three points, each x and y in whole pixels; it closes itself.
            label: what it shows, a label of the same dataset version.
            text: its text.
            attributes: values of the label's attributes.
            instance: polygons of one annotation with the same number are the parts of one object.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the polygon.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep its attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     polygon = await annotation.create_polygon([[0, 0], [90, 0], [90, 40]], label)
        """
        return await self._create_one(
            POLYGONS, Polygon, label, polygon=coords, instance=instance, text=text, attributes=attributes
        )

    async def create_multiple_polygons(
        self, polygons: Sequence[tuple[Sequence[Sequence[float]], Label] | NewPolygon]
    ) -> list[Polygon]:
        """Add polygons in one request, all or none.

        Args:
            polygons: points and label of each, or records, which have room for text and attributes.

        Returns:
            The polygons, in the same order.

        Raises:
            InvalidArgumentError: one is not acceptable; nothing was sent.
            BadRequestError: the platform refuses one; none was made.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep their attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     await annotation.create_multiple_polygons([([[0, 0], [90, 0], [90, 40]], label)])
        """
        return await self._create(POLYGONS, Polygon, polygons)

    async def list_masks(self) -> list[Mask]:
        """List the masks, oldest first."""
        return await self._list(MASKS, Mask)

    async def create_mask(
        self,
        mask: str,
        label: Label,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Mask:
        """Add a mask.

        Args:
            mask: the `counts` text of a compressed COCO RLE; its size is that of the image.
            label: what it shows, a label of the same dataset version.
            text: its text.
            attributes: values of the label's attributes.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the mask.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep its attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     mask = await annotation.create_mask("=3300000;", label)
        """
        return await self._create_one(MASKS, Mask, label, mask=mask, text=text, attributes=attributes)

    async def create_multiple_masks(self, masks: Sequence[tuple[str, Label] | NewMask]) -> list[Mask]:
        """Add masks in one request, all or none.

        Args:
            masks: `counts` text and label of each, or records, which have room for text and attributes.

        Returns:
            The masks, in the same order.

        Raises:
            InvalidArgumentError: one is not acceptable; nothing was sent.
            BadRequestError: the platform refuses one; none was made.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep their attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     await annotation.create_multiple_masks([("=3300000;", label)])
        """
        return await self._create(MASKS, Mask, masks)
