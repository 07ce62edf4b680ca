"""Which processes still run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import psutil

__all__ = ["alive"]


def alive(pids: Iterable[int]) -> list[int]:
    """Return the numbers of those that have not ended; a zombie has ended, and one may end while it is asked."""
    found = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found
