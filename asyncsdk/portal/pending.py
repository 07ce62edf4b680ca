"""A coroutine that runs on the loop's thread while another thread waits for it."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from asyncsdk.errors import AsyncSDKError

__all__ = ["Pending"]

T = TypeVar("T")

_LOOK_S = 1.0


class Pending(Generic[T]):
    """One call under way: `start` and `cancel` run on the loop's thread, the rest on the caller's.

    Args:
        func: gives the awaitable; called on the loop's thread.
    """

    __slots__ = ("_error", "_func", "_gate", "_has_ended", "_result", "_task")

    def __init__(self, func: Callable[[], Awaitable[T]]) -> None:
        self._func = func
        self._gate = threading.Lock()  # an Event is not safe where a signal may strike between any two steps
        self._gate.acquire()
        self._has_ended = False
        self._task: asyncio.Task[None] | None = None
        self._result: T
        self._error: BaseException | None = asyncio.CancelledError()

    def start(self) -> None:
        """Start, unless it was cancelled before it began."""
        if not self._has_ended:
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(self._end)

    def cancel(self) -> None:
        """Cancel; the end comes when the clean-up is through."""
        if self._task is not None:
            self._task.cancel()
        elif not self._has_ended:
            self._end()

    async def _run(self) -> None:
        try:
            self._result = await self._func()
            self._error = None
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._error = error

    def _end(self, _: object = None) -> None:
        self._task = None  # collected on this thread: in the weak references' callbacks Ctrl-C would be lost
        self._has_ended = True
        self._gate.release()

    def wait(self, timeout_s: float = math.inf) -> bool:
        """Wait for the end and tell whether it has come.

        A signal that strikes just before the thread falls asleep does not wake it up, hence the looks.

        Args:
            timeout_s: longest wait.
        """
        ends_at = time.monotonic() + timeout_s
        while not self._has_ended:
            left_s = ends_at - time.monotonic()
            if left_s <= 0:
                return False
            self._gate.acquire(timeout=min(left_s, _LOOK_S))
        return True

    @property
    def trouble(self) -> BaseException | None:
        """The error that it ended with; a cancellation is none."""
        return None if isinstance(self._error, asyncio.CancelledError) else self._error

    def result(self) -> T:
        """Return the result of a call that has ended, or raise its error, once.

        Raises:
            AsyncSDKError: it was cancelled, because the program ends.
        """
        error, self._error = self._error, None
        if error is None:
            return self._result
        try:
            if isinstance(error, asyncio.CancelledError):
                raise AsyncSDKError("the call was cancelled, as the program is about to end") from error
            raise error
        finally:
            del error  # its traceback holds this frame: no cycle between them
