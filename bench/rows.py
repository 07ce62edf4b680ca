"""A row of the table: what is measured, what is aimed at, and what came out."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

OURS, LIMIT, PUBLISHED = CONTESTANTS = ("asyncsdk", "bare loop", "published")


@attrs.frozen(kw_only=True)
class Row:
    """One line of the table for each latency."""

    name: str
    work: str
    """Name of the function that does it, in `ours.py`, `limit.py` and `published.py`."""

    server: tuple[str, ...]
    """Options of the replay server."""

    latencies_ms: tuple[int, ...] = (0, 30)
    prepare: Callable[[Path], None] = lambda _: None
    """Puts into a folder what the work reads."""

    published_work: str | None = attrs.field(default=attrs.Factory(lambda row: row.work, takes_self=True))
    """What the published client does instead, where it has no way like this one."""

    in_flight: Mapping[int, int] = attrs.field(factory=lambda: {0: 64, 30: 128})
    """Requests in flight of the bare loop at a latency: what was best for it in a sweep."""

    at_most: Mapping[int, float] = attrs.field(factory=lambda: {0: 1.3, 30: 1.3})
    """The aim: at a latency, the time as a multiple of the bare loop's."""

    at_least: Mapping[int, float] = attrs.field(factory=dict[int, float])
    """The aim: at a latency, the published client's time as a multiple of ours."""

    memory_at_most_mb: float | None = None
    """The aim: the peak above the start."""


@attrs.frozen
class Run:
    """What one process used."""

    seconds: float
    cpu_s: float
    peak_mb: float
    above_start_mb: float
    count: int
    round: int = 0


@attrs.frozen(kw_only=True)
class Result:
    """All rounds of a row at one latency."""

    row: str
    latency_ms: int
    runs: dict[str, list[Run]]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Result:
        """Read what `attrs.asdict` has made."""
        runs = {name: [Run(**run) for run in runs] for name, runs in raw["runs"].items()}
        return cls(row=raw["row"], latency_ms=raw["latency_ms"], runs=runs)

    def ratios(self, over: str, under: str = OURS) -> list[float]:
        """Return how many times as long one contestant took as another, for each round that both were in."""
        others = {run.round: run.seconds for run in self.runs[over]}
        return [run.seconds / others[run.round] for run in self.runs[under] if run.round in others]

    def median(self, name: str) -> dict[str, float]:
        """Return the medians of what a contestant used."""
        return {
            field: statistics.median(getattr(run, field) for run in self.runs[name])
            for field in ("seconds", "cpu_s", "peak_mb", "above_start_mb")
        }


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the first quartile, the median and the third quartile."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
