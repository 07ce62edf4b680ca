"""Changing assignments: who has them, and how far they are; in requests of a bounded size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from asyncsdk.enums import AssignmentMove
from asyncsdk.flow.chunks import chunked
from asyncsdk.records.assignments import AssignmentMoves, Processed, Reassignment
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.people import Person, person_id_of
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.ids import canonical_id

if TYPE_CHECKING:
    from asyncsdk.resources.assignment import Assignment

__all__ = ["move", "reassign"]


async def reassign(
    connection: Connection, campaign_id: str, assignments: Iterable[Assignment], user: Person | None
) -> list[str]:
    """Give assignments to somebody, or to nobody, and return the ids of those that changed."""
    user_id = None if user is None else person_id_of(user)
    changed: list[str] = []
    for ids in chunked((one.id for one in assignments), connection.settings.limits.bulk_ids_per_request):
        body = Reassignment(assignment_ids=ids, user_id=user_id)
        answer = await connection.call(routes.REASSIGN, Processed, body=body, campaign=campaign_id)
        changed += ids if answer.processed_ids is None else answer.processed_ids
    return changed


async def move(
    connection: Connection,
    campaign_id: str,
    assignments: Iterable[Assignment],
    kind: AssignmentMove,
    *,
    destination: str | UUID | None = None,
) -> list[str]:
    """Submit, skip or send back assignments that are still where they were read, and return their ids.

    Raises:
        NotSupportedError: the platform has no such addition; nothing was sent.
    """
    target = None if destination is None else canonical_id(destination)
    await connection.open()
    connection.require(capabilities.ASSIGNMENT_MOVES, "work on assignments")
    by_step: defaultdict[str, list[str]] = defaultdict(list)
    for one in assignments:
        by_step[one.step_id].append(one.id)
    moved: list[str] = []
    for step_id, known in by_step.items():
        for ids in chunked(known, connection.settings.limits.bulk_ids_per_request):
            body = AssignmentMoves(move=kind, assignment_ids=ids, step_id=step_id, destination_step_id=target)
            answer = await connection.call(
                routes.MOVE_ASSIGNMENTS, Processed, body=body, campaign=campaign_id
            )
            moved += answer.processed_ids or ()
    return moved
