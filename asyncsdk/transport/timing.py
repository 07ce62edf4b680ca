"""Time and chance, as arguments."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import attrs

__all__ = ["Timing"]


@attrs.frozen(kw_only=True)
class Timing:
    """What the transport asks for time and chance; tests pass their own, and never wait."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits that many seconds."""

    draw: Callable[[], float] = random.random  # noqa: S311 - spreads waits, guards nothing
    """Gives a random number in [0, 1)."""

    clock: Callable[[], float] = time.monotonic
    """Tells the seconds since some fixed moment."""
