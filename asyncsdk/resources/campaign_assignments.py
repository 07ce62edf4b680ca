"""Campaigns: their assignments, one for each asset that is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from asyncsdk.enums import AssignmentMove, AssignmentStatus
from asyncsdk.records.campaigns import CampaignRecord, IssueCount
from asyncsdk.resources import assignment_moving
from asyncsdk.resources.assignment import Assignment
from asyncsdk.resources.assignment_listing import assignment_listing
from asyncsdk.resources.campaign_step import CampaignStep
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.listing import read_all
from asyncsdk.resources.people import ids_of_people, ids_of_steps
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.worker import User, Worker
from asyncsdk.wire import routes

__all__ = ["CampaignAssignments"]


@attrs.define(eq=False, repr=False)
class CampaignAssignments(Resource[CampaignRecord]):
    """The assignments of a campaign."""

    async def list_assignments(
        self,
        step_id: str | UUID | None = None,
        status: AssignmentStatus | str | None = None,
        user: Worker | User | str | UUID | None = None,
        custom_metadata: Mapping[str, Any] | None = None,
        query: str | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
        page_size: int | None = None,
    ) -> list[Assignment]:
        """List assignments, newest first; all filters that are given must hold.

        Args:
            step_id: those at this step.
            status: those with this status.
            user: those of a worker or user, or with "unassigned" those of nobody.
            custom_metadata: those on assets whose data has these values.
            query: those on assets that fit a query, such as `width > 600 or tags.name = "night"`.
            limit: assignments in all; `None` lists everything.
            offset: assignments to skip.
            page_size: assignments per request, 1 to 1000.

        Raises:
            InvalidArgumentError: the status is unknown, or something is no id; nothing was sent.
            InvalidQueryError: the query is malformed; the error has the position.

        Example:
            >>> async def mine(campaign, me) -> int:
            ...     return len(await campaign.list_assignments(user=me, status="TO_DO"))
        """
        listing = assignment_listing(
            self._connection,
            self.id,
            step_id=step_id,
            status=status,
            user=user,
            custom_metadata=custom_metadata,
            query=query,
        )
        source = listing.read_lazily(limit=limit, offset=offset, page_size=page_size)
        return [self._as_assignment(record) for record in await read_all(source)]

    def iter_assignments(
        self,
        step_id: str | UUID | None = None,
        status: AssignmentStatus | str | None = None,
        user: Worker | User | str | UUID | None = None,
        custom_metadata: Mapping[str, Any] | None = None,
        query: str | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
        page_size: int | None = None,
    ) -> ItemIterator[Assignment]:
        """Iterate over assignments in listing order, in bounded memory; the filters are those of the list.

        Example:
            >>> async def names(campaign) -> None:
            ...     async for assignment in campaign.iter_assignments(status="SKIPPED"):
            ...         print(assignment.filename)
        """
        listing = assignment_listing(
            self._connection,
            self.id,
            step_id=step_id,
            status=status,
            user=user,
            custom_metadata=custom_metadata,
            query=query,
        )
        source = listing.read_lazily(limit=limit, offset=offset, page_size=page_size)
        return ItemIterator(source, self._as_assignment)

    async def reassign(
        self, assignments: Sequence[Assignment], user: Worker | User | str | UUID | None = None
    ) -> list[str]:
        """Give assignments to somebody.

        Args:
            assignments: the assignments; the objects keep what was read.
            user: a worker, a user or an id; `None` takes them from whoever has them.

        Returns:
            Ids of those that changed hands: what is done, or of another campaign, stays as it is.

        Raises:
            BadRequestError: the user is no member of the organization.
            ConflictError: the campaign is closed.
            LockedError: the dataset version is locked.
        """
        return await assignment_moving.reassign(self._connection, self.id, assignments, user)

    async def submit(self, assignments: Sequence[Assignment]) -> list[str]:
        """Say that the work on assignments is done: they go on, as with `Assignment.submit`.

        Args:
            assignments: the assignments; the objects keep what was read.

        Returns:
            Ids of those that went on: what is done, or has left the step where it was read, stays as it is.

        Raises:
            ConflictError: the campaign is closed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform lacks our addition; nothing was sent.
        """
        return await assignment_moving.move(self._connection, self.id, assignments, AssignmentMove.SUBMIT)

    async def skip(self, assignments: Sequence[Assignment]) -> list[str]:
        """Leave assets aside, as with `Assignment.skip`.

        Args:
            assignments: the assignments; the objects keep what was read.

        Returns:
            Ids of those that are skipped now: what is done or skipped, or has left the step where it was read,
            stays as it is.

        Raises:
            ConflictError: the campaign is closed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform lacks our addition; nothing was sent.
        """
        return await assignment_moving.move(self._connection, self.id, assignments, AssignmentMove.SKIP)

    async def rework(
        self, assignments: Sequence[Assignment], destination_step_id: str | UUID | None = None
    ) -> list[str]:
        """Send assignments back, as with `Assignment.rework`.

        Args:
            assignments: the assignments; the objects keep what was read.
            destination_step_id: an earlier step, or their own; the step before where it is not given.

        Returns:
            Ids of those that went back: what would go forward, or has left the step where it was read, stays
            as it is.

        Raises:
            BadRequestError: the destination is no step of the campaign.
            ConflictError: the campaign is closed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform lacks our addition; nothing was sent.
        """
        return await assignment_moving.move(
            self._connection, self.id, assignments, AssignmentMove.REWORK, destination=destination_step_id
        )

    async def get_campaign_issue_counts(
        self,
        users: Sequence[Worker | User | str | UUID] | None = None,
        steps: Sequence[CampaignStep | str | UUID] | None = None,
    ) -> list[IssueCount]:
        """Count by person what was sent back, and what of it was submitted again.

        Args:
            users: only these, also those without any; `None` takes all who have some.
            steps: only at these steps; `None` takes all.

        Returns:
            A count for each person, with `user_id` `None` for what nobody has; empty for an empty list.
        """
        user_ids, step_ids = ids_of_people(users), ids_of_steps(steps)
        if user_ids == () or step_ids == ():
            return []
        return await self._connection.call(
            routes.COUNT_ISSUES,
            list[IssueCount],
            query={"user_ids": user_ids, "step_ids": step_ids},
            campaign=self.id,
        )

    def _as_assignment(self, record: Any) -> Assignment:
        return Assignment(self._connection, record, self.id, self._record.dataset_version_id)
