"""What figures were measured with: machine, versions, command, date and commit."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from rounds import HERE, PUBLISHED_VERSION

_LIBRARIES = ("aiohttp", "uvloop", "orjson", "msgspec")


def circumstances(arguments: Sequence[str], files_on: str) -> str:
    """Return them as a paragraph.

    Args:
        arguments: what was given to `report.py`.
        files_on: the file system of what the benches wrote.
    """
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, `{_command(arguments)}`: {os.cpu_count()} cores of "
        f"{_processor()}, {platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"{libraries}; the published client is {PUBLISHED_VERSION}; files on {files_on}."
    )


def _command(arguments: Sequence[str]) -> str:
    in_nox = "NOX_CURRENT_SESSION" in os.environ
    start = ["nox", "-s", "bench", *(["--"] * bool(arguments))] if in_nox else ["python", "bench/report.py"]
    return shlex.join([*start, *arguments])


def _commit() -> str:
    """Return the commit, and whether something that is measured was changed since."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=HERE.parent, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", "asyncsdk", "bench/*.py")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes" if changed else "")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
