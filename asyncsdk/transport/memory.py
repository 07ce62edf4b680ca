"""A transport that answers from a script, for tests."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from multidict import CIMultiDict

from asyncsdk.records import codec
from asyncsdk.wire.requests import Request, Response
from asyncsdk.wire.statuses import error_for, is_success

__all__ = ["Answer", "MemoryTransport", "answer"]

Answer = Response | Exception
"""What a script holds: an answer, or an error to raise."""


def answer(body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer with a JSON body.

    Args:
        body: a record or a JSON value; `bytes` go as they are, `None` is an empty body.
        status: HTTP status.
        headers: looked up in any case.
    """
    data = b"" if body is None else body if isinstance(body, bytes) else codec.encode(body)
    return Response(status, CIMultiDict(headers or {}), data)


class MemoryTransport:
    """Answers requests from a script and keeps them.

    Args:
        script: the answers in the order of asking, or a function that gives the answer to a request.

    Attributes:
        requests: what was sent, in order.

    Example:
        >>> import anyio
        >>> from asyncsdk.wire import routes
        >>> transport = MemoryTransport([answer({"id": "1"})])
        >>> anyio.run(transport.send, routes.GET_TAG.request(tag="1")).body
        b'{"id":"1"}'
        >>> [request.path for request in transport.requests]
        ['/api/tag/1']
    """

    def __init__(self, script: Iterable[Answer] | Callable[[Request], Answer]) -> None:
        self._script = script if callable(script) else _in_order(script)
        self.requests: list[Request] = []
        self.organization: str | None = None
        self.idempotency = False
        self.closed: bool = False

    async def send(self, request: Request, *, timeout_s: float | None = None) -> Response:  # noqa: ARG002
        """Return the script's next answer, or raise what it means.

        Raises:
            ApiError: the script has an unsuccessful answer.
            Exception: the script has an error.
        """
        self.requests.append(request)
        scripted = self._script(request)
        if isinstance(scripted, Exception):
            raise scripted
        if not is_success(scripted.status):
            raise error_for(scripted, request.route)
        return scripted

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


def _in_order(answers: Iterable[Answer]) -> Callable[[Request], Answer]:
    left = deque(answers)

    def take(request: Request) -> Answer:
        if not left:
            raise AssertionError(f"the script has no answer left for {request.method} {request.path}")
        return left.popleft()

    return take
