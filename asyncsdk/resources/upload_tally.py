"""What became of the files of an upload, counted as they are done."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

from asyncsdk.records import codec
from asyncsdk.records.compressed import CompressedItems
from asyncsdk.records.data import DataRecord
from asyncsdk.records.packed import PackedRecords
from asyncsdk.records.packed_sequence import PackedSequence
from asyncsdk.records.reports import Failure, UploadedFile, UploadReport

__all__ = ["UploadTally"]


class UploadTally:
    """Takes the new data in the order in which it comes, and gives it in the order of the files.

    Args:
        files: all files of the upload.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._places = array("l", [-1]) * len(files)
        self._items = CompressedItems()
        self._failures: dict[int, Failure] = {}

    def done(self, number: int, record: DataRecord) -> None:
        """Count a file that became data.

        Args:
            number: its place among the files.
            record: the data.
        """
        self._places[number] = len(self._items)
        self._items.append(codec.encode(record))

    def failed(self, number: int, error: Exception) -> None:
        """Count a file that did not."""
        self._failures[number] = Failure(str(self._files[number]), error)

    def result(self, skipped: Sequence[Path]) -> tuple[PackedRecords[DataRecord], UploadReport]:
        """Return the new data in the files' order, and the report; called once, at the end.

        Args:
            skipped: files that were not to be uploaded.
        """
        done = array("l", (number for number, place in enumerate(self._places) if place >= 0))
        self._items.arrange(array("l", (place for place in self._places if place >= 0)))
        records = PackedRecords(self._items, DataRecord)
        failed = tuple(self._failures[number] for number in sorted(self._failures))
        return records, UploadReport(_Uploaded(self._files, done, records), skipped, failed)


class _Uploaded(PackedSequence[UploadedFile]):
    """The files that became data, with the ids that their records tell."""

    __slots__ = ("_done", "_files", "_records")

    def __init__(
        self, files: Sequence[Path], done: Sequence[int], records: PackedRecords[DataRecord]
    ) -> None:
        self._files = files
        self._done = done
        self._records = records

    def __len__(self) -> int:
        return len(self._done)

    def _at(self, index: int) -> UploadedFile:
        return UploadedFile(self._files[self._done[index]], self._records.id_at(index))
