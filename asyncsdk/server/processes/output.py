"""What a program says, line by line, within bounds; some lines are for the platform itself.

`::progress 0.5` on a line of its own says that half of the work is done.
"""

from __future__ import annotations

import re
from collections import deque

__all__ = ["Output"]

MOST_LINE_BYTES = 8192
MOST_LINES = 20_000
MOST_BYTES = 8 * 1024 * 1024
TAIL = 20

_PROGRESS = re.compile(r"::progress (0(?:\.\d+)?|1(?:\.0+)?|\.\d+)\s*", re.ASCII)


class Output:
    """Takes bytes as they come, and gives lines.

    A line that is too long is cut. A carriage return begins the line anew, as on a terminal, so that the
    last state of a progress bar is what is kept of it. Beyond a number of lines and bytes nothing is kept
    but the end, for the error.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        """What was not taken yet."""

        self.progress: float | None = None
        """The share that is done, as it was last told."""

        self._tail: deque[str] = deque(maxlen=TAIL)
        self._line = bytearray()
        self._cut = 0
        self._returned = False
        self._kept_lines = self._kept_bytes = 0
        self._dropped = 0

    @property
    def tail(self) -> list[str]:
        """The last lines."""
        return list(self._tail)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        for index, piece in enumerate(chunk.split(b"\n")):
            if index:
                self._end_line()
            self._extend(piece)

    def finish(self) -> None:
        """Take what stands on a last line without an end."""
        if self._line:
            self._end_line()
        if self._dropped:
            self.lines.append(f"({self._dropped} more lines were left out)")

    def _extend(self, piece: bytes) -> None:
        for index, part in enumerate(piece.split(b"\r")):
            self._returned = self._returned or index > 0
            if part:
                if self._returned:
                    self._start_line()
                room = MOST_LINE_BYTES - len(self._line)
                self._line += part[:room]
                self._cut += max(0, len(part) - room)

    def _start_line(self) -> None:
        self._line.clear()
        self._cut, self._returned = 0, False

    def _end_line(self) -> None:
        text = self._line.decode(errors="replace")
        if self._cut:
            text += f"… ({self._cut} more bytes)"
        self._start_line()
        progress = _PROGRESS.fullmatch(text)
        if progress is not None:
            self.progress = float(progress[1])
        else:
            self._tail.append(text)
            self._keep(text)

    def _keep(self, text: str) -> None:
        if self._kept_lines >= MOST_LINES or self._kept_bytes >= MOST_BYTES:
            if not self._dropped:
                self.lines.append("(the log is full: what follows is left out)")
            self._dropped += 1
            return
        self._kept_lines += 1
        self._kept_bytes += len(text)
        self.lines.append(text)
