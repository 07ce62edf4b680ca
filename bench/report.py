"""Runs all benches and writes their tables and the chart into `docs/performance.md`, each between its marks.

    python bench/report.py [--part PART …] [--row WORK …] [--rounds N] [--published-rounds N]
                           [--results FOLDER] [--folder FOLDER] [--against FILE]

What is kept of the figures goes into `bench/figures.json`. `--against` compares the rows with such a file, or with the
folder of an earlier run's `--results`, and fails, naming them, if some have become more than a tenth worse; then nothing
is written. With `--results` the figures that a folder has are taken, and only missing ones are measured. With `--row`
the table is only printed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import capacity
import flat_memory
import loop_lag
import platform_growth
import sync_facade
from circumstances import circumstances
from figures import Figure, read_rows, worse
from places import work_in
from rounds import HERE, Plan, add_options, keep, kept_in, measure, text
from rows import Result, Row
from rows_table import chart, table

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
DOCS = HERE.parent / "docs"
KEPT = HERE / "figures.json"
CHART = "performance.png"


@attrs.frozen
class Part:
    """One table: how it is measured, and how its lines are made of the figures."""

    measure: Callable[[argparse.Namespace], Any]
    lines: Callable[[Any], list[str]]


def _rows(options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = [import_module(work).ROW for work in options.row or WORKS]
    return [
        attrs.asdict(Figure.of(row, _result(row, latency, options)))
        for row in rows
        for latency in row.latencies_ms
    ]


def _result(row: Row, latency_ms: int, options: argparse.Namespace) -> Result:
    kept = None if options.results is None else kept_in(options.results, row, latency_ms)
    if kept is not None and kept.exists():
        return Result.of(json.loads(kept.read_text()))
    result = measure(row, latency_ms, Plan.of(options))
    print(text(result), flush=True)
    if options.results is not None:
        keep(result, row, options.results)
    return result


def _rows_lines(raw: Sequence[dict[str, Any]]) -> list[str]:
    return [
        *table([Figure.read(one) for one in raw]),
        "",
        f"![Multiples of the bare loop's time]({CHART})",
    ]


PARTS = {
    "rows": Part(_rows, _rows_lines),
    "lag": Part(lambda _: loop_lag.figures(), loop_lag.table),
    "sync": Part(lambda _: sync_facade.figures(), sync_facade.table),
    "memory": Part(lambda _: flat_memory.figures(), flat_memory.table),
    "platform": Part(lambda _: platform_growth.figures(), platform_growth.table),
    "capacity": Part(lambda _: capacity.figures(), capacity.table),
}


def main() -> None:
    """Measure as the command line asks for it, and write."""
    options = _options()
    files_on = work_in(options.folder)
    about = circumstances(_arguments(options), files_on)
    found = {
        name: {"about": about, "figures": _measured(name, options)}
        for name in (["rows"] if options.row else options.part or PARTS)
    }
    for name, one in found.items():
        print("\n".join(["", *PARTS[name].lines(one["figures"])]))
    if options.against is not None and "rows" in found:
        _compare([Figure.read(raw) for raw in found["rows"]["figures"]], _former(options.against))
    if not options.row:
        _write(found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", action="append", choices=PARTS, help="only this table; may be repeated")
    parser.add_argument("--row", action="append", choices=WORKS, help="only this row; may be repeated")
    parser.add_argument("--against", type=Path, help="bench/figures.json, or a folder of --results")
    add_options(parser)
    return parser.parse_args()


def _arguments(options: argparse.Namespace) -> list[str]:
    """Return the arguments that say how it was measured."""
    given = [f"--part={part}" for part in options.part or ()]
    if "rows" in (options.part or PARTS):
        given.append(f"--rounds={options.rounds}")
        given += [f"--published-rounds={options.published_rounds}"] * (options.published_rounds is not None)
        given += [f"--bandwidth-mb-s={options.bandwidth_mb_s:g}"] * bool(options.bandwidth_mb_s)
    return given


def _measured(name: str, options: argparse.Namespace) -> Any:
    kept = None if options.results is None or name == "rows" else options.results / f"{name}.json"
    if kept is not None and kept.exists():
        return json.loads(kept.read_text())
    found = PARTS[name].measure(options)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(found))
    return found


def _compare(new: Sequence[Figure], old: Sequence[Figure]) -> None:
    if lines := worse(new, old):
        raise SystemExit("\n".join(["more than a tenth worse, nothing is written:", *lines]))
    print("no ratio to the bare loop is more than a tenth worse")


def _former(path: Path) -> list[Figure]:
    """Return the rows of a file of figures, or of a folder that `--results` has filled."""
    if not path.is_dir():
        return read_rows(path)
    return [
        Figure.of(row, Result.of(json.loads(kept.read_text())))
        for row in (import_module(work).ROW for work in WORKS)
        for latency in row.latencies_ms
        if (kept := kept_in(path, row, latency)).exists()
    ]


def _write(found: dict[str, Any]) -> None:
    page = DOCS / "performance.md"
    content = page.read_text()
    for name, one in found.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, rest = content.split(begin)
        after = rest.split(end)[1]
        lines = [begin, one["about"], "", *PARTS[name].lines(one["figures"]), end]
        content = before + "\n".join(lines) + after
    if "rows" in found:
        chart([Figure.read(raw) for raw in found["rows"]["figures"]], DOCS / CHART)
    page.write_text(content)
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    rounded = json.loads(json.dumps(kept | found), parse_float=lambda text: round(float(text), 4))
    KEPT.write_text(json.dumps(rounded, indent=1) + "\n")


if __name__ == "__main__":
    main()
