"""Progress where it really appears: on a terminal, and in a file that takes standard error."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLUMNS = 80

PROGRAM = """
import logging, sys
from asyncsdk.flow.progress import open_progress
if "log" in sys.argv:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
print("before", file=sys.stderr)
with open_progress(None, stage="download", total=None, unit="file") as reporter:
    reporter.expect(300)
    for number in range(300):
        reporter.advance(failed=number == 7)
print("after", file=sys.stderr)
"""


def run(stderr, *arguments):
    subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=stderr,
        check=True,
        timeout=60,
    )


def read_all(descriptor):
    parts = []
    try:
        while part := os.read(descriptor, 65_536):
            parts.append(part)
    except OSError:  # Linux says so at the end of a terminal
        pass
    return b"".join(parts).decode()


def screen(text):
    """Return the lines that a terminal shows in the end; a longer line would wrap."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for part in re.sub(r"\x1b\[[A-Z]", "", line).split("\r"):
            assert len(part) <= COLUMNS
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return lines


@pytest.fixture
def terminal():
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    yield master, slave
    os.close(master)


def test_a_terminal_has_one_bar_that_stays(terminal):
    master, slave = terminal
    run(slave)
    os.close(slave)
    before, bar, after, nothing = screen(read_all(master))
    assert (before, after, nothing) == ("before", "after", "")
    assert re.match(r"download, 1 failed: 100%\|█*\| 300/300 \[.*file/s\]$", bar)


def test_a_log_file_has_whole_lines_and_few_of_them(tmp_path):
    path = tmp_path / "log"
    with path.open("w") as file:
        run(file, "log")
    before, line, after = path.read_text().splitlines()
    assert (before, after) == ("before", "after")
    assert re.match(r"INFO asyncsdk\.progress download: 300 of 300 files, 1 failed, \d+\.\d s$", line)


def test_a_file_of_a_program_that_logs_nothing_has_nothing(tmp_path):
    path = tmp_path / "log"
    with path.open("w") as file:
        run(file)
    assert path.read_text() == "before\nafter\n"
