"""Idempotency keys: the answer is kept in the transaction of its effect, for seven days."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs
from sqlalchemy import bindparam, delete, select

from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.rules import check_name
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import idempotency
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["Once", "forget_old_keys", "kept_answer", "once"]

KEPT_US = 7 * 24 * 3600 * 1_000_000

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


def kept_answer(request: Once) -> Work[tuple[int, bytes] | None]:
    """Return status and body of the answer that was kept for a request, `None` when it is new.

    Raises:
        BadRequestError: the key was used for another request (status 422), or is no key.
    """
    check_name(request.key, "Idempotency-Key")
    rows = yield _FIND(organization=request.organization, key=request.key)
    if not rows:
        return None
    if rows[0]["fingerprint"] != request.fingerprint:
        raise BadRequestError("Idempotency-Key: it was used for another request", status=422)
    return rows[0]["status"], rows[0]["answer"].encode()


def once(request: Once, work: Work[T], status: int, encode: Callable[[T], bytes]) -> Work[tuple[int, bytes]]:
    """Do the work and keep its answer, or give the answer that was kept: status and body.

    Raises:
        BadRequestError: the key was used for another request (status 422), or is no key.
    """
    kept = yield from kept_answer(request)
    if kept is not None:
        work.close()
        return kept
    body = encode((yield from work))
    yield _INSERT(
        organization=request.organization,
        key=request.key,
        fingerprint=request.fingerprint,
        status=status,
        answer=body.decode(),
        created_at=now_us(),
    )
    return status, body


def forget_old_keys() -> Work[None]:
    """Drop the keys that are older than seven days."""
    yield _FORGET(before=now_us() - KEPT_US)
