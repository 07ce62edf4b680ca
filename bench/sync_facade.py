"""What the sync side adds: microseconds of each call, and of each item of an iterator, beside the async side.

python bench/sync_facade.py [rounds]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from replay_ids import VERSION
from serving import replay

import asyncsdk
from asyncsdk import sync

CALLS = 500
ITEMS = 20_000


async def async_side(origin: str) -> tuple[float, float]:
    """Return the seconds of the calls, and of the items."""
    async with asyncsdk.Client(origin, "token") as client:
        version = await client.get_dataset_version_by_id(VERSION)
        begun = time.perf_counter()
        for _ in range(CALLS):
            await version.refresh()
        called = time.perf_counter()
        async for _ in version.iter_assets():
            pass
        return called - begun, time.perf_counter() - called


def sync_side(origin: str) -> tuple[float, float]:
    """Return the seconds of the calls, and of the items."""
    with sync.Client(origin, "token") as client:
        version = client.get_dataset_version_by_id(VERSION)
        begun = time.perf_counter()
        for _ in range(CALLS):
            version.refresh()
        called = time.perf_counter()
        for _ in version.iter_assets():
            pass
        return called - begun, time.perf_counter() - called


SIDES: dict[str, Callable[[str], tuple[float, float]]] = {
    "async": lambda origin: asyncsdk.run(async_side(origin)),
    "sync": sync_side,
}

Medians = Mapping[str, Mapping[str, float]]
"""What was done, then the side, then microseconds."""


def figures(rounds: int = 11) -> Medians:
    """Run both sides in turn, each in a process of its own, and return the medians."""
    found: dict[str, list[list[float]]] = {name: [] for name in SIDES}
    with replay(f"--assets={ITEMS}") as origin:
        for _ in range(rounds):
            for name, runs in found.items():
                command = [sys.executable, __file__, "--run", name, origin]
                done = subprocess.run(command, check=True, capture_output=True)
                runs.append(json.loads(done.stdout))
    return {
        what: {
            name: 1e6 * statistics.median(run[place] for run in runs) / count for name, runs in found.items()
        }
        for place, (what, count) in enumerate((("a call", CALLS), ("an item of an iterator", ITEMS)))
    }


def table(found: Medians) -> list[str]:
    """Return the table as lines of Markdown."""
    return [
        "| | async | sync | adds |",
        "|---|---|---|---|",
        *(
            f"| {what} | {one['async']:.1f} us | {one['sync']:.1f} us | {one['sync'] - one['async']:.1f} us |"
            for what, one in found.items()
        ),
    ]


def main() -> None:
    """Measure as the command line asks for it."""
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(SIDES[sys.argv[2]](sys.argv[3])))
        return
    print("\n".join(table(figures(int(sys.argv[1]) if len(sys.argv) > 1 else 11))))


if __name__ == "__main__":
    main()
