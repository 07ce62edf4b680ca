"""Annotations: what is said of one asset by one worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import attrs

from asyncsdk.enums import AnnotationStatus, choose
from asyncsdk.errors import NotSupportedError
from asyncsdk.records.annotations import AnnotationPatch, AnnotationRecord, SavedShapes
from asyncsdk.records.loading import LoadedAnnotations
from asyncsdk.records.new_shapes import (
    NewClassification,
    NewLine,
    NewMask,
    NewPoint,
    NewPolygon,
    NewRectangle,
)
from asyncsdk.resources import annotation_deleting, annotation_loading, shape_making
from asyncsdk.resources.annotation_areas import AnnotationAreas
from asyncsdk.resources.annotation_marks import AnnotationMarks
from asyncsdk.resources.arguments import check_seconds
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.label import Label
from asyncsdk.resources.multi import Multi
from asyncsdk.resources.worker import Worker
from asyncsdk.resources.worker_filters import check_worker, worker_id_of
from asyncsdk.wire import routes

__all__ = ["Annotation", "MultiAnnotation"]


@attrs.define(eq=False, repr=False)
class Annotation(AnnotationAreas, AnnotationMarks):
    """What one worker says of one asset: shapes with labels, a status, and the time that it took."""

    @property
    def asset_id(self) -> str:
        """Id of the asset."""
        return self._record.asset_id or ""

    @property
    def dataset_version_id(self) -> str:
        """Id of the dataset version."""
        return self._version_id

    @property
    def worker_id(self) -> str | None:
        """Id of the worker; `None` where the platform does not tell it."""
        return self._record.worker_id

    @property
    def duration(self) -> float:
        """Seconds of work."""
        return self._record.duration

    @property
    def status(self) -> AnnotationStatus:
        """Where the annotation stands."""
        return self._record.status

    @property
    def attributes(self) -> dict[str, Any] | None:
        """Values of the dataset version's attributes."""
        return self._record.attributes

    @property
    def created_at(self) -> datetime | None:
        """When it was created, where the platform tells it."""
        return self._record.created_at

    async def refresh(self) -> None:
        """Read the annotation anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._keep(await self._connection.call(routes.GET_ANNOTATION, AnnotationRecord, annotation=self.id))

    async def update(
        self,
        worker: Worker | None = None,
        duration: float | None = None,
        status: AnnotationStatus | str | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        """Change worker, duration, status and attributes; what is not given stays.

        Args:
            worker: the worker whose annotation it is from now on.
            duration: seconds of work; 0 is a duration like any other.
            status: new status: a member or its name in any case.
            attributes: new attributes, in place of all that there are.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the attributes do not fit their configuration.
            ConflictError: the worker has an annotation on the asset already.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform left the worker or the attributes as they were.

        Example:
            >>> async def accept(annotation) -> None:
            ...     await annotation.update(duration=0, status="accepted")
        """
        patch = AnnotationPatch(
            duration=check_seconds(duration, "duration"),
            status=None if status is None else choose(AnnotationStatus, status),
            worker_id=worker_id_of(worker),
            attributes=attributes,
        )
        self._keep(
            await self._connection.call(
                routes.UPDATE_ANNOTATION, AnnotationRecord, body=patch, annotation=self.id
            )
        )
        check_worker(self._record.worker_id, patch.worker_id)
        if attributes is not None and self._record.attributes != attributes:
            raise NotSupportedError(f"{self._connection.host} left the attributes as they were")

    async def delete(self) -> None:
        """Delete the annotation with its shapes.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.act(routes.DELETE_ANNOTATION, annotation=self.id)

    async def overwrite(
        self,
        rectangles: Sequence[tuple[float, float, float, float, Label] | NewRectangle] | None = None,
        polygons: Sequence[tuple[Sequence[Sequence[float]], Label] | NewPolygon] | None = None,
        classifications: Sequence[Label | NewClassification] | None = None,
        lines: Sequence[tuple[Sequence[Sequence[float]], Label] | NewLine] | None = None,
        points: Sequence[tuple[Sequence[float], Label] | NewPoint] | None = None,
        duration: float | None = None,
        masks: Sequence[tuple[str, Label] | NewMask] | None = None,
    ) -> None:
        """Replace all shapes with others, in one request, all or none; without any, only remove them.

        Args:
            rectangles: x, y, width, height and label of each box, or records.
            polygons: points and label of each polygon, or records.
            classifications: the labels, or records.
            lines: points and label of each line, or records.
            points: x and y, and label of each point, or records.
            duration: seconds of work; `None` keeps them.
            masks: `counts` text and label of each mask, or records.

        Raises:
            InvalidArgumentError: an argument is not acceptable; nothing was sent.
            BadRequestError: the platform refuses a shape; nothing was changed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform takes no text or attributes here; nothing was sent.

        Example:
            >>> async def redo(annotation, car, night) -> None:
            ...     await annotation.overwrite(rectangles=[(10, 20, 64, 48, car)], classifications=[night])
        """
        given = {
            "rectangles": rectangles,
            "polygons": polygons,
            "classifications": classifications,
            "lines": lines,
            "points": points,
            "masks": masks,
        }
        shapes = {
            plural: shape_making.new_shapes(shape_making.KINDS[plural], values, self._version_id)
            for plural, values in given.items()
        }
        seconds = check_seconds(duration, "duration")
        body = SavedShapes(duration=self.duration if seconds is None else seconds, **shapes)
        self._keep(await shape_making.save_shapes(self._connection, self.id, body))

    def _keep(self, record: AnnotationRecord) -> None:
        """Keep what was read; not every answer tells the asset."""
        self._record = attrs.evolve(record, asset_id=record.asset_id or self._record.asset_id)

    def _label(self) -> str:
        return self.status.value


class MultiAnnotation(Multi[Annotation]):
    """A sequence of annotations of one dataset version, with bulk methods."""

    __slots__ = ("_version_id",)

    def __init__(self, connection: Connection, records: Sequence[AnnotationRecord], version_id: str) -> None:
        super().__init__(connection, records)
        self._version_id = version_id

    @property
    def dataset_version_id(self) -> str:
        """Id of the dataset version."""
        return self._version_id

    async def load(
        self, chunk_size: int = 100, max_workers: int | None = None, skip_error: bool = False
    ) -> LoadedAnnotations:
        """Load the annotations with their shapes, in parallel; those that are gone are left out.

        Args:
            chunk_size: annotations per request, 1 to 1000.
            max_workers: most requests at once; `None` adapts.
            skip_error: return what could be loaded; `failed` of the result says what is missing and why.

        Returns:
            Asset id to its annotations, as JSON objects, in the order of this sequence.

        Raises:
            PartialFailure: some could not be loaded; the text names them and the reason, `report` has the rest.
        """
        return await annotation_loading.load_ids(
            self._connection,
            self._version_id,
            self.ids,
            chunk_size=chunk_size,
            max_workers=max_workers,
            skip_error=skip_error,
        )

    async def delete(self) -> None:
        """Delete the annotations with their shapes.

        Raises:
            LockedError: the dataset version is locked.
        """
        await annotation_deleting.delete_ids(self._connection, self._version_id, self.ids)

    def _wrap(self, record: AnnotationRecord) -> Annotation:
        return Annotation(self._connection, record, self._version_id)

    def _of(self, records: Sequence[Any]) -> Self:
        return type(self)(self._connection, records, self._version_id)
