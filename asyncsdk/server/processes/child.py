"""A program in a process of its own, and the string by which the platform holds on to it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson

from asyncsdk.server.processes import supervisor
from asyncsdk.server.processes.offer import Program

__all__ = ["Child"]

GRACE_S = 5.0
"""How long a program that was asked to end may take."""

_CHUNK = 65_536


class Child:
    """A program that runs; it ends when it is told to, and never outlives the platform.

    Made by `start`.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        assert process.stdout is not None
        self._output = process.stdout

    @classmethod
    async def start(cls, program: Program, environment: Mapping[str, str], folder: Path) -> Child:
        """Start a program.

        Args:
            program: what to run.
            environment: all of its environment.
            folder: the folder that it runs in.

        Raises:
            OSError: the machine has no room for one more process.
        """
        specification = {
            "command": program.command,
            "memory_bytes": program.limits.memory_bytes,
            "cpu_s": program.limits.cpu_s,
            "open_files": program.limits.open_files,
            "grace_s": GRACE_S,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            supervisor.__file__,
            orjson.dumps(specification).decode(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for the platform, which ends it in order
        )
        return cls(process)

    async def read(self, timeout_s: float) -> bytes | None:
        """Return the next bytes that it says, `b""` at its end, `None` when it says nothing in time."""
        had_ended = self._process.returncode is not None
        try:
            async with asyncio.timeout(timeout_s):
                return await self._output.read(_CHUNK)
        except TimeoutError:
            # what was said just before the end may have come with it: the next call reads it
            return b"" if had_ended else None

    def stop(self) -> None:
        """Ask it to end; after a while it is ended."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def ended(self) -> int:
        """Wait until it has ended, and return its exit code, or the negative number of its signal."""
        return await self._process.wait()

    async def aclose(self) -> None:
        """End it, and wait until it is gone."""
        self.stop()
        while await self.read(GRACE_S) != b"":
            pass
        await self._process.wait()

    @staticmethod
    def explain(code: int) -> str | None:
        """Return in words how a program ended that did not end well; `None` for one that did."""
        if code == 0:
            return None
        if code > 0:
            return f"the program ended with exit code {code}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"the program was ended by {name}"
