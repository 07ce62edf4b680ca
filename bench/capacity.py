"""A server that takes only so many requests at once, and does not say how many: what the limiter makes of it.

    python bench/capacity.py [--capacity N …]

Each request waits 20 ms; what comes beyond the capacity gets a 429. The work is so many small requests that the
capacity needs five seconds for them, first with each fixed number of requests in flight, then with the limiter on
its own, from where it starts for a host that it does not know.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence

import attrs
from replay_ids import VERSION
from serving import replay

import asyncsdk
from asyncsdk import Client
from asyncsdk.errors import RateLimitedError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.transport.limiter import AdaptiveLimiter
from asyncsdk.wire import routes

AIM = 0.9
CAPACITIES = (8, 24, 64)
REQUESTS_PER_CAPACITY = 250
SHARES = (0.5, 0.75, 0.9, 1, 1.25)
"""Fixed settings, as shares of the capacity."""

LIMITER = "limiter"


@attrs.frozen
class Outcome:
    """What one run came to."""

    per_s: float
    requests: int
    refused: int
    """Answers that were a 429."""

    failed: int
    """Requests that were refused again and again."""

    @property
    def refused_share(self) -> float:
        """The share of 429 answers among all."""
        return self.refused / (self.requests + self.refused - self.failed)


Sweeps = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Capacity, then setting, then the outcome."""


async def run(origin: str, requests: int, fixed: int | None) -> Outcome:
    """Send the requests, with a fixed number in flight or as the limiter finds right."""
    async with Client(origin, "token") as client:
        connection = client._connection  # noqa: SLF001 - the limiter is not for users
        api = connection._api  # noqa: SLF001
        if fixed is not None:
            api.limiter = AdaptiveLimiter(ceiling=fixed, floor=fixed, start=fixed)
        refused, failed, lower = 0, 0, api.limiter.lower_limit

        def count(began_at: float, retry_after_s: float | None) -> None:
            nonlocal refused
            refused += 1
            lower(began_at, retry_after_s)

        api.limiter.lower_limit = count  # type: ignore[method-assign]

        async def ask(_: int) -> None:
            nonlocal failed
            try:
                await connection.call(routes.GET_VERSION, DatasetVersionRecord, version=VERSION)
            except RateLimitedError:
                failed += 1

        begun = time.perf_counter()
        await map_bounded(ask, range(requests), limit=128)
        return Outcome((requests - failed) / (time.perf_counter() - begun), requests, refused, failed)


def sweep(capacity: int) -> dict[str, Outcome]:
    """Try fixed settings and the limiter against one capacity."""
    found = {}
    for fixed in (*(round(share * capacity) for share in SHARES), None):
        with replay("--latency-ms=20", f"--capacity={capacity}") as origin:
            one = asyncsdk.run(run(origin, REQUESTS_PER_CAPACITY * capacity, fixed))
        name = LIMITER if fixed is None else f"fixed {fixed}"
        print(
            f"capacity {capacity:3}: {name:9} {one.per_s:7.0f} requests/s, {one.refused} refused "
            f"({100 * one.refused_share:.1f} % of all answers), {one.failed} failed",
            flush=True,
        )
        found[name] = one
    return found


def figures(capacities: Sequence[int] = CAPACITIES) -> Sweeps:
    """Sweep over the settings for each capacity."""
    return {
        str(capacity): {name: attrs.asdict(one) for name, one in sweep(capacity).items()}
        for capacity in capacities
    }


def table(found: Sweeps) -> list[str]:
    """Return the table as lines of Markdown."""
    lines = [
        f"| capacity | best fixed setting | a quarter too many | limiter | share of the best (aim: {AIM:.0%}) |",
        "|---|---|---|---|---|",
    ]
    for capacity, by_setting in found.items():
        outcomes = {name: Outcome(**one) for name, one in by_setting.items()}  # type: ignore[arg-type]
        own = outcomes.pop(LIMITER)
        *_, too_many = outcomes.values()
        best = max(outcomes, key=lambda name: outcomes[name].per_s)
        share = own.per_s / outcomes[best].per_s
        lines.append(
            f"| {capacity} | {best}: {_cell(outcomes[best])} | {_cell(too_many)} | {_cell(own)} "
            f"| {share:.0%}, {'reached' if share >= AIM else 'missed'} |"
        )
    return lines


def _cell(one: Outcome) -> str:
    failed = f", {one.failed} failed" if one.failed else ""
    return f"{one.per_s:,.0f}/s, {one.refused_share:.1%} refused{failed}"


def main() -> None:
    """Sweep as the command line asks for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--capacity", type=int, action="append")
    options = parser.parse_args()
    print("\n".join(table(figures(options.capacity or CAPACITIES))))


if __name__ == "__main__":
    main()
