"""Idempotency keys: the answer is kept in the transaction of its effect, for seven days."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs
from sqlalchemy import bindparam, delete, select

from asyncsdk.errors import BadRequestError
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import idempotency
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["Once", "forget_old_keys", "once"]

KEPT_US = 7 * 24 * 3600 * 1_000_000
MOST_KEY_LENGTH = 255

T = TypeVar("T")

_FIND = Prepared(
    select(idempotency).where(
        idempotency.c.organization == bindparam("organization"), idempotency.c.key == bindparam("key")
    )
)
_INSERT = Prepared(insertion(idempotency))
_FORGET = Prepared(delete(idempotency).where(idempotency.c.created_at < bindparam("before")))


@attrs.frozen
class Once:
    """A keyed request.

    Attributes:
        organization: whose key it is.
        key: the client's key.
        fingerprint: hash of method, path and body, so that a key serves one request only.
    """

    organization: int
    key: str
    fingerprint: str


def once(
    request: Once, work: Work[T], status: int, encode: Callable[[T], bytes]
) -> Work[tuple[int, bytes, bool]]:
    """Do the work and keep its answer, or give the answer that was kept.

    Returns:
        Status, body, and whether it was kept from before.

    Raises:
        BadRequestError: the key was used for another request (status 422), or is too long.
    """
    if len(request.key) > MOST_KEY_LENGTH:
        raise BadRequestError(f"Idempotency-Key: longer than {MOST_KEY_LENGTH} characters", status=400)
    rows = yield _FIND(organization=request.organization, key=request.key)
    if rows:
        work.close()
        if rows[0]["fingerprint"] != request.fingerprint:
            raise BadRequestError("Idempotency-Key: it was used for another request", status=422)
        return rows[0]["status"], rows[0]["answer"].encode(), True
    body = encode((yield from work))
    yield _INSERT(
        organization=request.organization,
        key=request.key,
        fingerprint=request.fingerprint,
        status=status,
        answer=body.decode(),
        created_at=now_us(),
    )
    return status, body, False


def forget_old_keys() -> Work[None]:
    """Drop the keys that are older than seven days."""
    yield _FORGET(before=now_us() - KEPT_US)
