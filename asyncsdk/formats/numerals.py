"""Numbers as annotation files write them, and excerpts of files for messages."""

from __future__ import annotations

import math
import re

__all__ = ["number", "numeral", "shown", "whole"]

_NUMERAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SHOWN = 40


def number(text: str) -> float | None:
    """Return the finite number that a text is; `None` when it is none.

    Stricter than `float`, which takes `nan`, `1_000` and digits of other scripts too.
    """
    value = float(text) if _NUMERAL.fullmatch(text) else math.nan
    return value if math.isfinite(value) else None


def whole(text: str) -> int | None:
    """Return the whole number that a text is, also where it is written `3.0`; else `None`."""
    value = number(text)
    return int(value) if value is not None and value.is_integer() else None


def numeral(value: float) -> str:
    """Write a number so that reading gives it back: `3` for whole ones, else the shortest decimals."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def shown(text: str) -> str:
    """Return an excerpt of a file for a message: short, and with what cannot be printed escaped."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
