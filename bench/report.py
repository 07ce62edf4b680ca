"""Runs all rows and writes their table and chart into `docs/performance.md`, between its marks.

    python bench/report.py [--rounds N] [--row WORK …] [--results FOLDER]

With `--results` the figures that a folder has are taken, and only missing rows are run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path

import attrs
from rounds import PUBLISHED, Result, Row, Run, measure, quartiles, text

WORKS = (
    "list_by_cursor",
    "list_by_offset",
    "load_boxes",
    "load_polygons",
    "download_small",
    "download_large",
    "upload",
    "build_coco",
    "import_coco",
)
DOCS = Path(__file__).parent.parent / "docs"
CHART = "performance.png"
BEGIN, END = "<!-- rows: begin -->", "<!-- rows: end -->"
_LIBRARIES = ("aiohttp", "uvloop", "orjson", "msgspec")


def main() -> None:
    """Measure as the command line asks for it, and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--row", action="append", choices=WORKS, help="only this one; may be repeated")
    parser.add_argument("--results", type=Path, help="a folder for the figures, as JSON")
    options = parser.parse_args()
    results = [
        result
        for work in options.row or WORKS
        for result in _results(import_module(work).ROW, options.rounds, options.results)
    ]
    chart(results, DOCS / CHART)
    page = DOCS / "performance.md"
    content = page.read_text()
    before, rest = content.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n{section(results)}\n{END}{after}")


def _results(row: Row, rounds: int, folder: Path | None) -> list[Result]:
    found = []
    for latency in row.latencies_ms:
        kept = None if folder is None else folder / f"{row.work}-{latency}.json"
        if kept is not None and kept.exists():
            raw = json.loads(kept.read_text())
            raw["runs"] = {name: [Run(**run) for run in runs] for name, runs in raw["runs"].items()}
            result = Result(**raw)
        else:
            result = measure(row, latency, rounds)
            if kept is not None:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps(attrs.asdict(result)))
        print(text(result), flush=True)
        found.append(result)
    return found


def section(results: Sequence[Result]) -> str:
    """Return the table with what it was measured on."""
    rounds = max(len(result.runs["asyncsdk"]) for result in results)
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    intro = (
        f"{datetime.now(UTC):%Y-%m-%d}, `nox -s bench`, {rounds} rounds: {os.cpu_count()} cores of "
        f"{_processor()}, {platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"{libraries}; the published client is {PUBLISHED}. Seconds, CPU seconds and peak memory are medians; "
        "a ratio is the median of the rounds' ratios, with their quartiles."
    )
    lines = [
        intro,
        "",
        "| work | latency | asyncsdk | bare loop | published | to the bare loop | times the published |",
        "|---|---|---|---|---|---|---|",
        *map(_line, results),
        "",
        f"![Multiples of the bare loop's time]({CHART})",
    ]
    return "\n".join(lines)


def _line(result: Result) -> str:
    cells = [result.row, f"{result.latency_ms} ms"]
    cells += [_figures(result.runs.get(name, ())) for name in ("asyncsdk", "bare loop", "published")]
    low, middle, high = quartiles(result.ratios("bare loop"))
    cells.append(f"{middle:.2f} ({low:.2f} to {high:.2f})")
    times = quartiles(result.ratios("asyncsdk", "published"))[1] if "published" in result.runs else None
    cells.append("-" if times is None else f"{times:.1f}")
    return f"| {' | '.join(cells)} |"


def _figures(runs: Sequence[Run]) -> str:
    if not runs:
        return "-"
    seconds, cpu_s, peak_mb = (
        statistics.median(getattr(run, name) for run in runs) for name in ("seconds", "cpu_s", "peak_mb")
    )
    return f"{seconds:.2f} s, CPU {cpu_s:.2f}, {peak_mb:.0f} MB"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def chart(results: Sequence[Result], path: Path) -> None:
    """Draw how many times as long as the bare loop the others take: the median of the rounds' ratios."""
    from matplotlib import pyplot as plt  # noqa: PLC0415 - half a second, and only the report draws

    figure, axes = plt.subplots(figsize=(9, 0.5 * len(results) + 1.5))
    for place, name in enumerate(("asyncsdk", "published")):
        there = [(number, result) for number, result in enumerate(results) if name in result.runs]
        ratios = [quartiles(result.ratios("bare loop", name))[1] for _, result in there]
        bars = axes.barh([number + 0.38 * (place - 0.5) for number, _ in there], ratios, 0.36, label=name)
        axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.axvline(1, color="black", linewidth=1, label="bare loop")
    axes.set_yticks(range(len(results)), [f"{result.row}, {result.latency_ms} ms" for result in results])
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.set_xlabel("time, as a multiple of the bare loop's")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    sys.exit(main())
