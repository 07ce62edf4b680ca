"""The limit of open files, in processes of their own, as a limit cannot be raised again everywhere."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK = """
import resource
from asyncsdk.server.open_files import allow_many_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
allow_many_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "raised"), [(200, 900, 900), (900, 900, 900)], ids=["raised", "enough"]
)
def test_it_is_raised_as_far_as_the_system_lets_us(soft, hard, raised):
    run = subprocess.run(
        [sys.executable, "-c", ASK.format(soft=soft, hard=hard)], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [str(raised), str(hard)]
