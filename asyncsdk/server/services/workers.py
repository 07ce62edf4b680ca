"""Workers of a dataset: the members of its organization; a user and its worker share an id."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from asyncsdk.server.services.datasets import require_dataset
from asyncsdk.server.services.organizations import member_document
from asyncsdk.server.services.rules import Document, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import membership, user
from asyncsdk.server.store.statements import Prepared

__all__ = ["get_worker", "list_workers", "member_seqs"]

_members = select(user.c.id, user.c.username, membership.c.role).join(
    membership, membership.c.user_account == user.c.seq
)
_OF = Prepared(
    _members.where(membership.c.organization == bindparam("organization")).order_by(user.c.username)
)
_GET = Prepared(
    _members.where(user.c.id == bindparam("id"), any_of(membership.c.organization, bindparam("visible")))
)

_SEQS = Prepared(
    select(user.c.seq, user.c.id)
    .join(membership, membership.c.user_account == user.c.seq)
    .where(membership.c.organization == bindparam("organization"), any_of(user.c.id, bindparam("ids")))
)


def member_seqs(organization: int, ids: Sequence[str]) -> Work[dict[str, int]]:
    """Return id and `seq` of those users that are members of an organization, given by its `seq`."""
    return {row["id"]: row["seq"] for row in (yield _SEQS(organization=organization, ids=json_list(ids)))}


def list_workers(scope: Scope, dataset_id: str) -> Work[list[Document]]:
    """Return the workers of a dataset, by user name."""
    origin = yield from require_dataset(scope, dataset_id)
    return [member_document(row) for row in (yield _OF(organization=origin["organization"]))]


def get_worker(scope: Scope, worker_id: str) -> Work[Document]:
    """Return a worker of an organization that the scope sees."""
    return member_document(one((yield _GET(id=worker_id, visible=scope.visible)), "worker"))
