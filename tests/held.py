"""Bytes of which it can be seen whether anybody still holds them."""

from __future__ import annotations

import weakref


class _Mark:
    pass


class Content(bytes):
    """Bytes like any others; `held()` is there as long as they are."""

    def __init__(self, *_):
        self._mark = _Mark()

    @property
    def held(self):
        """A function that returns something, and `None` once nobody holds the bytes."""
        return weakref.ref(self._mark)
