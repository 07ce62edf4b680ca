"""Ids and times of the platform's own making."""

from __future__ import annotations

import os
import struct
import threading
import time

__all__ = ["id_stamp", "new_id", "new_ids", "now_us"]

_lock = threading.Lock()
_next = 0
"""The least number that was not given yet: milliseconds since 1970, then the counter's 12 bits, which run over."""


def now_us() -> int:
    """Return the time in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562, section 5.7): time first, then a counter, then chance.

    Ids of one process grow strictly: the 12 bits after the time count within a millisecond.
    """
    return _text(_numbers(1), int.from_bytes(os.urandom(8), "big"))


def new_ids(count: int) -> list[str]:
    """Return fresh ids in the order in which they grow; many at once cost less than one by one."""
    first = _numbers(count)
    chances = struct.unpack(f">{count}Q", os.urandom(8 * count))
    return list(map(_text, range(first, first + count), chances))


def _numbers(count: int) -> int:
    """Return the first of numbers that nobody else gets."""
    global _next  # noqa: PLW0603 - the counter is the process's own
    with _lock:
        first = max(_next, time.time_ns() // 1_000_000 << 12)
        _next = first + count
    return first


def id_stamp() -> str:
    """Return the time of UUIDv7s that a statement makes and numbers by itself, see `numbered_id`.

    It is a millisecond of its own: ids that were made before are smaller, those made from now on are greater.
    """
    global _next  # noqa: PLW0603 - the counter is the process's own
    with _lock:
        stamp = max(time.time_ns() // 1_000_000, (_next + 0xFFF) >> 12)
        _next = (stamp + 1) << 12
    digits = f"{stamp:012x}"
    return f"{digits[:8]}-{digits[8:]}"


def _text(number: int, chance: int) -> str:
    """Return the id of a time with its counter, and of 62 bits of chance."""
    version_7, variant_2 = 0x7000 | number & 0xFFF, 0x8000 | chance >> 48 & 0x3FFF
    return "%08x-%04x-%04x-%04x-%012x" % (  # noqa: UP031 - takes two thirds of the time of an f-string
        number >> 28,
        number >> 12 & 0xFFFF,
        version_7,
        variant_2,
        chance & 0xFFFF_FFFF_FFFF,
    )
