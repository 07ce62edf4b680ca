"""Tickets: signed, expiring permissions to do one thing with one object.

A ticket is an expiry time and a keyed BLAKE2b (RFC 7693, section 2.9) over purpose, subject and that time.
It travels in the query of a URL or in the fields of a form. A page of a listing carries a thousand of them:
HMAC-SHA256 would cost about twice the time.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from enum import StrEnum

import attrs

from asyncsdk.errors import ConfigurationError, ForbiddenError, InvalidArgumentError

__all__ = ["Purpose", "Signer", "Ticket"]

_LEAST_KEY_BYTES = 16
_MOST_KEY_BYTES = hashlib.blake2b.MAX_KEY_SIZE
_SIGNATURE_BYTES = 16
_EXPIRES = "expires"
_SIGNATURE = "signature"
_NO_LINE_BREAKS = "what is signed must not have line breaks"


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


def _keyed(key: bytes) -> hashlib.blake2b:
    if not _LEAST_KEY_BYTES <= len(key) <= _MOST_KEY_BYTES:
        raise ConfigurationError(f"the signing key must have {_LEAST_KEY_BYTES} to {_MOST_KEY_BYTES} bytes")
    return hashlib.blake2b(key=key, digest_size=_SIGNATURE_BYTES)


@attrs.frozen
class Signer:
    """Gives tickets and checks them.

    Example:
        >>> signer = Signer(bytes(32), clock=lambda: 1000.0)
        >>> ticket = signer.sign(Purpose.DOWNLOAD, "connector", "a.png", lifetime_s=60)
        >>> signer.check(Purpose.DOWNLOAD, "connector", "a.png", given=ticket.fields())
    """

    key: bytes = attrs.field(repr=False)
    """The secret; whoever has it can read and write every object."""

    clock: Callable[[], float] = time.time
    """Gives the time in seconds since 1970."""

    _start: hashlib.blake2b = attrs.field(
        init=False, repr=False, eq=False, default=attrs.Factory(lambda own: _keyed(own.key), takes_self=True)
    )
    """The key, taken in once: each signature goes on from a copy."""

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
            raise InvalidArgumentError(_NO_LINE_BREAKS)
        return Ticket(expires, self._signature(message))

    def each(self, purpose: Purpose, *home: str, lifetime_s: int) -> Callable[[str], str]:
        """Return what makes tickets, as queries of URLs, that differ in the last part of their subject only.

        They share one expiry, and what they have in common is hashed once.

        Args:
            purpose: what they permit.
            home: the parts that come before the last, such as the connector.
            lifetime_s: how long they hold from now, in seconds.

        Raises:
            InvalidArgumentError: a part of the subject has a line break, here or when a ticket is made.
        """
        expires = str(int(self.clock()) + lifetime_s)
        common = "\n".join((purpose, *home, ""))
        if common.count("\n") != len(home) + 1:
            raise InvalidArgumentError(_NO_LINE_BREAKS)
        keyed = self._start.copy()
        keyed.update(common.encode(errors="surrogatepass"))
        start, end = f"{_EXPIRES}={expires}&{_SIGNATURE}=", f"\n{expires}"

        def query(last: str) -> str:
            if "\n" in last:
                raise InvalidArgumentError(_NO_LINE_BREAKS)
            own = keyed.copy()
            own.update(f"{last}{end}".encode(errors="surrogatepass"))
            return start + own.hexdigest()

        return query

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
        keyed = self._start.copy()
        keyed.update(message)
        return keyed.hexdigest()


def _message(purpose: Purpose, subject: tuple[str, ...], expires: str) -> bytes | None:
    """Return what is signed, `None` when the parts could be told apart in two ways."""
    text = "\n".join((purpose, *subject, expires))
    if text.count("\n") != len(subject) + 1:
        return None
    return text.encode(errors="surrogatepass")
