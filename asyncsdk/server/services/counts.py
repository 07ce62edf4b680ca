"""Counts of filtered listings, kept until something changes: clients that page by offset ask at each page."""

from __future__ import annotations

from collections import OrderedDict

import attrs

__all__ = ["Counts"]

_MOST = 1000


@attrs.define
class Counts:
    """The latest counts, by what was counted."""

    _known: OrderedDict[str, tuple[int, int]] = attrs.field(factory=OrderedDict)

    def get(self, what: str, change: int) -> int | None:
        """Return a count if nothing has changed since it was taken.

        Args:
            what: fingerprint of the listing and its filter.
            change: the store's change number before it was read for this request.
        """
        known = self._known.get(what)
        return known[1] if known is not None and known[0] == change else None

    def keep(self, what: str, change: int, count: int) -> None:
        """Keep a count; the oldest ones are dropped."""
        self._known.pop(what, None)
        self._known[what] = (change, count)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
