"""Telling how far bulk work is: a bar, a callable, or nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import attrs

__all__ = ["Progress", "ProgressEvent", "ProgressOption", "Reporter", "open_progress"]


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


class Progress(Protocol):
    """A callable that takes events.

    It is called on the event loop's thread, so it must be quick and must not block; what it raises ends
    the operation.
    """

    def __call__(self, event: ProgressEvent, /) -> object:
        """Take an event."""
        ...


ProgressOption = Progress | Literal[False] | None
"""What the `progress` parameter of bulk methods takes."""


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
        self._update(done=self.event.done + n, item=item, failed=self.event.failed + failed)

    def expect(self, total: int | None) -> None:
        """Set how many units there are in all, once it is known."""
        self._update(total=total)

    def _update(self, **changes: Any) -> None:
        self.event = attrs.evolve(self.event, **changes)
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


class _Bar(Reporter):
    """A bar on standard error, or a widget in a notebook."""

    def __init__(self, event: ProgressEvent) -> None:
        from tqdm.auto import tqdm  # noqa: PLC0415 - half a start-up for what only some calls show

        super().__init__(event, self._draw)
        scaled = event.unit == "B"
        self._bar = tqdm(desc=event.stage, total=event.total, unit=event.unit, unit_scale=scaled)

    def _draw(self, event: ProgressEvent) -> None:
        if self._bar.total != event.total:
            self._bar.total = event.total
            self._bar.refresh()
        if event.failed:
            self._bar.set_postfix(failed=event.failed, refresh=False)
        self._bar.update(event.done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


def open_progress(progress: ProgressOption, *, stage: str, total: int | None, unit: str) -> Reporter:
    """Return a reporter, to be used in a `with` statement.

    Args:
        progress: `None` shows a bar when a terminal or a notebook looks on, `False` nothing, and a
            callable gets a `ProgressEvent` at each step.
        stage: what is being done.
        total: units in all; `None` while nobody knows.
        unit: what is counted.

    Example:
        >>> with open_progress(print, stage="tag", total=2, unit="asset") as reporter:
        ...     reporter.advance(item="a.jpg")
        ProgressEvent(stage='tag', done=1, total=2, unit='asset', item='a.jpg', failed=0)
    """
    event = ProgressEvent(stage=stage, done=0, total=total, unit=unit)
    if progress is None:
        return _Bar(event) if _somebody_looks_on() else Reporter(event)
    return Reporter(event, progress or None)


def _somebody_looks_on() -> bool:
    stderr: Any = sys.stderr
    return "ipykernel" in sys.modules or (stderr is not None and stderr.isatty())
