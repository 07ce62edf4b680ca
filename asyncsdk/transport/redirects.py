"""Where redirects lead."""

from __future__ import annotations

from contextlib import suppress

from yarl import URL

from asyncsdk.errors import ProtocolError

__all__ = ["MAX_HOPS", "redirected"]

MAX_HOPS = 5
"""How many redirects are followed, one after the other."""


def redirected(address: str, location: str, route: str) -> URL:
    """Return where a redirect leads.

    Args:
        address: what was asked.
        location: what the answer tells, absolute or not.
        route: what was asked for, for the text.

    Raises:
        ProtocolError: it leads to no address.
    """
    with suppress(ValueError):
        target = URL(address, encoded=True).join(URL(location, encoded=True))
        if target.port != 0:  # asked for, it is checked
            return target
    raise ProtocolError(f"{route}: the answer redirects to what is no address")
