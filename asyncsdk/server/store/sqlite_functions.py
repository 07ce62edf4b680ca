"""Functions that SQLite lacks; the driver registers them on each connection.

They run under Python's lock, so statements call them only for rows that need them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["FUNCTIONS"]


def _fold(text: str | None) -> str | None:
    """Return a text without regard to case, in all of Unicode."""
    return None if text is None else text.casefold()


FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {"asyncsdk_fold": (1, _fold)}
"""Deterministic functions by name, each with its number of arguments."""
