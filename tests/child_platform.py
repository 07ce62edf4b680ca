"""A platform as a process of its own, `asyncsdk serve`, that tests can stop, kill and start again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

__all__ = ["ChildPlatform"]

_PATIENCE_S = 60
_ANNOUNCEMENT = "asyncsdk platform on "


class ChildPlatform:
    """Runs `asyncsdk serve` on a workspace; use it with `with`.

    Every start takes the same port, which is held so that nobody else is given it meanwhile.

    Args:
        workspace: its folder.
        options: more options of the command.
    """

    def __init__(self, workspace: Path, *options: str) -> None:
        self.workspace = workspace
        self.log = workspace.with_suffix(".log")
        self.url = ""
        self._options = options
        self._port = socket.socket()
        self._process: subprocess.Popen[str] | None = None

    @property
    def token(self) -> str:
        """The API token that it made."""
        return (self.workspace / "token").read_text()

    def __enter__(self) -> Self:
        self._port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._port.bind(("127.0.0.1", 0))
        try:
            self.start()
        except BaseException:
            self._port.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with self._port:
            if self._process is not None:
                self.stop()

    def start(self) -> None:
        """Start it, and return when it listens."""
        command = [sys.executable, "-m", "asyncsdk", "serve", f"--workspace={self.workspace}"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ASYNCSDK_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, f"--port={self._port.getsockname()[1]}", *self._options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith(_ANNOUNCEMENT):
            self.kill()
            raise AssertionError(f"the platform did not start: {line}{self.log.read_text()}")
        self.url = line.removeprefix(_ANNOUNCEMENT).strip()

    def kill(self) -> None:
        """Kill it as it stands, as `kill -9` does."""
        process = self._taken()
        process.kill()
        process.communicate(timeout=_PATIENCE_S)

    def stop(self) -> None:
        """Ask it to end, and check that it does so in order."""
        process = self._taken()
        process.terminate()
        try:
            process.communicate(timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        assert process.returncode == 0, f"ended with {process.returncode}: {self.log.read_text()}"

    def _taken(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the platform does not run"
        process, self._process = self._process, None
        return process
