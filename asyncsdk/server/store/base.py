"""What a store promises, and the unit of work that runs on it.

A unit of work is a generator: it yields statements and receives their rows. The rules of the platform
are written once that way; SQLite runs a whole generator on its writer thread, a pool of network
connections awaits at each yield.

A statement that breaks a rule of the schema raises `ConflictError` at its `yield`, one that the database
cannot run for now `ServerError` with status 503. A unit may catch the first and go on.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from asyncsdk.server.store.statements import Statement

__all__ = ["Row", "Rows", "Store", "Work"]

T = TypeVar("T")

Row: TypeAlias = Mapping[str, Any]
"""A row, by column name."""

Rows: TypeAlias = Sequence[Any]
"""The rows that a statement gave; each is a `Row`. Changing statements give their `RETURNING` rows."""

Work: TypeAlias = Generator[Statement, Rows, T]
"""A unit of work that gives a `T`."""


class Store(Protocol):
    """Runs units of work."""

    @property
    def change(self) -> int:
        """A number that is another one after each change; what is read later is at least as new."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Run a unit of work that changes nothing, on one snapshot."""
        ...

    async def write(self, work: Work[T]) -> T:
        """Run a unit of work in one transaction; an exception that leaves it undoes all of it."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        ...
