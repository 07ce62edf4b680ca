"""How progress looks: a bar in a terminal, a bar in a notebook, a line now and then in a log."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from asyncsdk.flow.reporter import ProgressEvent, Reporter
from asyncsdk.markup.elements import element

__all__ = ["LogLines", "NotebookBar", "TerminalBar", "bar_for"]

LOGGER = logging.getLogger("asyncsdk.progress")

_REDRAW_S = 0.1
_LINE_S = 10.0


def bar_for(event: ProgressEvent) -> Reporter:
    """Return what fits where the program runs; in a program that nobody looks at and that logs nothing, silence."""
    shell = _notebook()
    if shell is not None:
        return NotebookBar(event, shell)
    stderr: Any = sys.stderr
    if stderr is not None and stderr.isatty():
        return TerminalBar(event)
    return LogLines(event) if LOGGER.isEnabledFor(logging.INFO) else Reporter(event)


def _notebook() -> Any:
    """Return the shell of the notebook's kernel that the program runs in; without importing it."""
    ipython: Any = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell if hasattr(shell, "kernel") else None


class TerminalBar(Reporter):
    """A bar on standard error."""

    def __init__(self, event: ProgressEvent) -> None:
        from tqdm import tqdm  # noqa: PLC0415 - half a start-up for what only some calls show

        super().__init__(event, self._draw)
        scaled = event.unit == "B"
        self._bar = tqdm(
            desc=event.stage, total=event.total, unit=event.unit, unit_scale=scaled, dynamic_ncols=True
        )

    def _draw(self, event: ProgressEvent) -> None:
        if self._bar.total != event.total:
            self._bar.total = event.total
            self._bar.refresh()
        if event.failed:
            self._bar.set_description(f"{event.stage}, {event.failed:,} failed", refresh=False)
        self._bar.update(event.done - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()


class _Now(Reporter):
    """Tells its state at once, then not more often than every few seconds, and at the end.

    Args:
        event: the state at the beginning.
        every_s: least time between two reports.
        clock: gives the time in seconds.
    """

    def __init__(
        self, event: ProgressEvent, every_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(event, self._look)
        self._every_s = every_s
        self._clock = clock
        self._begun_at = self._told_at = clock()

    @property
    def _elapsed_s(self) -> float:
        return self._clock() - self._begun_at

    def _look(self, event: ProgressEvent) -> None:
        if self._clock() - self._told_at >= self._every_s:
            self._told_at = self._clock()
            self._show(event)

    def close(self) -> None:
        self._show(self.event)

    def _show(self, event: ProgressEvent) -> None:
        raise NotImplementedError


class NotebookBar(_Now):
    """A bar below the cell, made of plain HTML: it needs no widgets, and stays in the notebook's file.

    Args:
        event: the state at the beginning.
        shell: IPython's shell.
        clock: gives the time in seconds.
    """

    def __init__(self, event: ProgressEvent, shell: Any, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(event, _REDRAW_S, clock)
        self._shell = shell
        self._id = uuid4().hex
        self._is_there = False
        self._show(event)

    def _show(self, event: ProgressEvent) -> None:
        text = f"{said(event)}, {self._elapsed_s:.1f} s"
        value = None if event.total is None else event.done
        bar = element("progress", max=event.total or 1, value=value, style="vertical-align:middle")
        self._shell.display_pub.publish(
            {"text/html": element("div", bar, " ", text), "text/plain": text},
            transient={"display_id": self._id},
            update=self._is_there,
        )
        self._is_there = True


class LogLines(_Now):
    """A line every ten seconds, and one at the end, to the logger `asyncsdk.progress`, at level INFO."""

    def __init__(self, event: ProgressEvent, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(event, _LINE_S, clock)

    def _show(self, event: ProgressEvent) -> None:
        LOGGER.info("%s, %.1f s", said(event), self._elapsed_s)


def said(event: ProgressEvent) -> str:
    """Return the state in words.

    Example:
        >>> said(ProgressEvent(stage="upload", done=1200, total=5000, unit="file", failed=3))
        'upload: 1,200 of 5,000 files, 3 failed'
    """
    unit = event.unit if event.unit == "B" else f"{event.unit}s"
    done = f"{event.done:,}" if event.total is None else f"{event.done:,} of {event.total:,}"
    failed = f", {event.failed:,} failed" if event.failed else ""
    return f"{event.stage}: {done} {unit}{failed}"
