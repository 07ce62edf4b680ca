"""Asking a published client: it gets orders as JSON and prints its answer as the last line."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

__all__ = ["ask_theirs"]


def ask_theirs(release, driver, org, orders):
    """Let a driver of `driver/` do what the orders say in a release's environment, and return its answer."""
    python = Path(os.environ["ASYNCSDK_PEERS"], release, "bin", "python")
    done = subprocess.run(
        [python, Path(__file__).parent / "driver" / driver, org.host, org.token],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TQDM_DISABLE": "1"},
    )
    if done.returncode:
        pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)
    return json.loads(done.stdout.splitlines()[-1])
