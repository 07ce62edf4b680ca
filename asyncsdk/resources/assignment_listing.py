"""Listing and reading the assignments of a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asyncsdk.enums import AssignmentStatus, choose
from asyncsdk.errors import NotFoundError
from asyncsdk.records import codec
from asyncsdk.records.assignments import AssignmentRecord
from asyncsdk.records.paging import Page
from asyncsdk.resources.arguments import as_json_object
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.listing import Listing
from asyncsdk.resources.people import Person, person_id_of
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["assignment_listing", "read_assignment"]

_UNASSIGNED = "unassigned"


def assignment_listing(
    connection: Connection,
    campaign_id: str,
    *,
    step_id: str | UUID | None,
    status: AssignmentStatus | str | None,
    user: Person | None,
    custom_metadata: Mapping[str, Any] | None,
    query: str | None,
) -> Listing:
    """Return the listing that the filters describe; all that are given must hold."""
    metadata = as_json_object(custom_metadata, "custom_metadata")
    return Listing(
        connection=connection,
        plain=routes.LIST_ASSIGNMENTS,
        filtered=routes.LIST_ASSIGNMENTS,
        page=Page[AssignmentRecord],
        variables={"campaign": campaign_id},
        q=query,
        more={
            "step_id": None if step_id is None else canonical_id(step_id),
            "status": None if status is None else choose(AssignmentStatus, status),
            "user_id": _user_id(user),
            "custom_metadata": None if metadata is None else codec.encode(metadata).decode(),
        },
    )


def _user_id(user: Person | None) -> str | None:
    if user is None or user == _UNASSIGNED:
        return None if user is None else _UNASSIGNED
    return person_id_of(user)


async def read_assignment(connection: Connection, assignment_id: str) -> AssignmentRecord:
    """Return an assignment; platforms may know it by the published client's path only, which begins twice."""
    try:
        return await connection.call(routes.GET_ASSIGNMENT, AssignmentRecord, assignment=assignment_id)
    except NotFoundError:
        return await connection.call(
            routes.GET_ASSIGNMENT_TWICE_PREFIXED, AssignmentRecord, assignment=assignment_id
        )
