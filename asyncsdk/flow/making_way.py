"""An event loop that makes way for threads whose work needs the interpreter more than the disk.

Only one thread at a time can use the interpreter. A loop that goes on meanwhile takes it and gives it back at each of
their system calls, and each change costs more than the call. So it waits until they are done, for a moment at most.
"""

from __future__ import annotations

import threading

__all__ = ["MakingWay"]

MOMENT_S = 0.002
"""So long the loop waits at a time; more would be felt by others ..."""

ENOUGH_JOBS = 4
"""... and it waits again if the threads have begun as many jobs meanwhile; else the disk is slow, ..."""

HURRIED_STARTS = 20
"""... and the loop goes on at once so often."""


class MakingWay:
    """When a loop waits for threads, and how long.

    Attributes:
        begun: how many jobs the threads have begun so far; they count it.
        rested: whether the threads have told of all that they did; they set it, and who starts one clears it.
    """

    def __init__(self) -> None:
        self.begun: int = 0
        self.rested: threading.Event = threading.Event()
        self._hurried = 0

    def for_a_moment(self) -> bool:
        """Wait for the threads; in the thread of the loop.

        Returns:
            Whether to do so again at the loop's next turn.
        """
        if self._hurried:
            self._hurried -= 1
            return False
        before = self.begun
        if self.rested.wait(MOMENT_S):
            return False
        if self.begun - before >= ENOUGH_JOBS:
            return True
        self._hurried = HURRIED_STARTS
        return False
