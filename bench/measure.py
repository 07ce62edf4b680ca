"""Time, processor time and memory of one piece of work; needs nothing but Python, so that every contestant can use it."""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _resident_mb(name: str) -> float:
    """Return a line of the process's status (Linux): `VmRSS`, or `VmHWM`, the highest since the last reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1000
    raise LookupError(name)


@contextmanager
def measured(result: dict[str, float]) -> Iterator[None]:
    """Measure the body and print it as a line of JSON; what the body puts into `result` is printed along."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before, processor, begun = _resident_mb("VmRSS"), os.times(), time.perf_counter()
    yield
    seconds, after = time.perf_counter() - begun, os.times()
    own = {
        "seconds": seconds,
        "cpu_s": after.user + after.system - processor.user - processor.system,
        "peak_mb": _resident_mb("VmHWM"),
        "above_start_mb": _resident_mb("VmHWM") - before,
    }
    print(json.dumps(own | result), flush=True)
