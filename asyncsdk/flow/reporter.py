"""The state of bulk work, and telling it on."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

import attrs

__all__ = ["ProgressEvent", "Reporter"]


@attrs.frozen
class ProgressEvent:
    """How far one stage of a bulk operation is."""

    stage: str
    """What is being done, such as `download`."""

    done: int
    """Units that are finished, failed ones included."""

    total: int | None
    """Units in all; `None` while nobody knows."""

    unit: str
    """What is counted, such as `file` or `B`."""

    item: str | None = None
    """The item that was finished last, by path, name or id."""

    failed: int = 0
    """Units that failed."""


class Reporter:
    """Counts what is done and tells it on; a context manager.

    Attributes:
        event: the state so far.
    """

    def __init__(self, event: ProgressEvent, tell: Callable[[ProgressEvent], object] | None = None) -> None:
        self.event: ProgressEvent = event
        self._tell = tell

    def advance(self, n: int = 1, *, item: str | None = None, failed: int = 0) -> None:
        """Count `n` more units as done, `failed` of them as failed.

        Args:
            n: units.
            item: what was finished.
            failed: how many of the `n` units failed.
        """
        last = self.event  # field by field: `attrs.evolve` costs three times as much, for each file
        self._update(
            ProgressEvent(last.stage, last.done + n, last.total, last.unit, item, last.failed + failed)
        )

    def expect(self, total: int | None) -> None:
        """Set how many units there are in all, once it is known."""
        self._update(attrs.evolve(self.event, total=total))

    def _update(self, event: ProgressEvent) -> None:
        self.event = event
        if self._tell is not None:
            self._tell(self.event)

    def close(self) -> None:
        """Stop reporting."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
