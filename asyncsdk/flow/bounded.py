"""The same work on many items, a bounded number at once."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Iterable, Sized
from typing import Any, Generic, TypeVar

import anyio
import attrs

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.stream import BoundedStream

__all__ = ["Settled", "both", "for_each_bounded", "map_bounded", "settled", "stream_bounded"]

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")


@attrs.frozen
class Settled(Generic[R]):
    """What became of one item: its result, or the error that it ended with."""

    value: R | None = None
    """The result; `None` when there is an error."""

    error: Exception | None = None
    """Why there is no result."""


async def map_bounded(func: Callable[[T], Awaitable[R]], items: Iterable[T], *, limit: int) -> list[R]:
    """Return the results of `func` for all items, in their order, with at most `limit` at work.

    The workers share one iterator, so memory follows the limit and the results, not the input.

    Args:
        func: the work on one item.
        items: what to work on; taken one by one as workers become free.
        limit: most items at work at once.

    Raises:
        Exception: the first error of `func`, as it was raised; the other items are cancelled.

    Example:
        >>> import anyio
        >>> async def double(number: int) -> int:
        ...     return 2 * number
        >>> async def main() -> None:
        ...     print(await map_bounded(double, [1, 2, 3], limit=2))
        >>> anyio.run(main)
        [2, 4, 6]
    """
    done = dict[int, R]()

    async def keep(job: tuple[int, T]) -> None:
        index, item = job
        done[index] = await func(item)

    workers = _check(limit) if not isinstance(items, Sized) else min(_check(limit), len(items) or 1)
    await for_each_bounded(keep, enumerate(items), limit=workers)
    return [done[index] for index in range(len(done))]


async def for_each_bounded(func: Callable[[T], Awaitable[None]], items: Iterable[T], *, limit: int) -> None:
    """Do the work of `func` on all items, at most `limit` at once; else like `map_bounded`, and nothing is kept.

    Args:
        func: the work on one item.
        items: what to work on; taken one by one as workers become free.
        limit: most items at work at once.

    Raises:
        Exception: the first error of `func`, as it was raised; the other items are cancelled.
    """
    shared = iter(items)

    async def work() -> None:
        for item in shared:
            await func(item)

    await _run_group(work, _check(limit))


async def both(first: Callable[[], Awaitable[R]], second: Callable[[], Awaitable[S]]) -> tuple[R, S]:
    """Return what two pieces of work give that go on at the same time.

    Args:
        first: begins the one.
        second: begins the other.

    Raises:
        Exception: the first error, as it was raised; the other work is cancelled.

    Example:
        >>> import anyio
        >>> async def one() -> int:
        ...     return 1
        >>> async def main() -> None:
        ...     print(await both(one, one))
        >>> anyio.run(main)
        (1, 1)
    """
    works: tuple[Callable[[], Awaitable[Any]], ...] = (first, second)
    results: list[Any] = await map_bounded(lambda work: work(), works, limit=2)
    return results[0], results[1]


async def settled(func: Callable[[T], Awaitable[R]], item: T) -> Settled[R]:
    """Return what became of one item."""
    try:
        return Settled(await func(item))
    except Exception as error:  # noqa: BLE001 - handed to the caller, item by item
        return Settled(error=error)


def stream_bounded(
    func: Callable[[T], Awaitable[R]], items: Iterable[T] | AsyncIterable[T], *, limit: int
) -> BoundedStream[R]:
    """Return an async iterator over the results of `func`, in the order of the items.

    At most `limit` items are at work, at most twice as many are held. The source is read as room
    appears, so work begins while a listing still runs; it is closed with the stream.

    Args:
        func: the work on one item.
        items: a plain or an async iterable.
        limit: most items at work at once.

    Example:
        >>> import anyio
        >>> async def double(number: int) -> int:
        ...     return 2 * number
        >>> async def main() -> None:
        ...     async with stream_bounded(double, range(3), limit=2) as results:
        ...         print([result async for result in results])
        >>> anyio.run(main)
        [0, 2, 4]
    """
    return BoundedStream(func, items, limit=_check(limit))


def _check(limit: int) -> int:
    if limit < 1:
        raise InvalidArgumentError(f"limit must be at least 1, got {limit}")
    return limit


async def _run_group(work: Callable[[], Coroutine[Any, Any, None]], workers: int) -> None:
    try:
        async with anyio.create_task_group() as group:
            for _ in range(workers):
                group.start_soon(work)
    except BaseExceptionGroup as errors:
        first = errors.exceptions[0]
    else:
        return
    try:
        raise first
    finally:
        del first  # the error's traceback holds this frame: no cycle between them
