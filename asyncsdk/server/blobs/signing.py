"""Tickets: signed, expiring permissions to do one thing with one object.

A ticket is an expiry time and an HMAC-SHA256 over purpose, subject and that time. It travels in the query
of a URL or in the fields of a form.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from enum import StrEnum

import attrs

from asyncsdk.errors import ConfigurationError, ForbiddenError, InvalidArgumentError

__all__ = ["Purpose", "Signer", "Ticket"]

_LEAST_KEY_BYTES = 16
_SIGNATURE_BYTES = 16  # RFC 2104, section 5: half of the HMAC is as good, and a page carries a thousand URLs
_EXPIRES = "expires"
_SIGNATURE = "signature"


class Purpose(StrEnum):
    """What a ticket permits, and nothing else."""

    DOWNLOAD = "download"
    UPLOAD = "upload"
    PART = "part"
    RESUME = "resume"


@attrs.frozen
class Ticket:
    """A signed permission."""

    expires: str
    """When it ends, in whole seconds since 1970."""

    signature: str
    """Proof that the platform gave it; only characters that URLs carry as they are."""

    def query(self) -> str:
        """Return it as the query of a URL."""
        return f"{_EXPIRES}={self.expires}&{_SIGNATURE}={self.signature}"

    def fields(self) -> dict[str, str]:
        """Return it as fields of a form."""
        return {_EXPIRES: self.expires, _SIGNATURE: self.signature}


def _check_key(_: object, __: object, key: bytes) -> None:
    if len(key) < _LEAST_KEY_BYTES:
        raise ConfigurationError(f"the signing key must have at least {_LEAST_KEY_BYTES} bytes")


@attrs.frozen
class Signer:
    """Gives tickets and checks them.

    Example:
        >>> signer = Signer(bytes(32), clock=lambda: 1000.0)
        >>> ticket = signer.sign(Purpose.DOWNLOAD, "connector", "a.png", lifetime_s=60)
        >>> signer.check(Purpose.DOWNLOAD, "connector", "a.png", given=ticket.fields())
    """

    key: bytes = attrs.field(repr=False, validator=_check_key)
    """The secret; whoever has it can read and write every object."""

    clock: Callable[[], float] = time.time
    """Gives the time in seconds since 1970."""

    def sign(self, purpose: Purpose, *subject: str, lifetime_s: int) -> Ticket:
        """Return a ticket.

        Args:
            purpose: what it permits.
            subject: to what it is bound, such as connector and key.
            lifetime_s: how long it holds, in seconds.

        Raises:
            InvalidArgumentError: a part of the subject has a line break.
        """
        expires = str(int(self.clock()) + lifetime_s)
        message = _message(purpose, subject, expires)
        if message is None:
            raise InvalidArgumentError("what is signed must not have line breaks")
        return Ticket(expires, self._signature(message))

    def check(self, purpose: Purpose, *subject: str, given: Mapping[str, str]) -> None:
        """Accept a ticket that this signer gave for this purpose and subject.

        Args:
            purpose: what is about to be done.
            subject: with what.
            given: query or form fields of the request.

        Raises:
            ForbiddenError: the ticket is missing, forged, for something else, or expired.
        """
        expires = given.get(_EXPIRES, "")
        signature = given.get(_SIGNATURE, "")
        message = _message(purpose, subject, expires)
        if message is None or not hmac.compare_digest(
            self._signature(message).encode(), signature.encode(errors="surrogatepass")
        ):
            raise ForbiddenError("the signature does not fit the request", status=403)
        if self.clock() >= int(expires):
            raise ForbiddenError("the signed request has expired; ask for a new one", status=403)

    def _signature(self, message: bytes) -> str:
        return hmac.digest(self.key, message, "sha256")[:_SIGNATURE_BYTES].hex()


def _message(purpose: Purpose, subject: tuple[str, ...], expires: str) -> bytes | None:
    """Return what is signed, `None` when the parts could be told apart in two ways."""
    text = "\n".join((purpose, *subject, expires))
    if text.count("\n") != len(subject) + 1:
        return None
    return text.encode(errors="surrogatepass")
