"""What an import gives back: counts by annotation id, and what is not in them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import attrs

from asyncsdk.formats.loss import LossReport
from asyncsdk.markup.blocks import card, table
from asyncsdk.markup.elements import Html

__all__ = ["ImportResult", "SkipReason", "SkippedImage"]


class SkipReason(StrEnum):
    """Why nothing was sent for an image of a file."""

    NO_ASSET = "no asset has this name"
    SEVERAL_ASSETS = "several assets have this name"
    SEVERAL_IMAGES = "several images of the file have this name in different folders"
    NO_VIDEO = "the asset of this name is no video"
    NO_OBJECTS = "the file has no objects on it"
    NOTHING_LEFT = "none of its objects can be kept"


@attrs.frozen
class SkippedImage:
    """An image (or a video, or a label file) for which nothing was sent; its asset stays as it is."""

    name: str
    """What the file calls it."""

    reason: SkipReason

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class ImportResult(dict[str, int]):
    """Number of shapes and tracks that were created, by annotation id.

    An annotation that was kept as it is (mode `KEEP`) counts 0 and is named in `kept`.

    Attributes:
        loss: what of the file could not be kept as it is.
        skipped: images of the file for which nothing was sent.
        kept: ids of annotations that were there before and stayed as they are.
        planned_assets: assets that were, or in a dry run would be, written.
        planned_shapes: shapes and tracks that were, or in a dry run would be, sent.

    Example:
        >>> result = ImportResult({"0190b2a4-0000-7000-8000-000000000001": 3}, loss=LossReport())
        >>> print(result)
        1 annotations, 3 shapes, 0 kept, 0 skipped; nothing lost
    """

    def __init__(
        self,
        counts: Mapping[str, int] | None = None,
        *,
        loss: LossReport,
    ) -> None:
        super().__init__(counts or {})
        self.loss = loss
        self.skipped: tuple[SkippedImage, ...] = ()
        self.kept: list[str] = []
        self.planned_assets = 0
        self.planned_shapes = 0

    def take(self, answer: Mapping[str, int]) -> None:
        """Take in an answer of the platform; a negative number marks an annotation that was kept."""
        if self.keys().isdisjoint(answer) and min(answer.values(), default=0) >= 0:
            self.update(answer)
            return
        for annotation_id, count in answer.items():
            if count < 0 and annotation_id not in self:
                self.kept.append(annotation_id)
            elif count >= 0 and annotation_id in self and annotation_id in self.kept:
                self.kept.remove(annotation_id)
            self[annotation_id] = self.get(annotation_id, 0) + max(count, 0)

    def __str__(self) -> str:
        return f"{self._counts()}; {self.loss}"

    def __repr__(self) -> str:
        return f"<ImportResult of {self._counts()}; {len(self.loss)} lost or changed>"

    def _repr_html_(self) -> str:
        rows = ((one.name, str(one.reason)) for one in self.skipped)
        skipped = [table(["skipped", "reason"], rows, total=len(self.skipped))] if self.skipped else []
        return card("ImportResult", self._counts(), {}, *skipped, Html(self.loss._repr_html_()))

    def _counts(self) -> str:
        if self.planned_assets and not self:  # else there is an annotation for each
            done = (
                f"nothing written, {self.planned_assets} annotations and {self.planned_shapes} shapes planned"
            )
        else:
            done = f"{len(self)} annotations, {sum(self.values())} shapes, {len(self.kept)} kept"
        return f"{done}, {len(self.skipped)} skipped"
