"""Results in order while the work on later items goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, Generic, Self, TypeVar

import attrs

from asyncsdk.flow.owned import ReadAhead

__all__ = ["BoundedStream"]

T = TypeVar("T")
R = TypeVar("R")


class BoundedStream(ReadAhead, Generic[R]):
    """Async iterator over the results of a function, in the order of its items.

    Made by `stream_bounded`. Close it with `aclose()` or `async with`, or just drop it: its tasks stop.
    After an error, each further step raises that error again.
    """

    def __init__(
        self, func: Callable[[T], Awaitable[R]], items: Iterable[T] | AsyncIterable[T], *, limit: int
    ) -> None:
        super().__init__()
        self._line: _Line[Any, R] = _Line(func, items, limit)
        self._limit = limit
        self._started = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> R:
        return await self._step(self._pull)

    async def aclose(self) -> None:
        """Stop the work, close the source, and wait until both have stopped."""
        try:
            await super().aclose()
        finally:
            await self._line.aclose()

    async def _pull(self) -> R:
        if not self._started:
            self._started = True
            for _ in range(self._limit):
                self._owned.start(self._line.work())
        place = await self._line.places.get()
        if place is None:
            raise StopAsyncIteration
        outcome = await place
        self._line.room.release()
        if isinstance(outcome, _Failed):
            raise outcome.error
        return outcome


@attrs.frozen(eq=False)
class _Failed:
    error: BaseException


class _Line(Generic[T, R]):
    """What the workers share: the source, and a queue with one place for each item, in order.

    There is room for twice as many places as workers, so that a slow item at the head does not stop the
    others at once, and memory stays bounded.
    """

    def __init__(
        self, func: Callable[[T], Awaitable[R]], items: Iterable[T] | AsyncIterable[T], limit: int
    ) -> None:
        self._func = func
        self._items = aiter(items) if isinstance(items, AsyncIterable) else _Plain(items)
        self._turn = asyncio.Lock()
        self._exhausted = False
        self.room = asyncio.Semaphore(2 * limit)
        self.places: asyncio.Queue[asyncio.Future[R | _Failed] | None] = asyncio.Queue()

    async def work(self) -> None:
        """Do one item after the other until the source ends."""
        while True:
            await self.room.acquire()
            place: asyncio.Future[R | _Failed] = asyncio.get_running_loop().create_future()
            try:
                item = await self._take(place)
            except StopAsyncIteration:
                return
            try:
                outcome: R | _Failed = await self._func(item)
            except Exception as error:  # noqa: BLE001 - raised where the consumer reaches it
                outcome = _Failed(error)
            except BaseException as error:
                place.set_result(_Failed(error))
                raise
            place.set_result(outcome)

    async def _take(self, place: asyncio.Future[R | _Failed]) -> T:
        """Take the next item, and a place for it in the queue; nothing follows an end or an error."""
        async with self._turn:
            if self._exhausted:
                raise StopAsyncIteration
            try:
                item = await anext(self._items)
            except StopAsyncIteration:
                self._exhausted = True
                self.places.put_nowait(None)
                raise
            except Exception as error:
                self._exhausted = True
                place.set_result(_Failed(error))
                self.places.put_nowait(place)
                raise StopAsyncIteration from error
            self.places.put_nowait(place)
            return item

    async def aclose(self) -> None:
        """Close the source, where it can be closed."""
        close = getattr(self._items, "aclose", None)
        if close is not None:
            await close()


class _Plain(AsyncIterator[T]):
    """A plain iterable behind the interface of an async one."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = iter(items)

    async def __anext__(self) -> T:
        for item in self._items:
            return item
        raise StopAsyncIteration
