"""Files of annotations that the platform builds."""

from __future__ import annotations

import attrs

from asyncsdk.enums import AnnotationExportKey, AnnotationFileType, AnnotationStatus
from asyncsdk.records.absent import absent

__all__ = ["AnnotationExport", "ExportLoss", "ExportedFile"]


@attrs.frozen(kw_only=True)
class AnnotationExport:
    """Asks for a file with the newest annotation of each asset; filters that are given must all hold."""

    type: AnnotationFileType
    export_video: bool = False
    """Take videos with their tracks, instead of images."""

    use_id: bool = False
    """What the older generation says instead of the key."""

    export_key: AnnotationExportKey | None = absent()
    """What the file calls assets by; if it is given, `use_id` does not count."""

    asset_ids: tuple[str, ...] | None = absent()
    worker_id: str | None = absent()
    status: AnnotationStatus | None = absent()

    @property
    def key(self) -> AnnotationExportKey:
        """What the file calls assets by."""
        if self.export_key is not None:
            return self.export_key
        return AnnotationExportKey.ASSET_ID if self.use_id else AnnotationExportKey.FILENAME


@attrs.frozen
class ExportLoss:
    """One thing that the file does not hold as it was."""

    file: str
    place: str
    kind: str
    rule: str
    reason: str


@attrs.frozen(kw_only=True)
class ExportedFile:
    """A file that was built; it stays for a day."""

    object_name: str
    presigned_url: str
    losses: tuple[ExportLoss, ...] = absent(())
    """Our addition: the first losses of each rule."""

    loss_counts: dict[str, int] | None = absent()
    """Our addition: rule to the number of its losses."""
