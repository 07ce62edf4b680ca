"""Annotations: what is said of one asset by one worker. Requests and answers about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from asyncsdk.enums import AnnotationStatus, ImportAnnotationMode
from asyncsdk.markup.blocks import card
from asyncsdk.markup.charts import bar_chart
from asyncsdk.records.absent import absent
from asyncsdk.records.data import DataRecord
from asyncsdk.records.labels import LabelRecord
from asyncsdk.records.new_shapes import EndKeyframe, NewShapes, NewTrack, PolygonKeyframe, RectangleKeyframe
from asyncsdk.records.shapes import (
    ClassificationShape,
    Coordinate,
    KeypointsShape,
    LineShape,
    MaskShape,
    PointShape,
    PolygonShape,
    RectangleShape,
)

__all__ = [
    "AnnotationOwner",
    "AnnotationPatch",
    "AnnotationRecord",
    "AnnotationStats",
    "AssetAnnotation",
    "BulkAnnotations",
    "BulkDelete",
    "ExtendedAnnotation",
    "ExtendedAsset",
    "LabelUse",
    "LoadedAnnotation",
    "NewAnnotation",
    "SavedShapes",
    "ShapeRecord",
    "TrackShape",
]


@attrs.frozen(kw_only=True)
class AnnotationRecord:
    """An annotation, without its shapes."""

    id: str
    worker_id: str | None = None
    """`None` on platforms that tell no workers."""

    duration: float
    """Seconds of work."""

    status: AnnotationStatus
    asset_id: str | None = absent()
    attributes: dict[str, Any] | None = absent()
    created_at: datetime | None = absent()


@attrs.frozen(kw_only=True)
class AnnotationOwner:
    """An annotation, of which no more is read than its id and its worker."""

    id: str
    worker_id: str | None = None


@attrs.frozen(kw_only=True)
class NewAnnotation:
    """Creates an annotation without shapes, for the user or another worker."""

    duration: float = 0.0
    worker_id: str | None = absent()


@attrs.frozen(kw_only=True)
class AnnotationPatch:
    """Changes what is given."""

    duration: float | None = absent()
    status: AnnotationStatus | None = absent()
    worker_id: str | None = absent()
    attributes: dict[str, Any] | None = absent()


@attrs.frozen(kw_only=True)
class SavedShapes(NewShapes):
    """Replaces all shapes of an annotation, and its duration where that is given."""

    duration: float | None = absent()


@attrs.frozen(kw_only=True)
class AssetAnnotation(NewShapes):
    """What a bulk request says of one asset."""

    asset_id: str
    attributes: dict[str, Any] | None = absent()
    tracks: tuple[NewTrack, ...] = absent(())


@attrs.frozen(kw_only=True)
class BulkAnnotations:
    """Creates or merges annotations of many assets, each asset once.

    The answer is an object: annotation id to the number of shapes and tracks that were made, -1 where an
    annotation was kept as it was.
    """

    import_type: ImportAnnotationMode
    annotations: tuple[AssetAnnotation, ...]
    worker_id: str | None = absent()
    status: AnnotationStatus | None = absent()


@attrs.frozen(kw_only=True)
class BulkDelete:
    """Names annotations of a version; all that is given must hold.

    `["__all__"]` stands for all assets or workers, an empty list names nothing.
    """

    asset_ids: tuple[str, ...]
    annotation_ids: tuple[str, ...] | None = absent()
    worker_ids: tuple[str, ...] | None = absent()


@attrs.frozen(kw_only=True)
class TrackShape:
    """An object of a video through its frames, with the name of its label."""

    label: str
    start_frame_index: int
    rectangle_keyframes: tuple[RectangleKeyframe, ...] = ()
    polygon_keyframes: tuple[PolygonKeyframe, ...] = ()
    end_keyframes: tuple[EndKeyframe, ...] = ()
    text: str | None = None
    attributes: dict[str, Any] | None = None
    id: str | None = absent()


@attrs.frozen(kw_only=True)
class LoadedAnnotation:
    """An annotation with its shapes, whose labels are named."""

    id: str
    asset_id: str
    worker_id: str | None = None
    """`None` on platforms that tell no workers."""

    duration: float
    status: AnnotationStatus
    created_at: datetime | None = absent()
    attributes: dict[str, Any] | None = None
    classifications: tuple[ClassificationShape, ...] = ()
    rectangles: tuple[RectangleShape, ...] = ()
    polygons: tuple[PolygonShape, ...] = ()
    lines: tuple[LineShape, ...] = ()
    points: tuple[PointShape, ...] = ()
    keypoints: tuple[KeypointsShape, ...] = ()
    masks: tuple[MaskShape, ...] = ()
    tracks: tuple[TrackShape, ...] = absent(())
    """Only where there are some."""


@attrs.frozen(kw_only=True)
class ShapeRecord:
    """A shape by itself, of any kind: the fields of the other kinds are not there."""

    id: str
    label: LabelRecord
    text: str | None = None
    attributes: dict[str, Any] | None = None
    x: int | None = absent()
    y: int | None = absent()
    w: int | None = absent()
    h: int | None = absent()
    polygon: tuple[tuple[Coordinate, Coordinate], ...] | None = absent()
    instance: int | None = absent()
    line: tuple[tuple[Coordinate, Coordinate], ...] | None = absent()
    point: tuple[Coordinate, Coordinate] | None = absent()
    order: int | None = absent()
    mask: str | None = absent()
    bbox: tuple[int, ...] | None = absent()
    area: float | None = absent()


@attrs.frozen
class LabelUse:
    """A shape, of which only the label is told."""

    label_id: str


@attrs.frozen(kw_only=True)
class ExtendedAnnotation:
    """Which labels an annotation uses, one entry per shape; the protocol promises no more than the lists."""

    id: str | None = absent()
    worker_id: str | None = absent()
    status: AnnotationStatus | None = absent()
    classifications: tuple[LabelUse, ...] = ()
    rectangles: tuple[LabelUse, ...] = ()
    polygons: tuple[LabelUse, ...] = ()
    lines: tuple[LabelUse, ...] = ()
    points: tuple[LabelUse, ...] = ()
    keypoints: tuple[LabelUse, ...] = ()
    masks: tuple[LabelUse, ...] = ()
    tracks: tuple[LabelUse, ...] = absent(())
    """Only where there are some."""


@attrs.frozen(kw_only=True)
class ExtendedAsset:
    """An asset with its annotations, newest first."""

    id: str
    data: DataRecord
    created_at: datetime | None = absent()
    annotations: tuple[ExtendedAnnotation, ...] = ()


@attrs.frozen(kw_only=True)
class AnnotationStats:
    """How a version is annotated."""

    label_repartition: dict[str, int]
    """Label name to the number of its shapes and tracks; labels that nothing uses are left out."""

    nb_objects: int
    """Shapes and tracks: the sum of the repartition."""

    nb_annotations: int

    def _repr_html_(self) -> str:
        facts = {"annotations": f"{self.nb_annotations:,}", "objects": f"{self.nb_objects:,}"}
        return card("AnnotationStats", "", facts, bar_chart(self.label_repartition, "objects"))
