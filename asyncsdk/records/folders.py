"""How a folder and a dataset version differ."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from asyncsdk.records.reports import TransferReport

__all__ = ["FolderDifference", "FolderReport"]

_MOST_LINES = 20


@attrs.frozen
class FolderDifference:
    """A local file that stands for an asset, and what is to be said about it."""

    name: str
    """Where the file is: its path in the folder, with `/` between the parts."""

    asset_id: str
    """The asset that it stands for."""

    reason: str
    """In what it differs, or why it was not compared."""

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@attrs.frozen(kw_only=True)
class FolderReport:
    """What a comparison of a folder with a dataset version found, before anything was downloaded.

    Files go by their path in the folder, with `/` between the parts.

    Example:
        >>> print(FolderReport(missing_here=("a.png",), missing_there=("b.png",)))
        1 missing here, 1 missing there, 0 different, 0 not compared, 0 equal
          missing here: a.png
          missing there: b.png
    """

    missing_here: tuple[str, ...] = ()
    """What the version has and the folder lacks: the names under which the files belong there, newest first."""

    missing_there: tuple[str, ...] = ()
    """Local files that the version lacks, sorted; `upload_data` and `add_data` bring them there."""

    different: tuple[FolderDifference, ...] = ()
    """Files that are there under an asset's name, with another size or SHA-256."""

    not_compared: tuple[FolderDifference, ...] = ()
    """Files whose name fits, and whose size does where it is known, but whose content could not be compared."""

    equal: tuple[str, ...] = ()
    """Files that are there with the same content."""

    passed_over: tuple[str, ...] = ()
    """Symbolic links and what else is no regular file, under no asset's name; sorted."""

    transfer: TransferReport | None = None
    """What was downloaded; `None` when nothing was to be."""

    @property
    def is_synchronized(self) -> bool:
        """Whether nothing was missing on either side, and nothing different."""
        return not (self.missing_here or self.missing_there or self.different)

    def __str__(self) -> str:
        head = (
            f"{len(self.missing_here)} missing here, {len(self.missing_there)} missing there, "
            f"{len(self.different)} different, {len(self.not_compared)} not compared, {len(self.equal)} equal"
        )
        return "\n  ".join([head, *self._lines()])

    def _lines(self) -> Iterator[str]:
        yield from (f"missing here: {name}" for name in self.missing_here[:_MOST_LINES])
        yield from (f"missing there: {name}" for name in self.missing_there[:_MOST_LINES])
        yield from (f"different: {one}" for one in self.different[:_MOST_LINES])
