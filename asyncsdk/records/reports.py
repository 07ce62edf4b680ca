"""What bulk operations report: what succeeded, what failed and why."""

from __future__ import annotations

from pathlib import Path

import attrs

__all__ = ["Failure", "TransferReport"]


@attrs.frozen
class Failure:
    """One item that failed."""

    item: str
    """The path, file name or id."""

    error: Exception
    """Why."""

    def __str__(self) -> str:
        return f"{self.item}: {self.error}"


@attrs.frozen
class TransferReport:
    """The outcome of a bulk transfer.

    Example:
        >>> print(TransferReport(downloaded=(), skipped=(), failed=(), bytes=0))
        0 done, 0 skipped, 0 failed, 0 bytes
    """

    downloaded: tuple[Path, ...]
    """Files that were written, in listing order."""

    skipped: tuple[Path, ...]
    """Files that were there already, whole."""

    failed: tuple[Failure, ...]
    """What did not arrive, and why."""

    bytes: int
    """Bytes that were received."""

    def __str__(self) -> str:
        head = (
            f"{len(self.downloaded)} done, {len(self.skipped)} skipped, "
            f"{len(self.failed)} failed, {self.bytes} bytes"
        )
        return "\n  ".join([head, *map(str, self.failed[:20])])
