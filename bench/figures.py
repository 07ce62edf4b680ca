"""What is kept of a row: medians and ratios, beside its aims; small enough to be committed, to compare later runs with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from rows import LIMIT, OURS, PUBLISHED, Result, Row, quartiles

TOLERANCE = 1.1
"""A ratio may become so many times as large before it counts as worse: a tenth."""


@attrs.frozen(kw_only=True)
class Figure:
    """One line of the table."""

    work: str
    row: str
    latency_ms: int
    rounds: int
    published_rounds: int
    medians: Mapping[str, Mapping[str, float]]
    """Contestant, then what it used."""

    ratio: tuple[float, float, float]
    """Time as a multiple of the bare loop's: quartiles of the rounds' ratios."""

    times: float | None
    """The published client's time as a multiple of ours."""

    published_ratio: float | None
    """The published client's time as a multiple of the bare loop's."""

    at_most: float
    at_least: float | None
    memory_at_most_mb: float | None

    @classmethod
    def of(cls, row: Row, result: Result) -> Figure:
        """Make the figures of a row at one latency."""
        published = result.runs.get(PUBLISHED, [])
        return cls(
            work=row.work,
            row=row.name,
            latency_ms=result.latency_ms,
            rounds=len(result.runs[OURS]),
            published_rounds=len(published),
            medians={name: result.median(name) for name in result.runs},
            ratio=quartiles(result.ratios(LIMIT)),
            times=quartiles(result.ratios(OURS, PUBLISHED))[1] if published else None,
            published_ratio=quartiles(result.ratios(LIMIT, PUBLISHED))[1] if published else None,
            at_most=row.at_most[result.latency_ms],
            at_least=row.at_least.get(result.latency_ms),
            memory_at_most_mb=row.memory_at_most_mb,
        )

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Figure:
        """Read what `attrs.asdict` has made."""
        low, middle, high = raw["ratio"]
        return cls(**{**raw, "ratio": (low, middle, high)})

    @property
    def name(self) -> str:
        """What the line is called."""
        return f"{self.row}, {self.latency_ms} ms"

    def missed(self) -> list[str]:
        """Return the aims that are not reached."""
        own_mb = self.medians[OURS]["above_start_mb"]
        found = []
        if self.ratio[1] > self.at_most:
            found.append(f"{self.ratio[1]:.2f} of at most {self.at_most:g}")
        if self.at_least is not None and self.times is not None and self.times < self.at_least:
            found.append(f"{self.times:.1f} times of at least {self.at_least:g}")
        if self.memory_at_most_mb is not None and own_mb > self.memory_at_most_mb:
            found.append(f"{own_mb:.0f} MB above the start of at most {self.memory_at_most_mb:g}")
        return found


def worse(new: Sequence[Figure], old: Sequence[Figure]) -> list[str]:
    """Name the rows whose ratio to the bare loop has become more than a tenth worse."""
    before = {(one.work, one.latency_ms): one.ratio[1] for one in old}
    return [
        f"{one.name}: {one.ratio[1]:.2f} of the bare loop, {before[one.work, one.latency_ms]:.2f} before"
        for one in new
        if one.ratio[1] > TOLERANCE * before.get((one.work, one.latency_ms), float("inf"))
    ]


def read_rows(path: Path) -> list[Figure]:
    """Return the rows of a file of figures."""
    return [Figure.read(raw) for raw in json.loads(path.read_text())["rows"]["figures"]]
