"""How long the event loop keeps others waiting while 5,000 small files are downloaded.

    python bench/loop_lag.py [rounds]

A task sleeps for a millisecond again and again; printed is how much later than that it wakes.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time

from download_small import ROW
from replay_ids import VERSION
from serving import replay

import asyncsdk

_NAP_S = 0.001


async def watch(lags_ms: list[float]) -> None:
    """Note how late each waking is."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(_NAP_S)
        lags_ms.append(1000 * (time.perf_counter() - begun - _NAP_S))


async def run(origin: str) -> list[float]:
    """Return the lags of one download."""
    lags_ms: list[float] = []
    async with asyncsdk.Client(origin, "token") as client:
        version = await client.get_dataset_version_by_id(VERSION)
        with tempfile.TemporaryDirectory() as folder:
            watching = asyncio.ensure_future(watch(lags_ms))
            await version.download(folder, progress=False)
            watching.cancel()
    return lags_ms


def main() -> None:
    """Print median, 99th percentile and maximum of each round."""
    with replay(*ROW.server) as origin:
        for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 5):
            lags = asyncsdk.run(run(origin))
            p99 = statistics.quantiles(lags, n=100)[98]
            print(
                f"median {statistics.median(lags):.1f} ms, p99 {p99:.1f} ms, most {max(lags):.1f} ms",
                flush=True,
            )


if __name__ == "__main__":
    main()
