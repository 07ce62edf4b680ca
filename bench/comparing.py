"""What does it cost to compare two versions?

    python bench/comparing.py [assets …]

Two versions of the same data, three boxes on each asset of both; on every thousandth asset they differ. A
client process of its own compares them; printed are its peak above the resident size after connecting, and
the seconds. With `--documented` it does so by the documented routes, as against other platforms.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from filled_workspace import TOKEN, fill
from serving import platform

import asyncsdk
from asyncsdk.server.store.sqlite import connect
from asyncsdk.server.workspace import Workspace
from asyncsdk.wire import capabilities

BOXES = 3
DIFFERENT_EVERY = 1000


def add_twin(folder: Path) -> None:
    """Make a second version of the same data, and annotate both."""
    connection = connect(Workspace(folder).database)
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO dataset_version (id, created_at, dataset, version, description, type, locked, next_position,"
        " asset_count) SELECT asyncsdk_new_id(), created_at, dataset, 'v2', '', type, 0, next_position,"
        " asset_count FROM dataset_version"
    )
    connection.execute(
        "INSERT INTO asset (id, created_at, version, data, position)"
        " SELECT asyncsdk_new_id(), created_at, 2, data, position FROM asset ORDER BY seq"
    )
    connection.execute(
        "INSERT INTO label (id, created_at, version, name)"
        " SELECT asyncsdk_new_id(), created_at, seq, 'car' FROM dataset_version"
    )
    connection.execute(
        "INSERT INTO annotation (id, created_at, version, asset, user_account, status, duration)"
        " SELECT asyncsdk_new_id(), created_at, version, seq, 1, 'PENDING', 0 FROM asset ORDER BY seq"
    )
    for box in range(BOXES):
        connection.execute(
            "INSERT INTO shape (id, created_at, annotation, label, kind, geometry, area)"
            " SELECT asyncsdk_new_id(), n.created_at, n.seq, l.seq, 'RECTANGLE', '{\"x\":' ||"
            ' (? + n.version * (a.position % ? = 0)) || \',"y":2,"w":3,"h":4}\', 12'
            " FROM annotation n JOIN asset a ON a.seq = n.asset JOIN label l ON l.version = n.version",
            (10 * box, DIFFERENT_EVERY),
        )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def compare(url: str, version_id: str, how: str) -> None:
    async with asyncsdk.Client(url, TOKEN) as client:
        version = await client.get_dataset_version_by_id(version_id)
        other = await (await client.get_dataset("bench")).get_version("v2")
        if how == "documented":
            client._connection.capabilities -= {capabilities.VERSION_DIFF}  # noqa: SLF001
        before = psutil.Process().memory_info().rss
        begun = time.perf_counter()
        report = await version.diff(other)
        seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(f"{how:10} {report!r}  peak +{(peak - before) / 1e6:6.1f} MB  {seconds:6.1f} s")


def make(folder: Path, count: int) -> None:
    """Print the id of the first version; in a process of its own, as a child inherits its parent's peak."""
    version_id = fill(folder, count)
    add_twin(folder)
    print(version_id)


def main() -> None:
    if sys.argv[1:2] == ["--compare"]:
        asyncsdk.run(compare(*sys.argv[2:5]))
        return
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]))
        return
    how = "documented" if "--documented" in sys.argv else "ours"
    for count in [int(text) for text in sys.argv[1:] if text != "--documented"] or [10_000, 100_000]:
        with tempfile.TemporaryDirectory() as folder:
            making = [sys.executable, __file__, "--make", folder, str(count)]
            version = subprocess.run(making, check=True, capture_output=True, text=True).stdout.strip()
            with platform(Path(folder), TOKEN) as (url, _):
                subprocess.run([sys.executable, __file__, "--compare", url, version, how], check=True)


if __name__ == "__main__":
    main()
