"""Requests to routes that have no method yet."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records import codec
from asyncsdk.resources.connection import Connection
from asyncsdk.transport.base import decode_response
from asyncsdk.wire.requests import Repeat, Request, query_pairs

__all__ = ["send"]

_SAFE = frozenset({"GET", "XGET", "PUT", "PATCH", "DELETE"})


async def send(
    connection: Connection, method: str, path: str, *, query: dict[str, Any] | None, body: Any
) -> Any:
    """Send a request and return the JSON value of its answer."""
    if not path.startswith("/") or path.startswith("//"):
        raise InvalidArgumentError(f"the path must be absolute, such as /api/home/ping, got {path!r}")
    verb = method.upper()
    request = Request(
        method=verb,
        path=path,
        query=query_pairs(query or {}),
        body=None if body is None else codec.encode(body),
        route=f"{verb} {path}",
        repeat=Repeat.SAFE if verb in _SAFE else Repeat.CREATION,
    )
    response = await connection.send(request)
    return decode_response(response, Any, request.route) if response.body.strip() else None
