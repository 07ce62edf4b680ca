"""The one door from the event loop to blocking work on files."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar

import anyio

from asyncsdk.flow.crew import Crew

__all__ = ["clean_up_in_file_thread", "in_file_thread", "in_short_job_thread"]

P = ParamSpec("P")
R = TypeVar("R")

_THREADS = 4  # hashing, large files, folders: one that waits for a slow disk must not block the others
_SHORT_JOB_THREADS = 4
_SHORT_JOBS_TOGETHER = 8

_crews: dict[str, Crew] = {}


def _crew(name: str, threads: int, together: int) -> Crew:
    """Return the threads of a name; made at the first use."""
    crew = _crews.get(name)
    return crew or _crews.setdefault(name, Crew(name, threads, together))


if hasattr(os, "register_at_fork"):  # a forked child has the crews, but not their threads
    os.register_at_fork(after_in_child=_crews.clear)


async def in_file_thread(func: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what `func` returns, run in a thread for files.

    Cancelled, it waits until the function has ended (or drops it, if it has not begun), so that nothing
    goes on behind the caller's back.
    """
    return await _crew("asyncsdk-files", _THREADS, 1).run(partial(func, *args, **kwargs))


async def clean_up_in_file_thread(func: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> None:
    """Run `func` in a thread for files, whatever happens.

    It is for what has to be done in the end: no cancellation keeps the function from being run to its end.
    """
    with anyio.CancelScope(shield=True):
        await _crew("asyncsdk-files", _THREADS, 1).run(partial(func, *args, **kwargs), must_run=True)


async def in_short_job_thread(func: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what `func` returns, run in a thread together with other short jobs.

    It is for work of less than a millisecond or so that many callers have at once, as a small file to write:
    nobody is told about a job before those that were done together with it have ended. Cancelled, it
    behaves as `in_file_thread` does.
    """
    crew = _crew("asyncsdk-short-jobs", _SHORT_JOB_THREADS, _SHORT_JOBS_TOGETHER)
    return await crew.run(partial(func, *args, **kwargs))
