"""Builders of annotation files, one for each type: the same code here and on the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, Protocol

import attrs

from asyncsdk.enums import AnnotationFileType, InferenceType
from asyncsdk.formats.annotated import AnnotatedAsset
from asyncsdk.formats.categories import CategoryBook
from asyncsdk.formats.coco_building import CocoBuilder
from asyncsdk.formats.folders import Folder
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.voc_building import VocBuilder
from asyncsdk.formats.yolo_building import YoloBuilder, task_of

__all__ = ["Builder", "Building", "coco_builder", "folder_builder"]


class Builder(Protocol):
    """Builds files of annotations, asset by asset."""

    def add(self, asset: AnnotatedAsset) -> None:
        """Take an asset in."""
        ...

    def finish(self) -> None:
        """Write what is written at the end."""
        ...

    def close(self) -> None:
        """Let go of what is kept on the way, also when the work was broken off."""
        ...


@attrs.frozen(kw_only=True)
class Building:
    """What is built."""

    type: AnnotationFileType
    inference_type: InferenceType
    """Type of the dataset version."""

    book: CategoryBook
    loss: LossReport
    is_video: bool = False
    """Build the form for videos, which only COCO has."""

    is_elder: bool = False
    """Build that form as the elder generation of clients reads it."""

    stems: Mapping[str, str] = attrs.field(factory=dict)
    """Asset id to the name of its file, for types with a file for each asset."""


def coco_builder(building: Building, sink: BinaryIO) -> Builder:
    """Return what builds a COCO file."""
    return CocoBuilder(
        sink, building.book, building.loss, is_video=building.is_video, is_elder=building.is_elder
    )


def folder_builder(building: Building, folder: Folder) -> Builder:
    """Return what builds a folder of Pascal VOC or YOLO files."""
    if building.type is AnnotationFileType.PASCAL_VOC:
        return VocBuilder(folder, building.stems, building.loss)
    task = task_of(building.inference_type)
    return YoloBuilder(folder, building.stems, building.book, task, building.loss)
