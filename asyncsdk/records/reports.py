"""What bulk operations report: what succeeded, what failed and why."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from asyncsdk.errors import AsyncSDKError
from asyncsdk.markup.blocks import card, table
from asyncsdk.markup.elements import Html

__all__ = ["Failure", "TransferReport", "UploadReport", "UploadedFile", "failure_table"]


def _without_values(error: Exception) -> Exception:
    """Let go of what the frames of an error hold, such as the bytes of a file.

    An error of asyncsdk says it all in its text; any other keeps the places in the code, as a note. Frames are not
    cleared, as one that caught the error may belong to a task that goes on.
    """
    for one in _chain(error):
        if one.__traceback__ is not None and not isinstance(one, AsyncSDKError):
            one.add_note("".join(traceback.format_tb(one.__traceback__)))
        one.__traceback__ = None
    return error


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give an error, and those that it came from."""
    seen: dict[int, BaseException] = {}
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None and id(one) not in seen:
            seen[id(one)] = one
            left += one.__cause__, one.__context__
            if isinstance(one, BaseExceptionGroup):
                left += one.exceptions
    yield from seen.values()


@attrs.frozen
class Failure:
    """One item that failed."""

    item: str
    """The path, file name or id."""

    error: Exception = attrs.field(converter=_without_values)
    """Why; without a traceback, so that it holds no file. Other errors than asyncsdk's have it as a note."""

    def __str__(self) -> str:
        return f"{self.item}: {_reason(self)}"


def _reason(failure: Failure) -> str:
    """Return the text of an error; many begin with the item, which is told already."""
    return str(failure.error).removeprefix(f"{failure.item}: ")


def failure_table(failed: Sequence[Failure]) -> list[Html]:
    """Return a table of what failed, for notebooks; nothing where nothing failed."""
    rows = ((one.item, f"{type(one.error).__name__}: {_reason(one)}") for one in failed)
    return [table(["failed", "reason"], rows, total=len(failed))] if failed else []


@attrs.frozen
class TransferReport:
    """The outcome of a bulk transfer.

    Example:
        >>> print(TransferReport(downloaded=(), skipped=(), failed=(), bytes=0))
        0 done, 0 skipped, 0 failed, 0 bytes
    """

    downloaded: Sequence[Path]
    """Files that were written, in listing order."""

    skipped: Sequence[Path]
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

    def _repr_html_(self) -> str:
        facts = {
            "done": f"{len(self.downloaded):,}",
            "skipped": f"{len(self.skipped):,}",
            "failed": f"{len(self.failed):,}",
            "bytes": f"{self.bytes:,}",
        }
        return card("TransferReport", "", facts, *failure_table(self.failed))


@attrs.frozen
class UploadedFile:
    """A local file and the data that it became."""

    path: Path
    data_id: str


@attrs.frozen
class UploadReport:
    """The outcome of a bulk upload.

    Example:
        >>> print(UploadReport(uploaded=(), skipped=(Path("notes.txt"),), failed=()))
        0 uploaded, 1 skipped, 0 failed
    """

    uploaded: Sequence[UploadedFile]
    """Files that became data, in the caller's order."""

    skipped: Sequence[Path]
    """Files of folders that are neither images nor videos by their extension."""

    failed: tuple[Failure, ...]
    """Files that did not become data, and why."""

    def __str__(self) -> str:
        head = f"{len(self.uploaded)} uploaded, {len(self.skipped)} skipped, {len(self.failed)} failed"
        return "\n  ".join([head, *map(str, self.failed[:20])])

    def _repr_html_(self) -> str:
        facts = {
            "uploaded": f"{len(self.uploaded):,}",
            "skipped": f"{len(self.skipped):,}",
            "failed": f"{len(self.failed):,}",
        }
        rows = ((path, "neither an image nor a video by its extension") for path in self.skipped)
        skipped = [table(["skipped", "reason"], rows, total=len(self.skipped))] if self.skipped else []
        return card("UploadReport", "", facts, *failure_table(self.failed), *skipped)
