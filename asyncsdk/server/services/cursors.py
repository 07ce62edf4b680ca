"""Cursors: opaque, signed, and complete, so that the platform remembers nothing of a walk."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any

import attrs
import orjson

from asyncsdk.errors import BadRequestError

__all__ = ["Cursor", "Cursors", "fingerprint"]

_MAC_BYTES = 12


def fingerprint(*parts: Any) -> str:
    """Return a short hash of JSON values: what was asked, without the paging."""
    return hashlib.blake2b(orjson.dumps(parts), digest_size=12).hexdigest()


@attrs.frozen
class Cursor:
    """Where a walk goes on."""

    filter: str
    """Fingerprint of the listing, its filter and its order."""

    count: int
    """Everything that matches, counted once when the walk began."""

    after: tuple[Any, ...]
    """The sort key of the last item that was given."""

    until: int | None = None
    """Lowest `seq` or position of this shard; `None` walks to the end."""


@attrs.frozen
class Cursors:
    """Signs cursors and reads them back."""

    key: bytes = attrs.field(repr=False)

    def write(self, cursor: Cursor) -> str:
        """Return the text of a cursor."""
        body = orjson.dumps(attrs.astuple(cursor, recurse=False))
        return base64.urlsafe_b64encode(self._mac(body) + body).decode().rstrip("=")

    def read(self, text: str, expected_filter: str) -> Cursor:
        """Return the cursor of a text.

        Raises:
            BadRequestError: it is not ours, or belongs to another filter or order.
        """
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadRequestError("cursor: not a cursor of this platform", status=400) from error
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise BadRequestError("cursor: not a cursor of this platform", status=400)
        found, count, after, until = orjson.loads(body)
        if found != expected_filter:
            raise BadRequestError("cursor: it belongs to a listing with another filter or order", status=400)
        return Cursor(found, count, tuple(after), until)

    def _mac(self, body: bytes) -> bytes:
        return hashlib.blake2b(body, key=self.key, digest_size=_MAC_BYTES).digest()
