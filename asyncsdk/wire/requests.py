"""Requests, answers and routes as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import attrs

from asyncsdk.records import codec

__all__ = ["Query", "Repeat", "Request", "Response", "Route", "query_pairs"]

Query = Mapping[str, Any]


class Repeat(Enum):
    """Whether a request may be sent again when its outcome is unknown."""

    SAFE = "safe"
    """It reads, or doing it twice is doing it once."""

    CREATION = "creation"
    """Doing it twice makes two, unless an idempotency key tells the platform."""


@attrs.frozen
class Request:
    """One request, ready to be sent."""

    method: str
    path: str
    """Absolute path with its variables filled in and encoded."""

    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    route: str = ""
    """Method and path template, for errors and logs."""

    repeat: Repeat = Repeat.SAFE
    idempotency_key: str | None = None
    slow: bool = False
    """Whether the answer may take as long as the call may take with all its tries."""


@attrs.frozen
class Response:
    """An answer that was read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@attrs.frozen
class Route:
    """A method and a path template; one value serves the client and the platform."""

    method: str
    template: str
    repeat: Repeat = Repeat.SAFE
    slow: bool = False
    """Whether the answer may take as long as the call may take with all its tries."""

    text: str = attrs.field(init=False, eq=False, repr=False)
    """Method and template, for errors and logs."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "text", f"{self.method} {self.template}")

    def __str__(self) -> str:
        return self.text

    def path(self, **variables: str) -> str:
        """Return the path with each variable percent-encoded, slashes too."""
        return self.template.format_map({name: _quoted(value) for name, value in variables.items()})

    def request(
        self, *, body: Any = None, query: Query | None = None, key: str | None = None, **variables: str
    ) -> Request:
        """Return the request.

        Args:
            body: a record or JSON value; `None` sends none.
            query: parameters; `None` values are left out, lists repeat their key.
            key: the idempotency key.
            **variables: the path's variables.
        """
        return Request(
            method=self.method,
            path=self.path(**variables),
            query=query_pairs(query) if query else (),
            body=None if body is None else codec.encode(body),
            route=self.text,
            repeat=self.repeat,
            idempotency_key=key,
            slow=self.slow,
        )


@lru_cache(256)
def _quoted(value: str) -> str:
    return quote(value, safe="")


def query_pairs(query: Query) -> tuple[tuple[str, str], ...]:
    """Return query parameters the way the protocol writes them.

    Lists repeat their key, `None` is left out, booleans are `True` and `False`.

    Example:
        >>> query_pairs({"limit": 5, "types": ["IMAGE", "VIDEO"], "q": None, "is_closed": True})
        (('limit', '5'), ('types', 'IMAGE'), ('types', 'VIDEO'), ('is_closed', 'True'))
    """
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        values: Iterable[Any] = value if isinstance(value, list | tuple) else (value,)
        pairs.extend((name, str(one)) for one in values if one is not None)
    return tuple(pairs)
