"""The sync side, dressed as the async one, so that one suite of tests runs on both.

`show(asyncsdk.sync.Client(…))` gives an object with the names of `asyncsdk.Client`: its coroutines call the
sync methods on a thread, its async iterators step sync ones, and what they return is dressed the same way.
What a test reaches from inside (`version._connection`) is the async object behind the sync one, run on the
portal's loop.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from typing import Any, Self

from asyncsdk.portal import SyncIterator, SyncObject, call

__all__ = ["bare", "show"]


def show(value: Any) -> Any:
    """Return a value of the sync side, also inside of collections, as the tests of the async side expect it."""
    match value:
        case SyncObject():
            return Shown(value)
        case SyncIterator():
            return ShownIterator(value)
        case list() | tuple() if type(value) in (list, tuple):
            return type(value)(map(show, value))
        case dict() if type(value) is dict:
            return {key: show(item) for key, item in value.items()}
        case _:
            return value


def bare(value: Any) -> Any:
    """Return what was dressed, also inside of collections: the way of `show` back."""
    match value:
        case Shown() | Inner():
            return object.__getattribute__(value, "_bare")
        case list() | tuple() if type(value) in (list, tuple):
            return type(value)(map(bare, value))
        case Mapping() if type(value) is dict:
            return {key: bare(item) for key, item in value.items()}
        case Iterator():
            return map(bare, value)
        case _ if inspect.isfunction(value):
            return lambda *args, **kwargs: bare(value(*map(show, args), **kwargs))
        case _:
            return value


async def on_thread(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a blocking function on a thread that nothing else waits for."""
    return await asyncio.get_running_loop().run_in_executor(None, partial(func, *args, **kwargs))


class _Dressed:
    __slots__ = ("_bare",)

    _bare: Any

    def __init__(self, value: Any) -> None:
        object.__setattr__(self, "_bare", value)

    def __eq__(self, other: object) -> bool:
        return self._bare == bare(other)

    def __hash__(self) -> int:
        return hash(self._bare)

    def __repr__(self) -> str:
        return repr(self._bare)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._bare.__reduce_ex__(protocol)


class Inner(_Dressed):
    """An async object from inside the sync side: its coroutines run on the portal's loop."""

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._bare, name, value)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._bare, name)
        if inspect.iscoroutinefunction(found):
            return lambda *args, **kwargs: on_thread(call, found, *map(bare, args), **bare(kwargs))
        return found


class Shown(_Dressed):
    """A sync object with the coroutines of its async twin."""

    __slots__ = ()

    @property
    def __class__(self) -> Any:
        return type(self._bare._async)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            inside = getattr(self._bare._async, name)
            return Inner(inside) if name == "_connection" else inside
        found = getattr(self._bare, name)
        if not callable(found):
            return show(found)
        if inspect.iscoroutinefunction(getattr(self._bare._async, name, None)):
            return partial(self._act, found)
        return lambda *args, **kwargs: show(found(*bare(args), **bare(kwargs)))

    async def _act(self, found: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return show(await on_thread(found, *bare(args), **bare(kwargs)))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._bare._async if name.startswith("_") else self._bare, name, value)

    def __len__(self) -> int:
        return len(self._bare)

    def __bool__(self) -> bool:
        return not hasattr(self._bare, "__len__") or len(self._bare) > 0

    def __getitem__(self, index: Any) -> Any:
        return show(self._bare[index])

    def __iter__(self) -> Any:
        return map(show, self._bare)

    def __reversed__(self) -> Any:
        return map(show, reversed(self._bare))

    def __contains__(self, item: Any) -> bool:
        return bare(item) in self._bare

    async def __aenter__(self) -> Any:
        return show(await on_thread(self._bare.__enter__))

    async def __aexit__(self, *error: object) -> None:
        await on_thread(self._bare.__exit__, *error)


class ShownIterator(AsyncIterator[Any]):
    """A sync iterator, stepped on threads."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    async def __anext__(self) -> Any:
        def step() -> tuple[bool, Any]:
            for item in self._iterator:
                return True, item
            return False, None

        found, item = await on_thread(step)
        if not found:
            raise StopAsyncIteration
        return show(item)

    async def next_page(self) -> Any:
        return show(await on_thread(self._iterator.next_page))

    async def aclose(self) -> None:
        await on_thread(self._iterator.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()
