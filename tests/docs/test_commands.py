"""The commands that the documentation shows are there; the demo of the README runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest
from docs_pages import PAGES, ROOT, blocks_of
from typer.main import get_command

from asyncsdk.cli.app import make_app

SHOWN = [
    (block.place, line)
    for page in PAGES
    for block in blocks_of(page, "sh")
    for line in block.text.splitlines()
]
SESSIONS = set(re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text(), re.MULTILINE))


def calls_of(program):
    """Return place and words of each call of a program, brackets of optional parts taken away."""
    found = []
    for place, line in SHOWN:
        for part in (
            re.split(r"&&|\||;", re.sub(r"\s#.*", "", line).replace("\\", ""))
            if "[--" not in line
            else [line]
        ):
            words = shlex.split(re.sub(r"[\[\]|]", " ", part))
            names = [word.rpartition("/")[2] for word in words]
            if names[:1] == [program]:
                found.append((place, words[1:]))
    return found


def test_there_are_commands():
    assert len(calls_of("asyncsdk")) > 5
    assert len(calls_of("nox")) > 3


@pytest.mark.parametrize(("place", "words"), calls_of("asyncsdk"))
def test_a_command_is_there_with_its_options(place, words):
    command = get_command(make_app())
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    options = {option for one in command.params for option in one.opts} | {"--help"}
    assert {word for word in words if word.startswith("--")} <= options, place


@pytest.mark.parametrize(("place", "words"), calls_of("nox"))
def test_a_chore_is_there(place, words):
    assert "-s" not in words or words[words.index("-s") + 1] in SESSIONS, place


@pytest.mark.parametrize(("place", "words"), calls_of("python"))
def test_a_file_that_is_run_is_there(place, words):
    assert words[0].startswith("-") or (ROOT / words[0]).is_file(), place


def test_the_demo_runs(tmp_path):
    command = [sys.executable, "-m", "asyncsdk", "demo", "--count", "4"]
    environment = os.environ | {"ASYNCSDK_EMBEDDED_IDLE_S": "0.5"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^4 files, [\d,]+ bytes, byte for byte the same$", done.stdout, re.MULTILINE)
    assert len(list((tmp_path / "asyncsdk-demo" / "images").iterdir())) == 4
