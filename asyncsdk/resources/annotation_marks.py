"""Annotations: lines, points and classifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from asyncsdk.records.new_shapes import NewClassification, NewLine, NewPoint
from asyncsdk.resources.annotation_shapes import AnnotationShapes
from asyncsdk.resources.label import Label
from asyncsdk.resources.shape_kinds import CLASSIFICATIONS, LINES, POINTS
from asyncsdk.resources.shapes import Classification, Line, Point

__all__ = ["AnnotationMarks"]


@attrs.define(eq=False, repr=False)
class AnnotationMarks(AnnotationShapes):
    """The shapes of an annotation that cover no area."""

    async def list_lines(self) -> list[Line]:
        """List the lines, oldest first."""
        return await self._list(LINES, Line)

    async def create_line(
        self,
        coords: Sequence[Sequence[float]],
        label: Label,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Line:
        """Add a line.

        Args:
            coords: at least two points, each x and y in whole pixels; it stays open.
            label: what it shows, a label of the same dataset version.
            text: its text.
            attributes: values of the label's attributes.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the line.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep its attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     line = await annotation.create_line([[0, 5], [40, 9]], label)
        """
        return await self._create_one(LINES, Line, label, line=coords, text=text, attributes=attributes)

    async def create_multiple_lines(
        self, lines: Sequence[tuple[Sequence[Sequence[float]], Label] | NewLine]
    ) -> list[Line]:
        """Add lines in one request, all or none.

        Args:
            lines: points and label of each, or records, which have room for text and attributes.

        Returns:
            The lines, in the same order.

        Raises:
            InvalidArgumentError: one is not acceptable; nothing was sent.
            BadRequestError: the platform refuses one; none was made.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep their attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     await annotation.create_multiple_lines([([[0, 5], [40, 9]], label)])
        """
        return await self._create(LINES, Line, lines)

    async def list_points(self) -> list[Point]:
        """List the points, oldest first."""
        return await self._list(POINTS, Point)

    async def create_point(
        self,
        coords: Sequence[float],
        label: Label,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
        *,
        order: int | None = None,
    ) -> Point:
        """Add a point.

        Args:
            coords: x and y in whole pixels.
            label: what it shows, a label of the same dataset version.
            text: its text.
            attributes: values of the label's attributes.
            order: place among the points of the annotation, from 0.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the point.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep its attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     point = await annotation.create_point([33, 12], label)
        """
        return await self._create_one(
            POINTS, Point, label, point=coords, order=order, text=text, attributes=attributes
        )

    async def create_multiple_points(
        self, points: Sequence[tuple[Sequence[float], Label] | NewPoint]
    ) -> list[Point]:
        """Add points in one request, all or none.

        Args:
            points: x and y, and label of each, or records, which have room for text and attributes.

        Returns:
            The points, in the same order.

        Raises:
            InvalidArgumentError: one is not acceptable; nothing was sent.
            BadRequestError: the platform refuses one; none was made.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep their attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     await annotation.create_multiple_points([([33, 12], label), ([40, 12], label)])
        """
        return await self._create(POINTS, Point, points)

    async def list_classifications(self) -> list[Classification]:
        """List the classifications, oldest first."""
        return await self._list(CLASSIFICATIONS, Classification)

    async def create_classification(
        self,
        label: Label,
        text: str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> Classification:
        """Add a classification.

        Args:
            label: what the image shows, a label of the same dataset version.
            text: its text.
            attributes: values of the label's attributes.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses the classification.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep its attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     classification = await annotation.create_classification(label)
        """
        return await self._create_one(
            CLASSIFICATIONS, Classification, label, text=text, attributes=attributes
        )

    async def create_multiple_classifications(
        self, classifications: Sequence[Label | NewClassification]
    ) -> list[Classification]:
        """Add classifications in one request, all or none.

        Args:
            classifications: the labels, or records, which have room for text and attributes.

        Returns:
            The classifications, in the same order.

        Raises:
            InvalidArgumentError: one is not acceptable; nothing was sent.
            BadRequestError: the platform refuses one; none was made.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform cannot keep their attributes; nothing was sent.

        Example:
            >>> async def add(annotation, label) -> None:
            ...     await annotation.create_multiple_classifications([label])
        """
        return await self._create(CLASSIFICATIONS, Classification, classifications)
