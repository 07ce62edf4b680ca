"""Stands between the platform and a program: sets its limits, and ends it with everything it has started.

Run as a script of its own, with nothing but the standard library, as

    python -I -S supervisor.py SPECIFICATION

in the program's folder and environment. The specification is a JSON object: `command`, `memory_bytes`,
`cpu_s`, `open_files`, and `grace_s`, the seconds between the request to end and the end. The standard input
is the string by which the platform holds on to it: when that is cut, also because the platform was killed,
the program is ended. It exits as the program did, with its code or by its signal.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36  # prctl(2)
_CPU_GRACE_S = 5  # between SIGXCPU, which says why, and SIGKILL


def main() -> None:
    """Run the program to its end, or until the platform lets go."""
    specification = json.loads(sys.argv[1])
    woken = _wake_on_children()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_SET_CHILD_SUBREAPER, 1)  # what the program leaves behind becomes ours to end
    try:
        program = subprocess.Popen(  # noqa: S603 - the administrator's command, no shell
            specification["command"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: _limit(specification),  # noqa: PLW1509 - this process has one thread
        )
    except (OSError, subprocess.SubprocessError) as error:
        sys.exit(f"cannot start {specification['command'][0]}: {error}")
    if not _wait(program, woken):
        _ask_to_end(program, specification["grace_s"], woken)
    _end_all(program)
    _exit_as(program.returncode)


def _wake_on_children() -> int:
    """Return a file descriptor that can be read once a child has ended."""
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return woken


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - there is no prctl elsewhere

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _limit(specification: dict[str, Any]) -> None:
    """Set the limits of the program, in its own process before it begins."""
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    for kind, name, grace in (
        (resource.RLIMIT_AS, "memory_bytes", 0),
        (resource.RLIMIT_CPU, "cpu_s", _CPU_GRACE_S),
        (resource.RLIMIT_NOFILE, "open_files", 0),
    ):
        most = resource.getrlimit(kind)[1]
        soft, hard = specification[name], specification[name] + grace
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))


def _wait(program: subprocess.Popen[bytes], woken: int, timeout_s: float | None = None) -> bool:
    """Return whether the program has ended: `False` when the platform lets go, or after a time."""
    ends_at = None if timeout_s is None else time.monotonic() + timeout_s
    watched = [woken, 0] if ends_at is None else [woken]
    while program.poll() is None:
        left = None if ends_at is None else ends_at - time.monotonic()
        if left is not None and left <= 0:
            return False
        ready, _, _ = select.select(watched, [], [], left)
        if 0 in ready and not os.read(0, 4096):
            return False
        with contextlib.suppress(BlockingIOError):
            os.read(woken, 4096)
    return True


def _ask_to_end(program: subprocess.Popen[bytes], grace_s: float, woken: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGTERM)
    _wait(program, woken, grace_s)


def _end_all(program: subprocess.Popen[bytes]) -> None:
    """Kill the program's process group, and every process that came to us, until none is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    with contextlib.suppress(ChildProcessError):
        while True:
            for child in _children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    """Return the processes that are ours; without /proc those of the group were all we could find."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(text) for text in listed.read_text().split()] if listed.exists() else []


def _exit_as(code: int) -> None:
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main()
