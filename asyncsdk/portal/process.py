"""The one portal of the process: started by the first call, closed at exit, made anew after a fork."""

from __future__ import annotations

import atexit
import os
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from asyncsdk.portal.thread import Closeable, Portal

__all__ = ["call", "close", "close_at_exit", "current"]

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound=Closeable)

_portals = [Portal()]


def current() -> Portal:
    """Return the portal of this process."""
    return _portals[0]


def call(func: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a coroutine function on the process's event loop and wait for its result.

    Args:
        func: the coroutine function.
        args: its arguments.
        kwargs: its keyword arguments.

    Raises:
        AsyncSDKError: the caller runs on the loop's own thread.
        ConfigurationError: the program is about to end.
        Exception: what the function raises.

    Example:
        >>> async def double(number: int) -> int:
        ...     return 2 * number
        >>> call(double, 21)
        42
    """
    return current().call(func, *args, **kwargs)


def close_at_exit(one: C) -> C:
    """Have something closed when the program ends, and return it."""
    current().close_at_exit(one)
    return one


def close(one: Closeable) -> None:
    """Close something now that was to be closed when the program ends."""
    call(one.close)
    current().forget(one)


def _close_at_exit() -> None:
    current().close()


def _start_anew() -> None:
    # What the old portal holds stays as it is, open sockets too, which are the parent's: nothing closes it,
    # and the frame of the thread that is gone keeps it from being collected.
    _portals[0] = _portals[0].forked()


atexit.register(_close_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
