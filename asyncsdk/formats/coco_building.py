"""Builds COCO files from annotated assets: the same assets give the same bytes, here and on the platform.

Ids count in the order of the assets. Categories, videos and images begin at 0, annotations at 1: the
evaluation of pycocotools takes a match with annotation 0 for none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import attrs

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.formats.annotated import AnnotatedAsset, has_only_rectangles, image_of
from asyncsdk.formats.categories import CategoryBook
from asyncsdk.formats.coco_file import COCOFile
from asyncsdk.formats.coco_parts import annotation_part, category_part, image_part, rectangle_part
from asyncsdk.formats.coco_spooling import CocoSpool
from asyncsdk.formats.coco_video_parts import (
    elder_part,
    frame_parts,
    track_parts,
    video_label_part,
    video_part,
)
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileImage
from asyncsdk.records.boxes import Box
from asyncsdk.records.coco import (
    COCOAnnotation,
    COCOCategory,
    COCOFrame,
    COCOImage,
    COCOVideo,
    COCOVideoAnnotation,
)
from asyncsdk.records.shapes import RectangleShape

__all__ = ["CocoBuilder", "CocoFileBuilder"]


@attrs.frozen(kw_only=True)
class _Parts:
    """What becomes of an asset."""

    images: Sequence[COCOImage]
    annotations: Sequence[COCOAnnotation]
    videos: Sequence[COCOVideo] = ()


@attrs.define
class _Numbering:
    """Gives the parts of one asset after the other, with their ids."""

    book: CategoryBook
    loss: LossReport
    file: str
    is_video: bool
    is_elder: bool = False
    _images: int = 0
    _videos: int = 0
    _annotations: int = 1

    def categories(self) -> Iterator[COCOCategory]:
        """Give the categories, once all assets are through."""
        return (category_part(number, category) for number, category in enumerate(self.book.categories))

    def parts(self, asset: AnnotatedAsset) -> _Parts:
        """Give the parts of an asset."""
        if not self.is_video and has_only_rectangles(asset.annotation):
            parts = self._boxes(asset)
            if parts is not None:
                return parts
        image = image_of(asset, self.file, self.loss, as_video=self.is_video)
        return self._video(image) if self.is_video else self._image(image)

    def _boxes(self, asset: AnnotatedAsset) -> _Parts | None:
        """Return the parts of an asset that has rectangles only, `None` where one cannot be written."""
        said, image, first = asset.annotation, self._images, self._annotations
        shapes: Sequence[RectangleShape | Box] = said.rectangles
        annotations: list[COCOAnnotation] = []
        for number, shape in enumerate(shapes, first):
            part = rectangle_part(number, image, self.book.number(shape.label), shape)
            if part is None:
                return None
            annotations.append(part)
        self._annotations += len(annotations)
        self._images += 1
        width, height = asset.width or None, asset.height or None
        own = COCOImage(
            id=image, file_name=asset.name, width=width, height=height, attributes=said.attributes
        )
        return _Parts(images=(own,), annotations=annotations)

    def _image(self, image: FileImage) -> _Parts:
        number = self._images
        self._images += 1
        annotations: list[COCOAnnotation] = []
        for found in image.objects:
            category = self.book.number(found.label)
            try:
                part = annotation_part(self._annotations, number, category, found)
            except InvalidArgumentError as error:
                self.loss.dropped(self.file, found.place, "unwritable", str(error))
                continue
            self._annotations += 1
            annotations.append(part)
        return _Parts(images=(image_part(number, image),), annotations=annotations)

    def _video(self, video: FileImage) -> _Parts:
        number = self._videos
        self._videos += 1
        frames = frame_parts(self._images, number, video)
        self._images += len(frames)
        annotations: list[COCOAnnotation] = []
        for part in self._moments(video, frames):
            self._annotations += 1
            annotations.append(elder_part(part) if self.is_elder else part)
        return _Parts(images=frames, annotations=annotations, videos=(video_part(number, video),))

    def _moments(self, video: FileImage, frames: list[COCOFrame]) -> Iterator[COCOVideoAnnotation]:
        for found in video.objects:
            yield video_label_part(self._annotations, self.book.number(found.label), found, frames[0])
        for track_id, track in enumerate(video.tracks):
            yield from track_parts(self._annotations, track_id, track, self.book.number(track.label), frames)


class CocoBuilder:
    """Writes a COCO file, in memory that does not grow with it.

    Args:
        sink: takes the bytes when all assets are through; stays open.
        book: the categories.
        loss: takes what the file cannot hold.
        file: its name, for messages.
        is_video: write the form for videos.
        is_elder: write it as the elder generation reads it.
    """

    def __init__(
        self,
        sink: BinaryIO,
        book: CategoryBook,
        loss: LossReport,
        *,
        file: str = "COCO file",
        is_video: bool = False,
        is_elder: bool = False,
    ) -> None:
        self._sink = sink
        self._numbering = _Numbering(book, loss, file, is_video, is_elder)
        self._spool = CocoSpool()

    def add(self, asset: AnnotatedAsset) -> None:
        """Take an asset in."""
        parts = self._numbering.parts(asset)
        for some in (parts.videos, parts.images, parts.annotations):
            self._spool.add(some)

    def finish(self) -> None:
        """Write the file."""
        self._spool.write(self._sink, self._numbering.categories())

    def close(self) -> None:
        """Let go of what is kept on the way."""
        self._spool.close()


class CocoFileBuilder:
    """Builds a COCO file in memory.

    Args:
        book: the categories.
        loss: takes what the file cannot hold.
        is_video: make the form for videos.
    """

    def __init__(self, book: CategoryBook, loss: LossReport, *, is_video: bool = False) -> None:
        self._numbering = _Numbering(book, loss, "COCO file", is_video)
        self._loss = loss
        self._videos: list[COCOVideo] = []
        self._images: list[COCOImage] = []
        self._annotations: list[COCOAnnotation] = []

    def add(self, asset: AnnotatedAsset) -> None:
        """Take an asset in."""
        parts = self._numbering.parts(asset)
        self._videos += parts.videos
        self._images += parts.images
        self._annotations += parts.annotations

    def file(self) -> COCOFile:
        """Return the file."""
        return COCOFile(
            categories=tuple(self._numbering.categories()),
            videos=tuple(self._videos),
            images=tuple(self._images),
            annotations=tuple(self._annotations),
            loss=self._loss,
        )
