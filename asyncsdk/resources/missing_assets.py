"""What synchronising gives back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from asyncsdk.records.datasets import AssetRecord
from asyncsdk.records.folders import FolderReport
from asyncsdk.resources.asset import MultiAsset
from asyncsdk.resources.connection import Connection

__all__ = ["MissingAssets"]


class MissingAssets(MultiAsset):
    """The assets of a dataset version that a folder lacked, with a report of both directions."""

    __slots__ = ("_report",)

    def __init__(
        self, connection: Connection, records: Sequence[AssetRecord], version_id: str, report: FolderReport
    ) -> None:
        super().__init__(connection, records, version_id)
        self._report = report

    @property
    def report(self) -> FolderReport:
        """What the comparison found, and what was downloaded; slices have the report of the whole."""
        return self._report

    def _of(self, records: Sequence[Any]) -> Self:
        return type(self)(self._connection, records, self._version_id, self._report)
