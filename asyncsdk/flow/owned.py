"""Work ahead that ends with its owner."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

import anyio

from asyncsdk.errors import AsyncSDKError

__all__ = ["OwnedTasks", "ReadAhead"]

T = TypeVar("T")


class OwnedTasks:
    """Tasks that stop when they are told to, or when nobody holds this object any more.

    The tasks do not know their owner, so an owner that is dropped is collected at once, and its tasks
    are cancelled with it.
    """

    __slots__ = ("_tasks",)

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task; its error is for whoever awaits it, and otherwise dropped."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_mark_retrieved)
        return task

    def cancel(self) -> None:
        """Cancel what still runs, without waiting for it."""
        for task in tuple(self._tasks):
            if not task.get_loop().is_closed():
                task.cancel()

    async def aclose(self) -> None:
        """Cancel what still runs and wait until it has stopped, however often this is cancelled meanwhile."""
        self.cancel()
        interrupt: asyncio.CancelledError | None = None
        while self._tasks:
            try:
                with anyio.CancelScope(shield=True):
                    await asyncio.wait(tuple(self._tasks))
            except asyncio.CancelledError as error:
                interrupt = error
        try:
            if interrupt is not None:
                raise interrupt
        finally:
            del interrupt  # its traceback holds this frame: no cycle between them

    def __del__(self) -> None:
        self.cancel()


def _mark_retrieved(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


class ReadAhead:
    """Base of the async iterators that work ahead of their consumer.

    The work ahead stops when the iterator is closed, when it fails, when its consumer is cancelled, and
    when it is dropped. What ended it is raised again by each later step, so that an interrupted walk is
    never taken for a complete one.
    """

    def __init__(self) -> None:
        self._owned = OwnedTasks()
        self._ending: Exception | None = None

    async def _step(self, pull: Callable[[], Awaitable[T]]) -> T:
        if self._ending is not None:
            raise self._ending
        try:
            return await pull()
        except Exception as error:
            self._end(error)
            raise
        except BaseException:
            self._end(AsyncSDKError("this iteration was interrupted by a cancellation; start a new one"))
            raise

    def _end(self, ending: Exception) -> None:
        self._ending = self._ending or ending
        self._owned.cancel()

    async def aclose(self) -> None:
        """Stop the work ahead and wait until it has stopped; further steps end at once."""
        self._end(StopAsyncIteration())
        await self._owned.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
