"""What every resource object is: a record, and the connection it came by."""

from __future__ import annotations

from typing import Any, Generic, NoReturn, TypeVar

import attrs

from asyncsdk.resources.connection import Connection

__all__ = ["Resource"]

R = TypeVar("R")


@attrs.define(eq=False, repr=False)
class Resource(Generic[R]):
    """An object of the platform.

    Attributes never do I/O: they show the record as it was read; `await obj.refresh()` reads it anew.
    Two objects are equal when they are of one type and have the same id.
    """

    _connection: Connection
    _record: R

    @property
    def id(self) -> str:
        """Id: a UUID in canonical lower-case text."""
        record: Any = self._record
        identity: str = record.id
        return identity

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Resource) and self.id == other.id

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.id))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._label()!r} {self.id}>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} objects hold a connection and cannot be pickled or copied; "
            "keep the id and read the object anew"
        )

    def _label(self) -> str:
        return self.id
