"""What loading annotations gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncsdk.markup.blocks import card
from asyncsdk.records.reports import Failure, failure_table

__all__ = ["LoadedAnnotations"]


class LoadedAnnotations(dict[str, list[dict[str, Any]]]):
    """Asset id to the annotations of the asset, newest first: JSON objects with the shapes inside.

    Args:
        annotations: what was loaded.
        failed: the annotations that could not be loaded.

    Example:
        >>> loaded = LoadedAnnotations({"51aa…": [{"id": "7d0c…", "rectangles": []}]})
        >>> loaded["51aa…"][0]["id"], loaded.failed
        ('7d0c…', ())
    """

    def __init__(
        self, annotations: Mapping[str, list[dict[str, Any]]] | None = None, failed: Sequence[Failure] = ()
    ) -> None:
        super().__init__(annotations or {})
        self._failed = tuple(failed)

    @property
    def failed(self) -> tuple[Failure, ...]:
        """What could not be loaded: annotation ids, and why; each is on the platform, but not in here."""
        return self._failed

    def _repr_html_(self) -> str:
        facts = {
            "assets": f"{len(self):,}",
            "annotations": f"{sum(map(len, self.values())):,}",
            "failed": f"{len(self.failed):,}",
        }
        return card("LoadedAnnotations", "", facts, *failure_table(self.failed))
