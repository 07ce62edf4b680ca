"""Runs asyncsdk, the bare loop and the published client in turn, round after round, against one replay server.

Each run is a process of its own with an empty folder. A row of the table is a file that calls `main` with what it
measures. `ASYNCSDK_PEERS` names the folder with the published client's environment, as `nox -s bench` makes it;
without it the published client is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import attrs
from places import work_in
from rows import LIMIT, OURS, PUBLISHED, Result, Row, Run, quartiles
from serving import replay

HERE = Path(__file__).parent
PUBLISHED_VERSION = "6.37.0"
_PATIENCE_S = 900


@attrs.frozen(kw_only=True)
class Plan:
    """How a row is measured."""

    rounds: int = 11
    published_rounds: int = 11
    """Rounds that the published client takes part in: it needs most of the time."""

    bandwidth_mb_s: float = 0.0

    @classmethod
    def of(cls, options: argparse.Namespace) -> Plan:
        """Read the options of `add_options`."""
        most = options.rounds if options.published_rounds is None else options.published_rounds
        return cls(
            rounds=options.rounds,
            published_rounds=min(most, options.rounds),
            bandwidth_mb_s=options.bandwidth_mb_s,
        )

    def has_published(self, number: int) -> bool:
        """Tell whether the published client takes part in a round; its rounds are spread over all."""
        before, after = (done * self.published_rounds // self.rounds for done in (number, number + 1))
        return after > before


@attrs.frozen
class Command:
    """How to start a contestant: what comes before origin and folder, and what comes after."""

    before: tuple[str, ...]
    after: tuple[str, ...] = ()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a row is measured."""
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--published-rounds", type=int, help="rounds with the published client, else all")
    parser.add_argument(
        "--bandwidth-mb-s", type=float, default=0.0, help="of the replay server; 0 is no limit"
    )
    parser.add_argument("--folder", type=Path, help="where files go, else the memory file system")
    parser.add_argument("--results", type=Path, help="a folder for the figures of all rounds, as JSON")


def main(row: Row) -> None:
    """Measure a row as the command line asks for it."""
    parser = argparse.ArgumentParser(description=row.name)
    add_options(parser)
    parser.add_argument(
        "--latency-ms", type=int, action="append", help="else those of the row; may be repeated"
    )
    options = parser.parse_args()
    print(f"files on {work_in(options.folder)}")
    for latency in options.latency_ms or row.latencies_ms:
        result = measure(row, latency, Plan.of(options))
        print(text(result), flush=True)
        if options.results is not None:
            keep(result, row, options.results)


def keep(result: Result, row: Row, folder: Path) -> None:
    """Write all figures of a row into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    kept_in(folder, row, result.latency_ms).write_text(json.dumps(attrs.asdict(result)))


def kept_in(folder: Path, row: Row, latency_ms: int) -> Path:
    """Return the file with all figures of a row at one latency."""
    return folder / f"{row.work}-{latency_ms}.json"


def measure(row: Row, latency_ms: int, plan: Plan) -> Result:
    """Run all contestants in turn, as often as planned."""
    commands = _commands(row, latency_ms)
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    server = (*row.server, f"--latency-ms={latency_ms}", f"--bandwidth-mb-s={plan.bandwidth_mb_s}")
    with tempfile.TemporaryDirectory() as folder, replay(*server) as origin:
        source = Path(folder) / "source"
        source.mkdir()
        row.prepare(source)
        run(commands[LIMIT], origin, source)  # the server makes its answers
        for number in range(plan.rounds):
            names = [name for name in commands if name != PUBLISHED or plan.has_published(number)]
            for name in names[number % len(names) :] + names[: number % len(names)]:
                runs[name].append(run(commands[name], origin, source, number))
    counts = {run.count for of_one in runs.values() for run in of_one}
    if len(counts) != 1:
        raise SystemExit(f"{row.name}: the contestants did not do the same: {counts}")
    return Result(row=row.name, latency_ms=latency_ms, runs={name: ran for name, ran in runs.items() if ran})


def _commands(row: Row, latency_ms: int) -> dict[str, Command]:
    commands = {
        OURS: ours(row.work),
        LIMIT: Command(
            (sys.executable, str(HERE / "limit.py"), row.work), (str(row.in_flight.get(latency_ms, 64)),)
        ),
    }
    peers = os.environ.get("ASYNCSDK_PEERS")
    if row.published_work and peers:
        python = Path(peers, PUBLISHED_VERSION, "bin", "python")
        commands[PUBLISHED] = Command((str(python), str(HERE / "published.py"), row.published_work))
    return commands


def ours(work: str) -> Command:
    """Return how asyncsdk is started."""
    return Command((sys.executable, str(HERE / "ours.py"), work))


def run(command: Command, origin: str, source: Path, number: int = 0) -> Run:
    """Let a contestant do its work in a folder of its own, in which it finds what the source has."""
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
        return Run(**json.loads(done.stdout.splitlines()[-1]), round=number)


def text(result: Result) -> str:
    """Return the figures as lines for people."""
    lines = [f"{result.row}, {result.latency_ms} ms, {len(result.runs[OURS])} rounds"]
    for name in result.runs:
        median = result.median(name)
        lines.append(
            f"  {name:10} {median['seconds']:7.3f} s  CPU {median['cpu_s']:6.2f} s  "
            f"peak {median['peak_mb']:5.0f} MB (+{median['above_start_mb']:.0f})"
        )
    for over in result.runs:
        if over != OURS:
            low, middle, high = quartiles(result.ratios(over))
            lines.append(f"  asyncsdk / {over}: {middle:.2f} ({low:.2f} to {high:.2f})")
    return "\n".join(lines)
