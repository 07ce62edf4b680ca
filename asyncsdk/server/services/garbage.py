"""Objects that nothing needs any more: found here, deleted from the storage, then forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import BindParameter, Text, bindparam, column, delete, insert, literal, select

from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Rows, Work
from asyncsdk.server.store.dialects import any_of, listed
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import (
    data,
    datalake,
    garbage,
    job,
    model,
    model_file,
    model_version,
    organization,
    projection,
)
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "discard",
    "discard_later",
    "forget_garbage",
    "garbage_among",
    "next_garbage",
    "refuse_garbage",
]

_FIND = Prepared(
    select(garbage.c.seq).where(
        garbage.c.object_name == bindparam("object_name"), garbage.c.connector_id == bindparam("connector")
    )
)
_AMONG = Prepared(
    select(garbage.c.object_name).where(
        any_of(garbage.c.object_name, bindparam("names")), garbage.c.connector_id == bindparam("connector")
    )
)
_NEXT = Prepared(
    select(garbage).where(garbage.c.due_at <= bindparam("now")).order_by(garbage.c.seq).limit(500)
)
_DISCARD_LATER = Prepared(insertion(garbage))
_FORGET = Prepared(delete(garbage).where(any_of(garbage.c.seq, bindparam("keys"))))

_names = listed(bindparam("names")).table_valued(column("value", Text), name="names")
_home: BindParameter[int] = bindparam("organization")
_lakes = datalake.c.organization == _home
_used_as_data = (
    select(literal(1))
    .select_from(data.join(datalake, datalake.c.seq == data.c.datalake))
    .where(_lakes, data.c.object_name == _names.c.value)
    .correlate(_names)
    .exists()
)
_used_as_projection = (
    select(literal(1))
    .select_from(
        projection.join(data, data.c.seq == projection.c.data).join(
            datalake, datalake.c.seq == data.c.datalake
        )
    )
    .where(_lakes, projection.c.object_name == _names.c.value)
    .correlate(_names)
    .exists()
)
_used_as_log = (
    select(literal(1))
    .where(job.c.organization == _home, job.c.log_object_name == _names.c.value)
    .correlate(_names)
    .exists()
)
_used_as_model_file = (
    select(literal(1))
    .select_from(
        model_file.join(model_version, model_version.c.seq == model_file.c.model_version).join(
            model, model.c.seq == model_version.c.model
        )
    )
    .where(model.c.organization == _home, model_file.c.object_name == _names.c.value)
    .correlate(_names)
    .exists()
)
_used_as_thumbnail = (
    select(literal(1))
    .select_from(model_version.join(model, model.c.seq == model_version.c.model))
    .where(model.c.organization == _home, model_version.c.thumbnail_object_name == _names.c.value)
    .correlate(_names)
    .exists()
)
_DISCARD = Prepared(
    insert(garbage).from_select(
        ["connector_id", "object_name"],
        select(organization.c.connector_id, _names.c.value)
        .select_from(_names.join(organization, organization.c.seq == _home))
        .where(
            ~_used_as_data, ~_used_as_projection, ~_used_as_log, ~_used_as_model_file, ~_used_as_thumbnail
        ),
    )
)


def garbage_among(connector: str, object_names: Iterable[str]) -> Work[frozenset[str]]:
    """Return those of the objects that wait to be deleted."""
    rows = yield _AMONG(connector=connector, names=json_list(object_names))
    return frozenset(row["object_name"] for row in rows)


def refuse_garbage(connector: str, object_name: str, what: str = "object_name") -> Work[None]:
    """Make sure that an object may be put to use.

    Raises:
        BadRequestError: it is about to be deleted, as nothing used it any more.
    """
    if (yield _FIND(connector=connector, object_name=object_name)):
        raise BadRequestError(f"{what}: {object_name!r} is deleted; upload another one", status=400)


def discard(home: int, object_names: Iterable[str]) -> Work[None]:
    """Let objects of an organization be deleted, those excepted that something still uses.

    Call it after the rows that named them are gone.

    Args:
        home: the organization's `seq`.
        object_names: the objects.
    """
    names = list(dict.fromkeys(object_names))
    if names:
        yield _DISCARD(organization=home, names=json_list(names))


def discard_later(connector: str, object_name: str, after_s: float) -> Work[None]:
    """Let an object be deleted in a while; call it before the object is made, so that a crash leaves none."""
    due_at = now_us() + int(after_s * 1_000_000)
    yield _DISCARD_LATER(connector_id=connector, object_name=object_name, due_at=due_at)


def next_garbage() -> Work[Rows]:
    """Return the oldest objects that are to be deleted now."""
    return (yield _NEXT(now=now_us()))


def forget_garbage(keys: Sequence[int]) -> Work[None]:
    """Forget objects that are deleted."""
    yield _FORGET(keys=json_list(keys))
