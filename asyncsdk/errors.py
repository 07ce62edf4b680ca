"""The one error tree. Every error of the package is an `AsyncSDKError`.

Facts are attributes (status, route, file, place), the text says what happened and what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ApiError",
    "AsyncSDKError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "DeadlineError",
    "FileNotFoundException",
    "ForbiddenError",
    "FormatError",
    "InvalidArgumentError",
    "InvalidQueryError",
    "JobFailedError",
    "LockedError",
    "LossError",
    "MissingFileError",
    "NoDataError",
    "NotFoundError",
    "NotSupportedError",
    "OutcomeUnknownError",
    "PartialFailure",
    "ProtocolError",
    "RateLimitedError",
    "ServerError",
    "TooLargeError",
    "TransferError",
    "TransportError",
    "UnauthorizedError",
]


class AsyncSDKError(Exception):
    """Root of every error that the package raises."""


class ConfigurationError(AsyncSDKError):
    """A setting is missing or wrong: host, token, organization, workspace, extra."""


class InvalidArgumentError(AsyncSDKError, ValueError):
    """An argument is not acceptable; nothing was sent."""


class NotSupportedError(AsyncSDKError):
    """The platform lacks the feature; raised before any request."""


class ApiError(AsyncSDKError):
    """The platform answered with an error.

    Attributes:
        status: HTTP status of the answer.
        route: method and path template of the request, such as `GET /api/dataset/{dataset}`.
        request_id: the platform's id of the request, where it gives one.
        detail: further lines of the platform's envelope.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        route: str = "",
        request_id: str | None = None,
        detail: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.route = route
        self.request_id = request_id
        self.detail: tuple[str, ...] = tuple(detail)

    def __str__(self) -> str:
        lines = [self.message, *self.detail]
        origin = " ".join(
            part
            for part in (
                f"status {self.status}" if self.status else "",
                f"on {self.route}" if self.route else "",
                f"request {self.request_id}" if self.request_id else "",
            )
            if part
        )
        if origin:
            lines[0] = f"{lines[0]} ({origin})"
        return "\n".join(lines)


class BadRequestError(ApiError):
    """The platform refuses the request as it stands (400, 422)."""


class InvalidQueryError(BadRequestError):
    """A `q` query is malformed, or a look-up matches several objects.

    Attributes:
        position: offset of the fault in the query, where it is known.
    """

    def __init__(self, message: str, *, position: int | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.position = position


class UnauthorizedError(ApiError):
    """The token is missing, wrong or revoked (401)."""


class ForbiddenError(ApiError):
    """The token's user may not do this (402, 403)."""


class NotFoundError(ApiError):
    """No such object, or it belongs to an organization of others (404)."""


class ConflictError(ApiError):
    """The object exists already, or its state does not allow the change (208, 409)."""


class LockedError(ApiError):
    """The dataset version is locked or not yet complete (423)."""


class TooLargeError(ApiError):
    """The request is larger than the platform takes (413)."""


class RateLimitedError(ApiError):
    """The platform asks to slow down, and went on asking after every retry (429)."""


class ServerError(ApiError):
    """The platform failed, and went on failing after every retry (5xx)."""


class OutcomeUnknownError(AsyncSDKError):
    """A creation was sent but no answer came: it may or may not have happened.

    Look the object up before sending it again.

    Attributes:
        route: method and path template of the request.
        report: what was done for certain before, where the operation has several parts.
    """

    def __init__(self, message: str, *, route: str = "", report: Any = None) -> None:
        super().__init__(message)
        self.route = route
        self.report = report


class TransportError(AsyncSDKError):
    """The network or the other side's protocol failed."""


class ConnectionFailedError(TransportError):
    """The host cannot be reached, or the connection broke and every retry was used."""


class DeadlineError(TransportError, TimeoutError):
    """An operation did not finish within its time."""


class ProtocolError(TransportError):
    """An answer is not what the protocol promises, such as an HTML page in place of JSON."""


class TransferError(AsyncSDKError):
    """A file could not be moved whole.

    Attributes:
        file: the local path, or the object name where there is no path.
        bytes_done: how many bytes had arrived.
        reason: what happened.
    """

    def __init__(self, file: str, reason: str, *, bytes_done: int = 0) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason
        self.bytes_done = bytes_done


class PartialFailure(AsyncSDKError):  # noqa: N818 - the name that the surface fixes
    """Some items of a bulk operation failed; the others are done.

    Attributes:
        report: what succeeded, what failed and why.
    """

    def __init__(self, message: str, report: Any) -> None:
        super().__init__(message)
        self.report = report


class JobFailedError(AsyncSDKError):
    """A job ended without success.

    Attributes:
        job_id: the job.
        status: its final status.
    """

    def __init__(self, message: str, *, job_id: str, status: str) -> None:
        super().__init__(message)
        self.job_id = job_id
        self.status = status


class NoDataError(AsyncSDKError):
    """The listing is empty where the method promises at least one item."""


class FormatError(AsyncSDKError):
    """A file breaks the rules of its format.

    Attributes:
        file: the file's path or name.
        place: where in the file, such as `annotations[3].bbox` or `line 12`.
        rule: the rule that is broken.
    """

    def __init__(self, file: str, place: str, rule: str) -> None:
        super().__init__(f"{file}: {place}: {rule}" if place else f"{file}: {rule}")
        self.file = file
        self.place = place
        self.rule = rule


class LossError(AsyncSDKError):
    """An import or export would lose something and was told not to.

    Attributes:
        loss: the loss report.
    """

    def __init__(self, message: str, loss: Any) -> None:
        super().__init__(message)
        self.loss = loss


class MissingFileError(AsyncSDKError, FileNotFoundError):
    """A local file or folder does not exist."""


FileNotFoundException = MissingFileError
"""Alias under the name that the documentation of the published client uses."""
