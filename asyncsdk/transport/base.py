"""What the resources need of a transport."""

from __future__ import annotations

from typing import Protocol, TypeVar

from asyncsdk.errors import ProtocolError
from asyncsdk.records import codec
from asyncsdk.wire.requests import Request, Response

__all__ = ["Transport", "decode_response"]

T = TypeVar("T")

_SHOWN_BYTES = 120


class Transport(Protocol):
    """Carries requests to a platform and answers back."""

    organization: str | None
    """Id of the organization that requests are for, once it is known."""

    idempotency: bool
    """Whether the platform honours idempotency keys."""

    async def send(self, request: Request, *, timeout_s: float | None = None) -> Response:
        """Return the answer to a request, which is a successful one.

        Args:
            request: what to send.
            timeout_s: deadline for all tries together; `None` takes that of the settings.

        Raises:
            ApiError: the platform answered with an error.
            OutcomeUnknownError: a creation may or may not have happened.
            TransportError: there was no answer.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


def decode_response(response: Response, kind: type[T], route: str) -> T:
    """Return the record in an answer.

    Raises:
        ProtocolError: the body is not that record, such as an HTML page; the text names the route, the
            place of the fault, and how the body begins.
    """
    try:
        return codec.decode(response.body, kind)
    except codec.CodecError as error:
        head = response.body[:_SHOWN_BYTES].decode("utf-8", "replace")
        raise ProtocolError(
            f"{route}: the answer (status {response.status}) is not what the protocol promises: "
            f"{error}; it begins {head!r}"
        ) from error
