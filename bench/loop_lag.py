"""How long the event loop keeps others waiting while 5,000 small files are downloaded.

    python bench/loop_lag.py [rounds]

A task sleeps for a millisecond again and again; printed is how much later than that it wakes.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

from download_small import ROW
from places import work_in
from replay_ids import VERSION
from serving import replay

import asyncsdk

AIM_MS = 20
_NAP_S = 0.001


async def watch(lags_ms: list[float]) -> None:
    """Note how late each waking is."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(_NAP_S)
        lags_ms.append(1000 * (time.perf_counter() - begun - _NAP_S))


async def run(origin: str) -> None:
    """Download once and print the lags."""
    lags_ms: list[float] = []
    async with asyncsdk.Client(origin, "token") as client:
        version = await client.get_dataset_version_by_id(VERSION)
        with tempfile.TemporaryDirectory() as folder:
            watching = asyncio.ensure_future(watch(lags_ms))
            await version.download(folder, progress=False)
            watching.cancel()
    p99 = statistics.quantiles(lags_ms, n=100)[98]
    print(json.dumps({"median": statistics.median(lags_ms), "p99": p99, "most": max(lags_ms)}))


Lags = Sequence[Mapping[str, float]]
"""Median, 99th percentile and maximum of each round, in milliseconds."""


def figures(rounds: int = 5) -> Lags:
    """Download so many times, each in a process of its own, and return how late the task woke."""
    with replay(*ROW.server) as origin:
        command = [sys.executable, __file__, "--run", origin]
        return [
            json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(rounds)
        ]


def table(found: Lags) -> list[str]:
    """Return the table as lines of Markdown."""
    return [
        f"| round | median | 99 % (aim: {AIM_MS} ms) | longest |",
        "|---|---|---|---|",
        *(
            f"| {number} | {max(0.0, one['median']):.1f} ms | {one['p99']:.1f} ms, "
            f"{'reached' if one['p99'] <= AIM_MS else 'missed'} | {one['most']:.1f} ms |"
            for number, one in enumerate(found, 1)
        ),
    ]


def main() -> None:
    """Measure as the command line asks for it."""
    if sys.argv[1:2] == ["--run"]:
        asyncsdk.run(run(sys.argv[2]))
        return
    print(f"files on {work_in()}")
    print("\n".join(table(figures(int(sys.argv[1]) if len(sys.argv) > 1 else 5))))


if __name__ == "__main__":
    main()
