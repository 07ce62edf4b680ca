"""What every request passes through: a request id, one form of errors, and authentication."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from asyncsdk.errors import ApiError, BadRequestError, NotFoundError, UnauthorizedError
from asyncsdk.server.services.scope import Scope, authenticate, hash_token
from asyncsdk.server.store.base import Store
from asyncsdk.server.store.ids import new_id
from asyncsdk.wire.statuses import REQUEST_ID_HEADER, envelope

__all__ = ["STILL_AT_WORK", "Gate", "errors_as_envelopes"]

_log = logging.getLogger(__name__)

_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]

STILL_AT_WORK = "a request with this Idempotency-Key is still at work; ask again"
"""The one conflict that passes by itself: its answer carries `Retry-After`."""

TRUST_S = 1.0
"""How long a token that was checked is trusted without a look at the store."""

MOST_TRUSTED = 10_000

_UNFIT: dict[type[Exception], str] = {
    OverflowError: "a number is too large",
    RecursionError: "the request is nested too deeply",
    web.RequestPayloadError: "the body is not what its Content- or Transfer-Encoding says",
}
"""What fails deep inside when a request is unfit, and what that means."""

_NOBODY_THERE = 499
"""What an answer is called that nobody waits for any more."""


@web.middleware
async def errors_as_envelopes(request: web.Request, handler: _Next) -> web.StreamResponse:
    """Answer every error with the protocol's JSON envelope."""
    try:
        _check_target(request)
        return await handler(request)
    except ApiError as error:
        return _answer(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = _answer(_from_http(error, request))
        if "Allow" in error.headers:  # the methods that a route takes, which go with status 405
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except tuple(_UNFIT) as error:
        return _answer(ApiError(_reason(error), status=400))
    except ConnectionError:
        if not _has_left(request):
            raise
        return web.Response(status=_NOBODY_THERE)
    except Exception:  # noqa: BLE001 - a fault of ours: logged here, told in general terms there
        return _answer(_logged(request))


def _reason(error: Exception) -> str:
    return next(reason for kind, reason in _UNFIT.items() if isinstance(error, kind))


def _logged(request: web.Request) -> ApiError:
    request_id = new_id()
    _log.exception("request %s %s failed (%s)", request.method, request.path, request_id)
    return ApiError("the platform failed; its log has the reason", status=500, request_id=request_id)


def _has_left(request: web.Request) -> bool:
    """Tell whether the client has closed the connection, which is no error of anybody's and not worth a log."""
    return request.transport is None or request.transport.is_closing()


def _check_target(request: web.Request) -> None:
    try:
        request.raw_path.encode()
    except UnicodeEncodeError as error:
        raise BadRequestError("the path and the query must be UTF-8", status=400) from error


def _from_http(error: web.HTTPException, request: web.Request) -> ApiError:
    if error.status == 404:
        return NotFoundError(f"no such route: {request.method} {request.path}", status=404)
    if error.status == 405:
        return ApiError(f"{request.path} does not take the method {request.method}", status=405)
    if error.status == 413:
        return ApiError("the request is too large; send fewer items at once", status=413)
    return ApiError(error.reason, status=error.status)


def _answer(error: ApiError) -> web.Response:
    headers = {"Retry-After": "1"} if error.status in (429, 503) or error.message == STILL_AT_WORK else {}
    if error.request_id:
        headers[REQUEST_ID_HEADER] = error.request_id
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(
        status=error.status or 500,
        body=orjson.dumps(envelope(error)),
        content_type="application/json",
        headers=headers,
    )


class Gate:
    """Finds out who asks, from the bearer token and the organization header.

    Args:
        store: where the tokens are.
        clock: seconds that only grow.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._trusted: dict[str, tuple[float, Scope]] = {}

    async def scope(self, request: web.Request) -> Scope:
        """Return who asks and what they may see.

        Raises:
            UnauthorizedError: no bearer token, or a wrong or revoked one.
            ForbiddenError: the organization header names one that the user is no member of.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise UnauthorizedError("send the API token as 'Authorization: Bearer …'", status=401)
        scope = await self._authenticate(hash_token(token.strip()))
        wanted = request.headers.get("X-Picsellia-Organization")
        return scope.narrowed(wanted.strip().lower()) if wanted else scope

    async def _authenticate(self, token_hash: str) -> Scope:
        now = self._clock()
        known = self._trusted.get(token_hash)
        if known is not None and now - known[0] < TRUST_S:
            return known[1]
        self._trusted.pop(token_hash, None)
        scope = await self._store.read(authenticate(token_hash))
        if len(self._trusted) >= MOST_TRUSTED:
            self._trusted.clear()
        self._trusted[token_hash] = (now, scope)
        return scope
