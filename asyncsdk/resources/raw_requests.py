"""Requests to routes that have no method yet."""

from __future__ import annotations

import re
from typing import Any

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records import codec
from asyncsdk.resources.connection import Connection
from asyncsdk.transport.base import decode_response
from asyncsdk.wire.requests import Repeat, Request, query_pairs

__all__ = ["send"]

_JSON: Any = Any
"""Takes whatever an answer says."""

_SAFE = frozenset({"GET", "XGET", "PUT", "PATCH", "DELETE"})
_PATH = r"/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/]*"
"""The characters of a path (RFC 3986, section 3.3); two slashes in front would name a host."""


async def send(
    connection: Connection, method: str, path: str, *, query: dict[str, Any] | None, body: Any
) -> Any:
    """Send a request and return the JSON value of its answer."""
    verb = method.upper()
    if not re.fullmatch(r"[A-Z]+", verb):
        raise InvalidArgumentError(f"the method must be a word such as GET, got {method!r}")
    if verb == "HEAD":
        raise InvalidArgumentError("the answer to HEAD has no value to return; use GET")
    if not re.fullmatch(_PATH, path):
        raise InvalidArgumentError(
            f"the path must be absolute, encoded and without a query, such as /api/home/ping, got {path!r}"
        )
    try:
        encoded = None if body is None else codec.encode(body)
    except TypeError as error:
        raise InvalidArgumentError(f"the body cannot travel as JSON: {error}") from error
    request = Request(
        method=verb,
        path=path,
        query=query_pairs(query or {}),
        body=encoded,
        route=f"{verb} {path}",
        repeat=Repeat.SAFE if verb in _SAFE else Repeat.CREATION,
    )
    response = await connection.send(request)
    return decode_response(response, _JSON, request.route) if response.body.strip() else None
