"""A COCO file in memory, to look at and to write."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

import attrs

from asyncsdk.errors import InvalidArgumentError, TransferError
from asyncsdk.formats.coco_writing import write_coco
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.coco import COCOContent

__all__ = ["COCOFile", "target_of"]


def target_of(path: str | os.PathLike[str]) -> Path:
    """Return the path at which a file may appear, in place of a file that is there. Blocking.

    Raises:
        InvalidArgumentError: it is no path of a file, or what is there, such as `/dev/null`, must not be replaced.
    """
    kind = 0
    try:
        target = Path(path).expanduser()
        with suppress(OSError):  # nothing is there, or what is wrong is told when it is written
            kind = target.stat().st_mode
    except (TypeError, RuntimeError, ValueError) as error:
        raise InvalidArgumentError(f"path: {path!r} is not a path: {error}") from error
    if not target.name:
        raise InvalidArgumentError(f"path: {path!r} is not the path of a file")
    if kind and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        raise InvalidArgumentError(
            f"path: {path!r} is a device or a pipe, which no file can take the place of"
        )
    return target


@attrs.frozen(kw_only=True, repr=False)
class COCOFile(COCOContent):
    """A COCO file: `categories`, `images` and `annotations`, and `videos` in the form for videos.

    Example:
        >>> async def names(version) -> list[str]:
        ...     file = await version.build_coco_file_locally()
        ...     file.write("coco.json")
        ...     return [category.name for category in file.categories]
    """

    loss: LossReport = attrs.field(factory=LossReport, eq=False)
    """What the file cannot hold."""

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the file, and return its path; it blocks while it writes.

        A file that is there is replaced once the new one is whole.

        Args:
            path: where; its folder must exist.

        Raises:
            InvalidArgumentError: it is no path of a file, or one of a device.
            TransferError: it cannot be written.
        """
        target = target_of(path)
        part = target.with_name(f".{secrets.token_hex(8)}.part")
        try:
            try:
                with part.open("xb") as sink:
                    write_coco(sink, self)
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise TransferError(str(target), f"cannot be written: {error.strerror or error}") from error
        return target

    def __repr__(self) -> str:
        parts = {
            "categories": self.categories,
            "videos": self.videos,
            "images": self.images,
            "annotations": self.annotations,
        }
        counts = ", ".join(f"{len(part)} {name}" for name, part in parts.items() if part or name != "videos")
        return f"<COCOFile of {counts}; {len(self.loss)} lost or changed>"
