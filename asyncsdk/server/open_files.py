"""How many files and connections the process may have open at once.

Systems let a program begin with few, 256 or 1024, for the sake of programs that cannot count further, and let it
ask for more.
"""

from __future__ import annotations

import resource

__all__ = ["allow_many_files"]

_WANTED = 10_240  # as many as macOS grants where it names no bound


def allow_many_files() -> None:
    """Raise the limit to what a thousand clients need, as far as the system lets a process do so by itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
