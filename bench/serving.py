"""Servers in processes of their own, for benches: a platform, or one that answers from memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def platform(workspace: Path, token: str) -> Iterator[tuple[str, psutil.Process]]:
    """Run a platform and give its URL and its process."""
    command = [sys.executable, "-m", "asyncsdk", "serve", "--workspace", str(workspace), "--port", "0"]
    process = subprocess.Popen([*command, "--token", token], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1], psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@contextmanager
def replay(*options: str) -> Iterator[str]:
    """Run a replay server and give its origin."""
    command = [sys.executable, str(Path(__file__).with_name("replay.py")), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=30)
        if rest:
            print(rest)
