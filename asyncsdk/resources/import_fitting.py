"""From what a file says of an image to what is sent for its asset. Blocking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import orjson

from asyncsdk.enums import InferenceType
from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.fitting import fit_all
from asyncsdk.formats.import_result import SkippedImage, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileObject
from asyncsdk.records.data import ImageSize
from asyncsdk.records.shapes import MaskShape, PolygonShape, Shape
from asyncsdk.resources.import_elements import element_of
from asyncsdk.resources.import_labels import LabelPlan
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_staging import Staging
from asyncsdk.wire import capabilities

__all__ = ["Fitting", "Target"]


@attrs.frozen(kw_only=True)
class Target:
    """An image of a file, and its asset."""

    file: str
    """For messages."""

    name: str
    """What the file calls the image."""

    place: str
    """Where the file has it."""

    asset_id: str
    size: ImageSize | None
    """Of the asset, where the platform knows it."""

    said_size: tuple[int | None, int | None] = (None, None)
    """Width and height as the file says."""

    attributes: dict[str, Any] | None = None


@attrs.define
class Fitting:
    """Makes the elements of an import.

    Attributes:
        options: how to import.
        inference_type: type of the version.
        staging: takes the elements.
        plan: the labels.
        loss: takes what cannot be kept.
        skipped: takes images of which nothing is left.
    """

    options: ImportOptions
    inference_type: InferenceType
    staging: Staging
    plan: LabelPlan
    loss: LossReport
    skipped: list[SkippedImage] = attrs.field(factory=list)
    _keeps_instances: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._keeps_instances = self.options.connection.supports(capabilities.INSTANCES)

    def add(self, target: Target, objects: Sequence[FileObject]) -> None:
        """Put the objects on an image; without objects its annotation gets no shapes.

        Where none of the objects can be kept the image is left alone, as no shapes would wipe out those that
        are there.
        """
        shapes = self._sendable(fit_all(objects, self.inference_type, self.canvas(target)), target)
        if objects and not shapes:
            self.skip(target.name, SkipReason.NOTHING_LEFT)
            return
        element = element_of(shapes, self.staging.number_of, attributes=target.attributes)
        self.staging.add(target.asset_id, target.name, orjson.dumps(element), len(shapes))

    def canvas(self, target: Target) -> Canvas:
        """Return the image to put objects on: as large as the asset, else as large as the file says."""
        width, height = target.said_size
        if target.size is not None:
            self.compare_size(target)
            width, height = target.size.width, target.size.height
        return Canvas(
            file=target.file, loss=self.loss, width=width, height=height, vertices=self.plan.vertices
        )

    def skip(self, name: str, reason: SkipReason) -> None:
        """Leave an image out."""
        self.skipped.append(SkippedImage(name, reason))

    def compare_size(self, target: Target) -> None:
        """Tell where the file says another size than the asset has."""
        said, size = target.said_size, target.size
        if size is None:
            return
        if any(mine not in {None, 0, its} for mine, its in zip(said, (size.width, size.height), strict=True)):
            reason = (
                f"the file says {said[0]} x {said[1]}, the asset has {size.width} x {size.height}; "
                "coordinates are taken as pixels of the asset"
            )
            self.loss.changed(target.file, target.place, "image-size", reason)

    def _sendable(self, shapes: Iterable[Shape], target: Target) -> list[Shape]:
        """Return the shapes that this platform can keep."""
        kept: list[Shape] = []
        for shape in shapes:
            if isinstance(shape, MaskShape) and target.size is None:
                reason = "masks need the size of the asset, which the platform does not know"
                self.loss.dropped(target.file, f"{target.place}, {target.name}", "mask-size-unknown", reason)
            elif isinstance(shape, PolygonShape) and shape.instance is not None and not self._keeps_instances:
                reason = "this platform does not keep which polygons are one object: they become objects"
                self.loss.changed(target.file, f"{target.place}, {target.name}", "instance", reason)
                kept.append(attrs.evolve(shape, instance=None))
            else:
                kept.append(shape)
        return kept
