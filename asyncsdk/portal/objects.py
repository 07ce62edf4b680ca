"""Sync objects: an async one, and methods that run on the event loop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

__all__ = ["SyncObject", "facing", "unwrap"]


class SyncObject:
    """The sync face of an async object.

    Args:
        wrapped: the async object.
    """

    __slots__ = ("__weakref__", "_async")

    _async: Any

    def __init__(self, wrapped: Any) -> None:
        self._async = wrapped

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, SyncObject) and self._async == other._async

    def __hash__(self) -> int:
        return hash(self._async)

    def __repr__(self) -> str:
        return repr(self._async)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} objects hold a connection and cannot be pickled or copied; "
            "keep the ids and read them anew"
        )


def unwrap(value: Any) -> Any:
    """Return an argument with async objects in place of sync ones, also inside of collections."""
    match value:
        case SyncObject():
            return value._async  # noqa: SLF001 - its own
        case None | str() | bytes() | os.PathLike():
            return value
        case Mapping():
            return {key: unwrap(item) for key, item in value.items()}
        case tuple():
            return tuple(unwrap(item) for item in value)
        case Iterable():
            return [unwrap(item) for item in value]
        case _:
            return value


def facing(kind: Callable[[Any], Any], value: Any) -> Any:
    """Return an argument that is called with sync objects where it is a function of one async object.

    Args:
        kind: the class of the sync object.
        value: the argument; what is no function is unwrapped.
    """
    if not callable(value):
        return unwrap(value)
    return lambda item: value(kind(item))
