"""Builds YOLO files from annotated assets: a text file each, and `data.yaml`.

All lie in one folder. Tools look for the images there too, as `train` and `val` of `data.yaml` say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from asyncsdk.enums import InferenceType
from asyncsdk.formats.annotated import AnnotatedAsset, image_of
from asyncsdk.formats.categories import CategoryBook
from asyncsdk.formats.folders import Folder, tell_stem
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category
from asyncsdk.formats.yolo_config import YoloConfig, YoloTask, write_yolo_config
from asyncsdk.formats.yolo_writing import write_yolo

__all__ = ["CONFIG_NAME", "YoloBuilder", "task_of"]

CONFIG_NAME: Final = "data.yaml"

_TASKS: Final = {
    InferenceType.SEGMENTATION: YoloTask.SEGMENT,
    InferenceType.CLASSIFICATION: YoloTask.CLASSIFY,
    InferenceType.KEYPOINT: YoloTask.POSE,
}


def task_of(inference_type: InferenceType) -> YoloTask:
    """Return what YOLO files of a dataset version hold: boxes, where the format has nothing that fits better."""
    return _TASKS.get(inference_type, YoloTask.DETECT)


@attrs.define
class YoloBuilder:
    """Writes `<stem>.txt` for each asset, and `data.yaml` at the end.

    Args:
        folder: takes the files.
        stems: asset id to the name of its file without extension, no two alike.
        book: the classes.
        task: what the files shall hold.
        loss: takes what the files cannot hold.
    """

    folder: Folder
    stems: Mapping[str, str]
    book: CategoryBook
    task: YoloTask
    loss: LossReport
    _config: YoloConfig = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._config = _config(self.book.categories, self.task)

    def add(self, asset: AnnotatedAsset) -> None:
        """Write the file of an asset.

        Where its size is not known it gets none: an empty one would say that there is nothing on it.
        """
        stem = self.stems.get(asset.id)
        if stem is None:
            self.loss.dropped(
                "folder", asset.name, "added-meanwhile", "the asset came when the work had begun"
            )
            return
        file = f"{stem}.txt"
        image = image_of(asset, file, self.loss)
        if self.task is not YoloTask.CLASSIFY and not (image.width and image.height):
            self.loss.dropped(file, asset.name, "size-unknown", "YOLO files tell shares of the image's size")
            return
        for found in image.objects:
            self.book.number(found.label)
        if len(self.book.categories) != len(self._config.names):
            self._config = _config(self.book.categories, self.task)
        tell_stem(asset.name, stem, file, self.loss)
        size = image.width or 1, image.height or 1
        self.folder.add(file, write_yolo(image.objects, file, self._config, self.task, *size, self.loss))

    def finish(self) -> None:
        """Write `data.yaml`."""
        self.folder.add(CONFIG_NAME, write_yolo_config(self._config))

    def close(self) -> None:
        """Let go of nothing: nothing is kept on the way."""


def _config(categories: Sequence[Category], task: YoloTask) -> YoloConfig:
    names = tuple(category.name for category in categories)
    bare = YoloConfig(names=names, train=".", val=".")
    drawn = {number: each.keypoints for number, each in enumerate(categories) if each.keypoints}
    if task is not YoloTask.POSE or not drawn:
        return bare
    count = len(next(iter(drawn.values())))
    fitting = {number: points for number, points in drawn.items() if len(points) == count}
    return attrs.evolve(bare, keypoint_shape=(count, 3), keypoint_names=fitting)
