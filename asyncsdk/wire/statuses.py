"""HTTP statuses and the error envelope, to errors and back."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import (
    ApiError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidQueryError,
    LockedError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TooLargeError,
    UnauthorizedError,
)
from asyncsdk.records import codec
from asyncsdk.wire.requests import Response

__all__ = ["ERROR_BY_STATUS", "REQUEST_ID_HEADER", "envelope", "error_for", "is_success"]

REQUEST_ID_HEADER = "X-Request-Id"

ERROR_BY_STATUS: dict[int, type[ApiError]] = {
    208: ConflictError,
    400: BadRequestError,
    401: UnauthorizedError,
    402: ForbiddenError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: TooLargeError,
    422: BadRequestError,
    423: LockedError,
    429: RateLimitedError,
}

_REMEDY: dict[int, str] = {
    208: "the object name is already used",
    401: "the token is missing, wrong or revoked; pass a valid api_token",
    402: "the organization's plan does not cover this",
    413: "the request is too large; send fewer items at once",
    423: "the dataset version is locked; unlock it first",
    429: "too many requests; slow down",
}


def is_success(status: int) -> bool:
    """Tell whether the protocol takes a status for success."""
    return 200 <= status < 300 and status != 208


def error_for(response: Response, route: str) -> ApiError:
    """Return the error that an unsuccessful answer means.

    Any body will do: the envelope, another JSON value, or text that is not JSON.
    """
    message, detail, code, position = _read_envelope(response)
    kind = ERROR_BY_STATUS.get(response.status, ServerError if response.status >= 500 else ApiError)
    facts: dict[str, Any] = {
        "status": response.status,
        "route": route,
        "request_id": response.headers.get(REQUEST_ID_HEADER),
        "detail": detail,
    }
    if kind is BadRequestError and code == "invalid-query":
        return InvalidQueryError(message, position=position, **facts)
    return kind(message, **facts)


def envelope(error: ApiError) -> dict[str, Any]:
    """Return the protocol's JSON envelope of an error."""
    body: dict[str, Any] = {"message": error.message, "detail": list(error.detail)}
    if isinstance(error, InvalidQueryError):
        body["code"] = "invalid-query"
        body["position"] = error.position
    return body


def _read_envelope(response: Response) -> tuple[str, list[str], str | None, int | None]:
    fallback = _REMEDY.get(response.status, f"the platform answered with status {response.status}")
    try:
        body = codec.parse(response.body)
    except codec.CodecError:
        text = response.body.decode("utf-8", "replace").strip()
        if not text or "<html" in text[:200].lower():
            return fallback, [], None, None
        return text[:500], [], None, None
    if not isinstance(body, dict):
        return fallback, _lines(body), None, None
    message, code, position = body.get("message"), body.get("code"), body.get("position")
    return (
        message if isinstance(message, str) and message else fallback,
        _lines(body.get("detail")),
        code if isinstance(code, str) else None,
        position if isinstance(position, int) else None,
    )


def _lines(detail: Any) -> list[str]:
    if detail is None or detail == []:
        return []
    values = detail if isinstance(detail, list) else [detail]
    return [value if isinstance(value, str) else codec.encode(value).decode() for value in values]
