"""Ids and times of the platform's own making."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

__all__ = ["id_stamp", "new_id", "now_us"]

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def now_us() -> int:
    """Return the time in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562, section 5.7): time first, then a counter, then chance.

    Ids of one process grow strictly: the 12 bits after the time count within a millisecond.
    """
    global _last_ms, _counter  # noqa: PLW0603 - the counter is the process's own
    with _lock:
        now_ms = time.time_ns() // 1_000_000
        if now_ms > _last_ms:
            _last_ms, _counter = now_ms, 0
        elif _counter < 0xFFF:
            _counter += 1
        else:
            _last_ms, _counter = _last_ms + 1, 0
        stamp, count = _last_ms, _counter
    chance = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    return str(UUID(int=stamp << 80 | 0x7 << 76 | count << 64 | 0x2 << 62 | chance))


def id_stamp() -> str:
    """Return the time of UUIDv7s that a statement makes and numbers by itself, see `numbered_id`.

    It is a millisecond of its own: ids that were made before are smaller, those made from now on are greater.
    """
    global _last_ms, _counter
    with _lock:
        _last_ms, _counter = max(time.time_ns() // 1_000_000, _last_ms + 1), 0xFFF
        digits = f"{_last_ms:012x}"
    return f"{digits[:8]}-{digits[8:]}"
