"""A server that takes only so many requests at once, and does not say how many: what the limiter makes of it.

    python bench/capacity.py [--capacity N …]

Each request waits 20 ms; what comes beyond the capacity gets a 429. The work is 8,000 small requests, first with
each fixed number of requests in flight, then with the limiter on its own.
"""

from __future__ import annotations

import argparse
import time

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

REQUESTS = 8000
SHARES = (0.5, 0.75, 0.9, 1, 1.25)
"""Fixed settings, as shares of the capacity."""


@attrs.frozen
class Outcome:
    """What one run came to."""

    per_s: float
    refused: int
    failed: int
    """Requests that were refused again and again."""


async def run(origin: str, fixed: int | None) -> Outcome:
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
        await map_bounded(ask, range(REQUESTS), limit=128)
        return Outcome((REQUESTS - failed) / (time.perf_counter() - begun), refused, failed)


def main() -> None:
    """Sweep, and print a line for each setting."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--capacity", type=int, action="append")
    options = parser.parse_args()
    for capacity in options.capacity or (8, 24, 64):
        best = 0.0
        for fixed in (*(round(share * capacity) for share in SHARES), None):
            with replay("--latency-ms=20", f"--capacity={capacity}") as origin:
                found = asyncsdk.run(run(origin, fixed))
            name = "limiter" if fixed is None else f"fixed {fixed}"
            share = f", {100 * found.per_s / best:.0f} % of the best fixed" if fixed is None else ""
            print(
                f"capacity {capacity:3}: {name:9} {found.per_s:7.0f} requests/s, "
                f"{found.refused} refused ({100 * found.refused / REQUESTS:.1f} %), "
                f"{found.failed} failed{share}",
                flush=True,
            )
            best = max(best, found.per_s) if fixed is not None else best


if __name__ == "__main__":
    main()
