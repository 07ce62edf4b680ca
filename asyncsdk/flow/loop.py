"""Event loops: uvloop where it is installed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["loop_factory", "run"]

T = TypeVar("T")


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes an event loop: uvloop's where it is installed, `None` for asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - absent on Windows
    except ModuleNotFoundError:
        return None
    return uvloop.new_event_loop


def run(main: Coroutine[Any, Any, T], *, debug: bool | None = None) -> T:
    """Run a coroutine to its end, on uvloop where it is installed.

    Args:
        main: the coroutine.
        debug: asyncio's debug mode.

    Returns:
        What the coroutine returns.

    Raises:
        RuntimeError: an event loop runs in this thread already; await the coroutine instead.

    Example:
        >>> import asyncsdk
        >>> async def main() -> str:
        ...     return "done"
        >>> asyncsdk.run(main())
        'done'
    """
    with asyncio.Runner(debug=debug, loop_factory=loop_factory()) as runner:
        return runner.run(main)
