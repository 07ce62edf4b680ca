"""The embedded platform: a child process on a folder, found again by every client of that folder.

Each client holds one connection open as its sign of life; the platform stops when none is left. A client
that is killed gives up its connection too, as the kernel closes it. A platform that was started by hand on
the folder is used as it is, and runs on.
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
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from asyncsdk.errors import ConfigurationError
from asyncsdk.records import codec
from asyncsdk.wire import routes

__all__ = ["EmbeddedEndpoint", "attach_embedded"]

START_S = 30.0
"""How long a platform may take to start, or an earlier one to stop."""

_LOOK_S = 0.005
_ANSWER_S = 5.0
_LOG_LINES = 5


@attrs.frozen
class _Address:
    """What a running platform tells in its workspace."""

    url: str
    token: str = attrs.field(repr=False)


class EmbeddedEndpoint:
    """A platform on this machine that a client holds on to."""

    def __init__(self, address: _Address, hold: socket.socket) -> None:
        self.host: str = address.url
        self.token: str = address.token
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
    with_one_thread = ThreadPoolExecutor(1, "asyncsdk-embedded")
    attaching = with_one_thread.submit(_attach, workspace)
    with_one_thread.shutdown(wait=False)
    try:
        return await asyncio.wrap_future(attaching)
    except asyncio.CancelledError:
        attaching.add_done_callback(_let_go)
        raise


def _let_go(attaching: Future[EmbeddedEndpoint]) -> None:
    """Release what nobody waits for any more."""
    if not attaching.cancelled() and attaching.exception() is None:
        attaching.result().release()


def _attach(workspace: str | os.PathLike[str]) -> EmbeddedEndpoint:
    folder = Path(workspace).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "launch.lock").open("ab") as launching:
            fcntl.flock(launching, fcntl.LOCK_EX)  # one client starts it, the others wait here and find it
            ends_at = time.monotonic() + START_S
            while not _is_free(folder):
                held = _hold(folder)
                if held is not None:
                    return held
                if time.monotonic() > ends_at:
                    raise ConfigurationError(f"the platform on {folder} does not answer")
                time.sleep(_LOOK_S)
            return _start(folder, ends_at)
    except OSError as error:
        raise ConfigurationError(f"workspace {folder}: {error.strerror or error}") from error


def _is_free(folder: Path) -> bool:
    """Tell whether no platform runs on the folder, nor starts or stops; forget where one was that died."""
    with (folder / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        (folder / "server.json").unlink(missing_ok=True)
        return True


def _start(folder: Path, ends_at: float) -> EmbeddedEndpoint:
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-m", "asyncsdk", "embedded", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    reaper = threading.Thread(target=process.wait, name="asyncsdk-embedded", daemon=True)
    reaper.start()  # takes its exit code whenever it ends
    while process.returncode is None and time.monotonic() < ends_at:
        held = _hold(folder)
        if held is not None:
            return held
        time.sleep(_LOOK_S)
    process.kill()
    raise ConfigurationError(f"the embedded platform on {folder} did not start:\n{_tail(log)}")


def _hold(folder: Path) -> EmbeddedEndpoint | None:
    """Attach to the platform that runs on the folder; `None` while it is starting or stopping.

    Raises:
        ConfigurationError: it does not take clients this way.
    """
    try:
        address = codec.decode((folder / "server.json").read_bytes(), _Address)
    except (OSError, codec.CodecError):
        return None
    parts = urlsplit(address.url)
    request = (
        f"GET {routes.ATTACH.template} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Authorization: Bearer {address.token}\r\n\r\n"
    )
    try:
        hold = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_ANSWER_S)
    except OSError:
        return None
    try:
        hold.sendall(request.encode())
        status = hold.recv(12).removeprefix(b"HTTP/1.1 ")
    except OSError:
        status = b""
    if status == b"200":
        return EmbeddedEndpoint(address, hold)
    hold.close()
    if status in (b"", b"503"):
        return None
    raise ConfigurationError(
        f"a platform runs on {folder} that is not to be shared this way (status {status.decode()}); "
        f"connect to {address.url} with its token"
    )


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-_LOG_LINES:]) or "it said nothing"
