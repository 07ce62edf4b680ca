"""The embedded platform: a child process on a folder, found again by every client of that folder.

Each client holds one connection open as its sign of life; the platform stops when none is left. A client
that is killed gives up its connection too, as the kernel closes it.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from asyncsdk.errors import ConfigurationError
from asyncsdk.records import codec
from asyncsdk.wire import routes

__all__ = ["EmbeddedEndpoint", "attach_embedded"]

START_S = 30.0
"""How long a platform may take to start."""

_LOOK_S = 0.005
_ANSWER_S = 5.0
_LOG_LINES = 5


@attrs.frozen
class _Address:
    """What a running platform tells in its workspace."""

    url: str
    token: str
    pid: int


class EmbeddedEndpoint:
    """A platform on this machine that a client holds on to."""

    def __init__(self, address: _Address, hold: socket.socket) -> None:
        self.host = address.url
        self.token = address.token
        self._hold = hold

    def __repr__(self) -> str:
        return f"<EmbeddedEndpoint {self.host}>"

    def release(self) -> None:
        """Let go; the platform stops soon after its last client has."""
        self._hold.close()


async def attach_embedded(workspace: str | os.PathLike[str]) -> EmbeddedEndpoint:
    """Hold on to the platform of a workspace, which is started when none runs.

    Args:
        workspace: the folder; made when it is missing.

    Raises:
        ConfigurationError: the platform does not start; the text has the end of its log.
    """
    return await asyncio.to_thread(_attach, workspace)


def _attach(workspace: str | os.PathLike[str]) -> EmbeddedEndpoint:
    folder = Path(workspace).expanduser().absolute()
    held = _hold_running(folder)
    if held is not None:
        return held
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "launch.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one client starts it, the others wait here and find it
            return _hold_running(folder) or _start(folder)
    except OSError as error:
        raise ConfigurationError(f"workspace {folder}: {error.strerror or error}") from error


def _start(folder: Path) -> EmbeddedEndpoint:
    log = folder / "server.log"
    command = [
        sys.executable,
        "-m",
        "asyncsdk",
        "serve",
        "--workspace",
        str(folder),
        "--port",
        "0",
        "--embedded",
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    threading.Thread(target=process.wait, name="asyncsdk-embedded", daemon=True).start()  # takes its exit code
    ends_at = time.monotonic() + START_S
    while time.monotonic() < ends_at:
        held = _hold_running(folder)
        if held is not None:
            return held
        if process.returncode is not None:
            break
        time.sleep(_LOOK_S)
    process.kill()
    raise ConfigurationError(f"the embedded platform on {folder} did not start:\n{_tail(log)}")


def _hold_running(folder: Path) -> EmbeddedEndpoint | None:
    """Attach to a platform that runs; `None` when there is none, or when it is about to stop."""
    try:
        address = codec.decode((folder / "server.json").read_bytes(), _Address)
    except (OSError, codec.CodecError):
        return None
    parts = urlsplit(address.url)
    try:
        hold = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_ANSWER_S)
    except OSError:
        return None
    try:
        hold.sendall(
            f"GET {routes.ATTACH.template} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: Bearer {address.token}\r\n\r\n".encode()
        )
        answered = hold.recv(64)
    except OSError:
        answered = b""
    if not answered.startswith(b"HTTP/1.1 200"):
        hold.close()
        return None
    return EmbeddedEndpoint(address, hold)


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-_LOG_LINES:]) or "it said nothing"
