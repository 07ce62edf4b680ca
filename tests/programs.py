"""Programs for processings, and the administrator's file that offers them."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["IMAGE", "offer_programs"]

IMAGE = "tests/"
"""Before the name of a program; the tag is `1`."""

_PROGRAM = Path(__file__).with_name("program.py")

_MORE = {
    "loud": "environment = ['LOUD_VARIABLE', 'NONE_SUCH']",
    "spin": "limits = { cpu_s = 1 }",
    "eat": "limits = { memory_bytes = 100_000_000 }",
    "late": "limits = { wall_s = 1 }",
    "again": "restartable = true",
}
_NAMES = ("tell", "lines", "fail", "crash", "sleep", "stubborn", "flood", "bad-result", "files", "act")


def offer_programs(workspace: Path, *, head: str = "gpus = 1") -> None:
    """Write the file of a workspace that offers all programs."""
    tables = [
        f'[images."{IMAGE}{name}:1"]\ncommand = ["{sys.executable}", "{_PROGRAM}", "{name}"]\n{_MORE.get(name, "")}'
        for name in (*_NAMES, *_MORE)
    ]
    tables.append(f'[images."{IMAGE}python:1"]\nentry_point = "program_in_python:count_assets"')
    tables.append(f'[images."{IMAGE}missing:1"]\ncommand = ["/no/such/program"]')
    (workspace / "processings.toml").write_text("\n".join([head, *tables]))
