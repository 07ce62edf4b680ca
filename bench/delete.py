"""How long does deleting a version take, and how long does somebody else who writes wait meanwhile?

    python bench/delete.py [assets] [shapes per asset]

The workspace and the other writer are those of `fork.py`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import anyio
from filled_workspace import TOKEN, annotate, fill
from fork import IDLE_S, line, waits_ms, writer
from serving import platform

import asyncsdk


async def measure(url: str, version_id: str, waits: Path) -> None:
    """Delete a version while another process writes, and print what it took."""
    async with asyncsdk.Client(url, TOKEN) as client:
        version = await client.get_dataset_version_by_id(version_id)
        other = await (await client.create_dataset("other")).create_version("v1")
        with writer(url, other.id, waits):
            await anyio.sleep(IDLE_S)
            begun = time.time()
            await version.delete()
            ended = time.time()
            await anyio.sleep(1)  # a write that waited all the time is told afterwards
        print(f"deleted in {ended - begun:.1f} s")
        print(line("nothing else", waits_ms(waits, 0, begun - 1)))
        print(line("meanwhile", waits_ms(waits, begun - 1, ended)))


def main() -> None:
    """Measure as the command line asks for it."""
    count, shapes = (int(word) for word in (sys.argv[1:] + ["100000", "5"][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        version = fill(workspace, count)
        if shapes:
            annotate(workspace, shapes)
        with platform(workspace, TOKEN) as (url, _):
            asyncsdk.run(measure(url, version, Path(folder) / "waits"))


if __name__ == "__main__":
    main()
