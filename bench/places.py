"""Where benches put their files: in memory if they can, as small files on a disk measure the disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

ROOM_BYTES = 4 * 10**9
"""What the largest bench writes, and a little more."""

_IN_MEMORY = Path("/dev/shm")


def work_in(chosen: Path | None = None) -> str:
    """Let temporary folders of this process and its children be made in a folder, and say on which file system.

    Args:
        chosen: the folder; else the memory file system if there is one with enough room, else where temporary
            files go.
    """
    folder = chosen or (_IN_MEMORY if _has_room() else Path(tempfile.gettempdir()))
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder.resolve(strict=True))
    return file_system(folder)


def _has_room() -> bool:
    return os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free >= ROOM_BYTES


def file_system(folder: Path) -> str:
    """Return the kind of the file system that a folder is on (Linux), as `tmpfs` or `ext4`."""
    kinds = {}
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        kinds[Path(where)] = kind
    place = folder.resolve()
    return next((kinds[one] for one in (place, *place.parents) if one in kinds), "an unknown file system")
