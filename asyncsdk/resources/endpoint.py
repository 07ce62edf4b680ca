"""Platforms that are there already."""

from __future__ import annotations

import attrs

__all__ = ["RemoteEndpoint"]


@attrs.frozen
class RemoteEndpoint:
    """A platform at a known host.

    Attributes:
        host: its origin.
        token: the API token.
    """

    host: str
    token: str = attrs.field(repr=False)

    async def reach(self) -> RemoteEndpoint:
        """Return itself: there is nothing to start."""
        return self

    def release(self) -> None:
        """Nothing to let go of."""
