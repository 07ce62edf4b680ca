"""Getting a thing by its name, or making it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from asyncsdk.errors import ConflictError, NotFoundError, OutcomeUnknownError

__all__ = ["get_or_create"]

T = TypeVar("T")


async def get_or_create(
    find: Callable[[str], Awaitable[T]], create: Callable[[str], Awaitable[T]], name: str
) -> T:
    """Find a thing by its name or create it, also when somebody else creates it at the same moment.

    Raises:
        OutcomeUnknownError: it was not there, no answer to its creation came, and it still is not there.
    """
    with suppress(NotFoundError):
        return await find(name)
    try:
        return await create(name)
    except ConflictError:
        return await find(name)
    except OutcomeUnknownError as unknown:
        try:
            return await find(name)
        except NotFoundError:
            raise unknown from None
