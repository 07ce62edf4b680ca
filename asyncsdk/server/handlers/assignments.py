"""Assignments: the work on single assets in a campaign."""

from __future__ import annotations

from typing import Any

from asyncsdk.records.assignments import AssignmentMoves, Reassignment
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.listing_requests import assignment_filter, page_request
from asyncsdk.server.services import assignment_issues, assignment_moves, assignments
from asyncsdk.server.services.filters import Filter
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["ADDED_HANDLERS", "HANDLERS"]


async def list_assignments(call: Call) -> dict[str, Any]:
    """List a page of assignments."""
    platform = call.platform
    return await call.read(
        assignments.list_assignments(
            call.scope,
            call.id("campaign"),
            assignment_filter(call),
            Filter(q=call.text("q"), custom_metadata=call.json_object("custom_metadata")),
            page_request(call),
            documents=platform.documents,
            cursors=platform.cursors,
            counts=platform.counts,
        )
    )


async def get_assignment(call: Call) -> dict[str, Any]:
    """Read an assignment."""
    return await call.read(
        assignments.get_assignment(call.scope, call.id("assignment"), call.platform.documents)
    )


async def reassign(call: Call) -> Answer:
    """Give assignments to somebody else."""
    return await call.write(assignments.reassign(call.scope, call.id("campaign"), call.body(Reassignment)))


async def count_issues(call: Call) -> list[Any]:
    """Count what was sent back, by person."""
    return await call.read(
        assignment_issues.count_issues(
            call.scope,
            call.id("campaign"),
            user_ids=call.query.getall("user_ids", None),
            step_ids=call.query.getall("step_ids", None),
        )
    )


async def move_assignments(call: Call) -> Answer:
    """Submit, skip or send back assignments."""
    return await call.write(
        assignment_moves.move_assignments(call.scope, call.id("campaign"), call.body(AssignmentMoves))
    )


HANDLERS: dict[Route, Handler] = {
    routes.LIST_ASSIGNMENTS: list_assignments,
    routes.GET_ASSIGNMENT: get_assignment,
    routes.GET_ASSIGNMENT_TWICE_PREFIXED: get_assignment,
    routes.REASSIGN: reassign,
    routes.COUNT_ISSUES: count_issues,
}

ADDED_HANDLERS: dict[Route, Handler] = {routes.MOVE_ASSIGNMENTS: move_assignments}
"""Our addition, which a strict platform lacks."""
