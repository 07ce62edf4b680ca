"""Deleting campaigns, with what may be a very large number of assignments."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from asyncsdk.errors import LockedError
from asyncsdk.server.services.campaign_rows import require_campaign
from asyncsdk.server.services.campaign_sharing import BATCH
from asyncsdk.server.services.campaigns import discard_instructions
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.schema import assignment, campaign
from asyncsdk.server.store.statements import Prepared

__all__ = ["delete_campaign", "empty_campaign"]


def _deleting(most: int) -> Prepared:
    """Return what deletes some assignments of a campaign, with what was submitted of them."""
    some = select(assignment.c.seq).where(assignment.c.campaign == bindparam("key")).limit(most)
    return Prepared(delete(assignment).where(assignment.c.seq.in_(some)).returning(assignment.c.seq))


_DELETE_SOME = _deleting(BATCH)
_DELETE = Prepared(delete(campaign).where(campaign.c.seq == bindparam("key")))


def empty_campaign(scope: Scope, campaign_id: str) -> Work[int | None]:
    """Delete a part of the assignments of a campaign that is to be deleted; `None` when it has none.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from _deletable(scope, campaign_id)
    return 0 if (yield _DELETE_SOME(key=row["seq"])) else None


def delete_campaign(scope: Scope, campaign_id: str) -> Work[None]:
    """Delete a campaign, also a closed one, with its steps and assignments; annotations and assets stay.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from _deletable(scope, campaign_id)
    yield _DELETE(key=row["seq"])
    yield from discard_instructions(row)


def _deletable(scope: Scope, campaign_id: str) -> Work[Row]:
    row = yield from require_campaign(scope, campaign_id)
    if row["locked"]:
        raise LockedError("the campaign's dataset version is locked; unlock it first", status=423)
    return row
