"""Assignments: the work on single assets in a campaign."""

from __future__ import annotations

from datetime import datetime

import attrs

from asyncsdk.enums import AssignmentMove, AssignmentStatus
from asyncsdk.records.absent import absent

__all__ = ["AssignedData", "AssignmentMoves", "AssignmentRecord", "Processed", "Reassignment"]


@attrs.frozen(kw_only=True)
class AssignedData:
    """The file that an assignment is about."""

    id: str
    filename: str
    object_name: str
    presigned_url: str | None = None


@attrs.frozen(kw_only=True)
class AssignmentRecord:
    """The work on one asset: the step it is at, and who has it."""

    id: str
    asset_id: str
    step_id: str
    assigned_user_id: str | None = None
    status: AssignmentStatus
    data: AssignedData
    created_at: datetime | None = absent()
    updated_at: datetime | None = absent()


@attrs.frozen(kw_only=True)
class Reassignment:
    """Gives assignments to somebody, or with `None` to nobody."""

    assignment_ids: tuple[str, ...]
    user_id: str | None = None


@attrs.frozen(kw_only=True)
class AssignmentMoves:
    """Submits, skips or sends back assignments; our addition."""

    move: AssignmentMove
    assignment_ids: tuple[str, ...]
    step_id: str | None = absent()
    """Only those that are at this step."""

    destination_step_id: str | None = absent()
    """Where they are sent back to."""


@attrs.frozen(kw_only=True)
class Processed:
    """Which of the named assignments were changed."""

    processed_ids: tuple[str, ...] | None = absent()
