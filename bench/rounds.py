"""Runs asyncsdk, the bare loop and the published client in turn, round after round, against one replay server.

Each run is a process of its own with an empty folder. A row of the table is a file that calls `main` with what it
measures. `ASYNCSDK_PEERS` names the folder with the published client's environment, as `nox -s bench` makes it;
without it the published client is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import attrs

HERE = Path(__file__).parent
PUBLISHED = "6.37.0"
CONTESTANTS = ("asyncsdk", "bare loop", "published")
_PATIENCE_S = 900


@attrs.frozen(kw_only=True)
class Row:
    """One line of the table."""

    name: str
    work: str
    """Name of the function that does it, in `ours.py`, `limit.py` and `published.py`."""

    server: tuple[str, ...]
    """Options of the replay server."""

    latencies_ms: tuple[int, ...] = (0, 30)
    prepare: Callable[[Path], None] = lambda _: None
    """Puts into a folder what the work reads."""

    has_published: bool = True

    in_flight: Mapping[int, int] = attrs.field(factory=lambda: {30: 128})
    """Requests in flight of the bare loop at a latency, where 64 are not the best."""


@attrs.frozen
class Command:
    """How to start a contestant: what comes before origin and folder, and what comes after."""

    before: tuple[str, ...]
    after: tuple[str, ...] = ()


@attrs.frozen
class Run:
    """What one process used."""

    seconds: float
    cpu_s: float
    peak_mb: float
    above_start_mb: float
    count: int


@attrs.frozen(kw_only=True)
class Result:
    """All rounds of a row at one latency."""

    row: str
    latency_ms: int
    runs: dict[str, list[Run]]

    def ratios(self, over: str, under: str = "asyncsdk") -> list[float]:
        """Return, round by round, how many times as long one contestant took as another."""
        pairs = zip(self.runs[under], self.runs[over], strict=True)
        return [mine.seconds / other.seconds for mine, other in pairs]


def main(row: Row) -> None:
    """Measure a row as the command line asks for it."""
    parser = argparse.ArgumentParser(description=row.name)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument(
        "--latency-ms", type=int, action="append", help="one of the row's latencies; may be repeated"
    )
    parser.add_argument("--results", type=Path, help="a folder for the figures, as JSON")
    options = parser.parse_args()
    for latency in options.latency_ms or row.latencies_ms:
        result = measure(row, latency, options.rounds)
        print(text(result), flush=True)
        if options.results is not None:
            options.results.mkdir(parents=True, exist_ok=True)
            path = options.results / f"{row.work}-{latency}.json"
            path.write_text(json.dumps(attrs.asdict(result)))


def measure(row: Row, latency_ms: int, rounds: int) -> Result:
    """Run all contestants in turn, `rounds` times."""
    commands = _commands(row, latency_ms)
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder, replay(*row.server, f"--latency-ms={latency_ms}") as origin:
        source = Path(folder) / "source"
        source.mkdir()
        row.prepare(source)
        _run(commands["bare loop"], origin, source)  # the server makes its answers
        for number in range(rounds):
            names = list(commands)
            for name in names[number % len(names) :] + names[: number % len(names)]:
                runs[name].append(_run(commands[name], origin, source))
    counts = {run.count for of_one in runs.values() for run in of_one}
    if len(counts) != 1:
        raise SystemExit(f"{row.name}: the contestants did not do the same: {counts}")
    return Result(row=row.name, latency_ms=latency_ms, runs=runs)


def _commands(row: Row, latency_ms: int) -> dict[str, Command]:
    commands = {
        "asyncsdk": Command((sys.executable, str(HERE / "ours.py"), row.work)),
        "bare loop": Command(
            (sys.executable, str(HERE / "limit.py"), row.work), (str(row.in_flight.get(latency_ms, 64)),)
        ),
    }
    peers = os.environ.get("ASYNCSDK_PEERS")
    if row.has_published and peers:
        python = Path(peers, PUBLISHED, "bin", "python")
        commands["published"] = Command((str(python), str(HERE / "published.py"), row.work))
    return commands


def _run(command: Command, origin: str, source: Path) -> Run:
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        for path in source.iterdir():
            (Path(folder) / path.name).symlink_to(path)
        (Path(folder) / "out").mkdir()
        state = {"ASYNCSDK_STATE": folder, "PYTHONDONTWRITEBYTECODE": ""}
        done = subprocess.run(
            [*command.before, origin, folder, *command.after],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            env=os.environ | state,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command.before)}\n{done.stdout}{done.stderr}")
        return Run(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def replay(*options: str) -> Iterator[str]:
    """Run a replay server and give its origin."""
    command = [sys.executable, str(HERE / "replay.py"), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=30)
        if rest:
            print(rest)


def text(result: Result) -> str:
    """Return the figures as lines for people."""
    lines = [f"{result.row}, {result.latency_ms} ms, {len(result.runs['asyncsdk'])} rounds"]
    for name, runs in result.runs.items():
        median = {
            field: statistics.median(getattr(run, field) for run in runs) for field in attrs.fields_dict(Run)
        }
        lines.append(
            f"  {name:10} {median['seconds']:7.3f} s  CPU {median['cpu_s']:6.2f} s  "
            f"peak {median['peak_mb']:5.0f} MB (+{median['above_start_mb']:.0f})"
        )
    for over in set(result.runs) - {"asyncsdk"}:
        low, middle, high = quartiles(result.ratios(over))
        lines.append(f"  asyncsdk / {over}: {middle:.2f} ({low:.2f} to {high:.2f})")
    return "\n".join(lines)


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """Return the first quartile, the median and the third quartile."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high
