"""What listings of assignments, and of assets by their assignment, select."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import ColumnElement, literal, select

from asyncsdk.enums import AssignmentStatus
from asyncsdk.server.services.rules import check_ids
from asyncsdk.server.store.schema import assignment, campaign_step, user

__all__ = ["UNASSIGNED", "AssignmentFilter"]

UNASSIGNED = "unassigned"
"""In place of a user's id: nobody."""


@attrs.frozen(kw_only=True)
class AssignmentFilter:
    """The filters of the protocol; all that are given must hold."""

    status: AssignmentStatus | None = None
    step_id: str | None = None
    user_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what must hold for assignments.

        Raises:
            BadRequestError: an id is malformed.
        """
        found: list[ColumnElement[bool]] = []
        if self.status is not None:
            found.append(assignment.c.status == literal(self.status.value))
        if self.step_id is not None:
            wanted = check_ids([self.step_id], "step_id")[0]
            step = select(campaign_step.c.seq).where(campaign_step.c.id == literal(wanted))
            found.append(assignment.c.step == step.scalar_subquery())
        if self.user_id == UNASSIGNED:
            found.append(assignment.c.user_account.is_(None))
        elif self.user_id is not None:
            wanted = check_ids([self.user_id], "user_id")[0]
            person = select(user.c.seq).where(user.c.id == literal(wanted))
            found.append(assignment.c.user_account == person.scalar_subquery())
        return found

    def key(self) -> list[Any]:
        """Return the filters as JSON values, for a cursor's fingerprint."""
        return list(attrs.astuple(self))
