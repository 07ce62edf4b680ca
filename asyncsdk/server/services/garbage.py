"""Objects whose rows are gone: found here, deleted from the storage, then forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import garbage
from asyncsdk.server.store.statements import Prepared

__all__ = ["forget_garbage", "is_garbage", "next_garbage"]

_FIND = Prepared(
    select(garbage.c.seq).where(
        garbage.c.object_name == bindparam("object_name"), garbage.c.connector_id == bindparam("connector")
    )
)
_NEXT = Prepared(select(garbage).order_by(garbage.c.seq).limit(500))
_FORGET = Prepared(delete(garbage).where(any_of(garbage.c.seq, bindparam("keys"))))


def is_garbage(connector: str, object_name: str) -> Work[bool]:
    """Tell whether an object waits to be deleted."""
    return bool((yield _FIND(connector=connector, object_name=object_name)))


def next_garbage() -> Work[Rows]:
    """Return the oldest objects that wait to be deleted."""
    return (yield _NEXT())


def forget_garbage(keys: Sequence[int]) -> Work[None]:
    """Forget objects that are deleted."""
    yield _FORGET(keys=json_list(keys))
