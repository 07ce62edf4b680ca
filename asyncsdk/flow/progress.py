"""Telling how far bulk work is: a bar, lines in a log, a callable, or nothing."""

from __future__ import annotations

from typing import Literal, Protocol

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.progress_bars import bar_for
from asyncsdk.flow.reporter import ProgressEvent, Reporter

__all__ = ["Progress", "ProgressEvent", "ProgressOption", "Reporter", "open_progress"]


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


def open_progress(progress: ProgressOption, *, stage: str, total: int | None, unit: str) -> Reporter:
    """Return a reporter, to be used in a `with` statement.

    Args:
        progress: `None` shows a bar when a terminal or a notebook looks on, and otherwise logs a line now
            and then; `False` shows nothing, and a callable gets a `ProgressEvent` at each step.
        stage: what is being done.
        total: units in all; `None` while nobody knows.
        unit: what is counted.

    Raises:
        InvalidArgumentError: `progress` is something else.

    Example:
        >>> with open_progress(print, stage="tag", total=2, unit="asset") as reporter:
        ...     reporter.advance(item="a.jpg")
        ProgressEvent(stage='tag', done=1, total=2, unit='asset', item='a.jpg', failed=0)
    """
    if progress is not None and progress is not False and not callable(progress):
        raise InvalidArgumentError(f"progress must be None, False or a callable, got {progress!r}")
    event = ProgressEvent(stage=stage, done=0, total=total, unit=unit)
    if progress is None:
        return bar_for(event)
    return Reporter(event, progress or None)
