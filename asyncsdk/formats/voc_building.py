"""Builds Pascal VOC files from annotated assets, one XML file each."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from asyncsdk.formats.annotated import AnnotatedAsset, image_of
from asyncsdk.formats.folders import Folder, tell_stem
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.voc_writing import write_voc

__all__ = ["VocBuilder"]


@attrs.frozen
class VocBuilder:
    """Writes `<stem>.xml` for each asset.

    Args:
        folder: takes the files.
        stems: asset id to the name of its file without extension, no two alike.
        loss: takes what the files cannot hold.
    """

    folder: Folder
    stems: Mapping[str, str]
    loss: LossReport

    def add(self, asset: AnnotatedAsset) -> None:
        """Write the file of an asset."""
        stem = self.stems.get(asset.id)
        if stem is None:
            self.loss.dropped(
                "folder", asset.name, "added-meanwhile", "the asset came when the work had begun"
            )
            return
        file = f"{stem}.xml"
        tell_stem(asset.name, stem, file, self.loss)
        self.folder.add(file, write_voc(image_of(asset, file, self.loss), file, self.loss))

    def finish(self) -> None:
        """End; there is no file about all assets."""

    def close(self) -> None:
        """Let go of nothing: nothing is kept on the way."""
