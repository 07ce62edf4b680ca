"""An event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

from asyncsdk.errors import AsyncSDKError, ConfigurationError
from asyncsdk.flow.loop import loop_factory
from asyncsdk.portal.pending import Pending

__all__ = ["Closeable", "Portal"]

P = ParamSpec("P")
T = TypeVar("T")

CLEAN_UP_S = 10.0
"""How long Ctrl-C waits for the clean-up of the call that it interrupts."""

CLOSE_S = 5.0
"""How long the end of the program waits for tasks that are cancelled, and again for open clients."""


class Closeable(Protocol):
    """What is closed at the end of the program, if nobody has closed it before."""

    async def close(self) -> None:
        """Close; doing it twice is doing it once."""
        ...


class Portal:
    """An event loop on a daemon thread, for callers that do not run on it.

    The thread starts with the first call. A portal belongs to the process that made it: a forked child has
    the object, but not the thread.

    Args:
        left_open: what is to be closed with the portal.
    """

    def __init__(self, left_open: Iterable[Closeable] = ()) -> None:
        self._pid = os.getpid()
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._left_open = {id(one): one for one in left_open}
        self._background: set[asyncio.Task[Any]] = set()

    def call(self, func: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a coroutine function on the loop and wait for its result.

        Ctrl-C cancels it and waits until its clean-up is through.

        Raises:
            ConfigurationError: the process was forked after the portal started, or is about to end.
            AsyncSDKError: the caller runs on the loop's own thread.
            Exception: what the function raises.
        """
        loop = self._running_loop()
        pending = Pending(partial(func, *args, **kwargs))
        try:
            loop.call_soon_threadsafe(pending.start)
            pending.wait()
        except BaseException as interrupt:
            loop.call_soon_threadsafe(pending.cancel)
            if not pending.wait(CLEAN_UP_S):
                interrupt.add_note(f"the call still cleans up after {CLEAN_UP_S:g} s")
            elif pending.trouble is not None:
                interrupt.add_note(f"the call ended with {pending.trouble!r}")
            raise
        return pending.result()

    def finish(self, func: Callable[[], Awaitable[object]]) -> None:
        """Start a clean-up and do not wait for it: for finalizers, on any thread, at any time."""
        if self._loop is not None and not self._closed and not self._is_foreign():
            self._loop.call_soon_threadsafe(self._start_in_background, func)

    def close_at_exit(self, one: Closeable) -> None:
        """Hold on to something, to close it with the portal."""
        self._left_open[id(one)] = one

    def forget(self, one: Closeable) -> None:
        """Let go of something that was closed."""
        self._left_open.pop(id(one), None)

    def forked(self) -> Portal:
        """Return the portal of a forked child, which takes over what was left open."""
        return Portal(self._left_open.values())

    def close(self) -> None:
        """Cancel what still runs, close what was left open, and end the thread."""
        loop, thread = self._loop, self._thread
        was_closed, self._closed = self._closed, True
        if was_closed or loop is None or thread is None or self._is_foreign():
            return
        last = Pending(self._wind_up)
        loop.call_soon_threadsafe(last.start)
        has_ended = last.wait(3 * CLOSE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSE_S)
        if has_ended:
            last.result()

    def _is_foreign(self) -> bool:
        return self._pid != os.getpid()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._is_foreign():
            raise ConfigurationError(
                "this was begun before os.fork(): make a new Client in the child process, "
                "or start processes with multiprocessing's 'spawn' method"
            )
        if self._closed:
            raise ConfigurationError("the program is about to end: no more calls")
        if self._thread is threading.current_thread():
            raise AsyncSDKError(
                "a sync method was called on the event loop's own thread, as from a progress callback: "
                "keep what you need and call it when the operation has returned"
            )
        return self._loop or self._start()

    def _start(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                loop = (loop_factory() or asyncio.new_event_loop)()
                thread = threading.Thread(target=self._run, args=(loop,), name="asyncsdk-portal", daemon=True)
                thread.start()
                self._thread, self._loop = thread, loop
            return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        is_stopped = False
        while not is_stopped:
            with suppress(KeyboardInterrupt, SystemExit):  # of a task; whoever waits for the task gets it
                loop.run_forever()
                is_stopped = True
        loop.close()

    def _start_in_background(self, func: Callable[[], Awaitable[object]]) -> None:
        async def run() -> None:
            await func()

        task = asyncio.get_running_loop().create_task(run())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _wind_up(self) -> None:
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=CLOSE_S)
        async with asyncio.timeout(CLOSE_S):
            closing = [one.close() for one in tuple(self._left_open.values())]
            ends = await asyncio.gather(*closing, return_exceptions=True)
        failures = [end for end in ends if isinstance(end, Exception)]
        if failures:
            raise AsyncSDKError(f"not closed at exit: {', '.join(map(repr, failures))}") from failures[0]
        await asyncio.get_running_loop().shutdown_asyncgens()
