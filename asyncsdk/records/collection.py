"""Collecting garbage more rarely while many objects are made that stay: they are no garbage yet.

Python looks for garbage each time 700 more objects are there, and again and again through all that stay. That
costs more than reading them.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import attrs

__all__ = ["rare_collection"]

_RARE = (50_000, 20, 20)


@attrs.define
class _State:
    lock: Lock = attrs.field(factory=Lock)
    users: int = 0
    before: tuple[int, int, int] = (0, 0, 0)


_state = _State()


@contextmanager
def rare_collection() -> Iterator[None]:
    """Let the garbage collector run once in 50,000 new objects meanwhile; work may overlap, and await.

    A collector that is switched off, or runs as rarely already, is left alone.

    Example:
        >>> with rare_collection():
        ...     numbers = [[number] for number in range(10_000)]
    """
    with _state.lock:
        if not _state.users:
            _state.before = gc.get_threshold()
            if 0 < _state.before[0] < _RARE[0]:
                gc.set_threshold(*_RARE)
        _state.users += 1
    try:
        yield
    finally:
        with _state.lock:
            _state.users -= 1
            if not _state.users and gc.get_threshold() == _RARE:  # else somebody else has set it meanwhile
                gc.set_threshold(*_state.before)
