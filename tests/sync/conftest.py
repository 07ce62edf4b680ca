"""Clients of the sync side, and programs that run in a process of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import attrs
import psutil
import pytest

from asyncsdk.sync import Client

ROOT = Path(__file__).parents[2]
_PATIENCE_S = 60
_HEARS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""What a program is begun with; one that is started in the background of a shell is deaf to it."""


@attrs.frozen
class Ended:
    """What a program left behind."""

    status: int
    lines: list[str]
    errors: str


@attrs.define
class Program:
    """A program that runs."""

    process: subprocess.Popen[str]

    def wait_for(self, line: str) -> None:
        """Wait until it prints a line."""
        assert self.process.stdout is not None
        for found in self.process.stdout:
            if found.strip() == line:
                return
        raise AssertionError(self.end().errors)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def interrupt_until_it_ends(self) -> None:
        """Press Ctrl-C again where it was lost: Python drops one that strikes while it collects an object."""
        while True:
            self.interrupt()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
                return

    def end(self) -> Ended:
        """Wait for its end."""
        out, errors = self.process.communicate(timeout=_PATIENCE_S)
        return Ended(self.process.returncode, out.splitlines(), errors)


@pytest.fixture
def program(tmp_path):
    """A function that starts a program, in a folder of its own; every warning is an error in it."""
    started = []

    def start(text: str, **environment: str) -> Program:
        path = tmp_path / f"program-{len(started)}.py"
        path.write_text(_HEARS_CTRL_C + textwrap.dedent(text))
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-u", str(path)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return Program(process)

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def client(org) -> Any:
    """A client of a fresh organization."""
    with Client(org.host, org.token) as made:
        yield made


@pytest.fixture
def workspace(tmp_path):
    """A folder for an embedded platform, which is stopped at the end: left alone it stays for a while."""
    folder = tmp_path / "workspace"
    yield folder
    platform = psutil.Process(json.loads((folder / "server.json").read_text())["pid"])
    platform.terminate()
    platform.wait(_PATIENCE_S)


INIT = """
from asyncsdk.resources.thing import Thing
from asyncsdk.flow.loop import run

__all__ = ["Thing", "run"]
"""

HEAD = '''"""Things."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs

from asyncsdk.enums import TagTarget
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.multi import Multi

if TYPE_CHECKING:
    from asyncsdk.resources.box import Box

Choice = Literal["a", "b"]
Many = list[Connection]
'''

THING = (
    HEAD
    + '''

@attrs.define(eq=False)
class Thing:
    """A thing."""

    __slots__ = ("_inside",)

    _inside: int

'''
)


@attrs.frozen
class SmallPackage:
    """Makes a package with one public class, whose body is given."""

    folder: Path
    init: str = INIT
    head: str = HEAD
    thing: str = THING

    def __call__(
        self, body: str, *, init: str | None = None, thing: str | None = None, **modules: str
    ) -> Path:
        """Write the package and return its folder; `modules` are further ones of its resources."""
        resources = self.folder / "resources"
        resources.mkdir(parents=True)
        (self.folder / "__init__.py").write_text(init or self.init)
        own = (thing or self.thing) + textwrap.indent(textwrap.dedent(body), "    ")
        for name, text in {"connection": "class Connection: ...", "thing": own, **modules}.items():
            (resources / f"{name}.py").write_text(textwrap.dedent(text))
        return self.folder


@pytest.fixture
def package(tmp_path):
    """A function that makes a small package for the generator: `package(body)`."""
    return SmallPackage(tmp_path / "asyncsdk")
