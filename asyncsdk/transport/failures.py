"""What went wrong with one try, and what is known of its outcome."""

from __future__ import annotations

import asyncio
import os
import re
from datetime import datetime
from typing import Any

import aiohttp

from asyncsdk.errors import (
    AsyncSDKError,
    ConfigurationError,
    ConnectionFailedError,
    DeadlineError,
    ForbiddenError,
    ProtocolError,
    TransportError,
)
from asyncsdk.wire.requests import Response
from asyncsdk.wire.retry import Outcome, outcome_of_status, retry_after_s
from asyncsdk.wire.statuses import error_for

__all__ = ["AttemptError", "ExpiredUrlError", "broken", "refused", "refused_by_storage"]

NETWORK_ERRORS = (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError)
"""What a try over the network can raise, `ValueError` for an address that is none; `broken` translates it."""

# the others can hold the whole request in their attributes, its token too
_CHAINED = (aiohttp.ClientConnectorError, aiohttp.ServerConnectionError, aiohttp.ClientPayloadError)

_MEANINGS: tuple[tuple[Any, Outcome, type[AsyncSDKError], str], ...] = (
    (
        aiohttp.ClientConnectorCertificateError,
        Outcome.PERMANENT,
        ConnectionFailedError,
        "the certificate of {error.host} is not trusted; SSL_CERT_FILE can name another bundle",
    ),
    (
        (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError),
        Outcome.NOT_SENT,
        ConnectionFailedError,
        "the proxy of the environment does not let the request through",
    ),
    (
        aiohttp.ClientConnectorError,
        Outcome.NOT_SENT,
        ConnectionFailedError,
        "cannot connect to {error.host}:{error.port}: {reason}",
    ),
    (
        aiohttp.ConnectionTimeoutError,
        Outcome.NOT_SENT,
        ConnectionFailedError,
        "cannot connect in time",
    ),
    (asyncio.TimeoutError, Outcome.UNKNOWN, DeadlineError, "no whole answer in time"),
    (
        (ValueError, aiohttp.NonHttpUrlClientError),
        Outcome.PERMANENT,
        ConfigurationError,
        "the address is not an http or https URL",
    ),
    (aiohttp.ClientPayloadError, Outcome.UNKNOWN, ConnectionFailedError, "the answer broke off"),
    (aiohttp.ClientResponseError, Outcome.UNKNOWN, ProtocolError, "the answer is not HTTP"),
)
"""The first line that fits tells what is known, what to raise, and what to say."""

_XML_FIELD = re.compile(rb"<(Code|Message)>([^<]{1,300})</")


class AttemptError(TransportError):
    """One try failed; `Retrier.run` repeats it or raises `error`.

    Attributes:
        outcome: what is known of the try.
        error: what to raise when nothing is left to try.
        retry_after_s: how long the server asked to wait, in seconds.
        progressed: the try got so far that the next one goes on from there; it does not count.
    """

    def __init__(
        self,
        outcome: Outcome,
        error: AsyncSDKError,
        *,
        retry_after_s: float | None = None,
        progressed: bool = False,
    ) -> None:
        super().__init__(str(error))
        self.outcome = outcome
        self.error = error
        self.retry_after_s = retry_after_s
        self.progressed = progressed


class ExpiredUrlError(ForbiddenError):
    """The storage refuses a presigned URL: it has expired. Ask for a new one, once."""


def broken(error: BaseException, route: str) -> AttemptError:
    """Return what an exception of the HTTP library means.

    Args:
        error: one of `NETWORK_ERRORS`.
        route: what was tried, for the text.
    """
    outcome, kind, text = _classify(error)
    failure = kind(f"{route}: {text}")
    if isinstance(error, _CHAINED):
        failure.__cause__ = error.with_traceback(None)  # whose frames may hold the request too
    return AttemptError(outcome, failure)


def _classify(error: BaseException) -> tuple[Outcome, type[AsyncSDKError], str]:
    for kinds, outcome, meaning, text in _MEANINGS:
        if isinstance(error, kinds):
            return outcome, meaning, text.format(error=error, reason=_reason(error))
    return Outcome.UNKNOWN, ConnectionFailedError, f"the connection broke: {_reason(error)}"


def _reason(error: BaseException) -> str:
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the server closed it"
    return getattr(error, "strerror", None) or type(error).__name__


def refused(response: Response, route: str, now: datetime | None = None) -> AttemptError:
    """Return what an unsuccessful answer of the platform means."""
    wait_s = retry_after_s(response.headers.get("Retry-After"), now)
    outcome = outcome_of_status(response.status, has_retry_after=wait_s is not None)
    return AttemptError(outcome, error_for(response, route), retry_after_s=wait_s)


def refused_by_storage(response: Response, route: str) -> AttemptError:
    """Return what an unsuccessful answer of an object storage means.

    Of the storage's XML only code and message are told, as the rest repeats parts of the signature.
    """
    fields = [value.decode("utf-8", "replace").strip() for _, value in _XML_FIELD.findall(response.body)]
    text = ": ".join(fields) or f"the storage answered with status {response.status}"
    told = Response(response.status, response.headers, text.encode())
    if response.status == 403:
        error = ExpiredUrlError(text, status=403, route=route)
        return AttemptError(Outcome.PERMANENT, error)
    return refused(told, route)
