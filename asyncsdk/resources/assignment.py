"""Assignments: the work on single assets in a campaign."""

from __future__ import annotations

from uuid import UUID

import attrs

from asyncsdk.enums import AssignmentMove, AssignmentStatus
from asyncsdk.errors import ConflictError
from asyncsdk.records.assignments import AssignmentRecord
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.resources import assignment_listing, assignment_moving, files
from asyncsdk.resources.asset import Asset
from asyncsdk.resources.downloadable import Downloadable
from asyncsdk.resources.fetching import FileItem
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.worker import User, Worker
from asyncsdk.wire import routes

__all__ = ["Assignment"]


@attrs.define(eq=False, repr=False)
class Assignment(Resource[AssignmentRecord], Downloadable):
    """The work on one asset of a campaign: at one step, and with one person or nobody."""

    _campaign_id: str
    _version_id: str

    @property
    def campaign_id(self) -> str:
        """Id of the campaign."""
        return self._campaign_id

    @property
    def asset_id(self) -> str:
        """Id of the asset."""
        return self._record.asset_id

    @property
    def step_id(self) -> str:
        """Id of the step that it is at."""
        return self._record.step_id

    @property
    def user_id(self) -> str | None:
        """Id of the person who has it; `None` when nobody has."""
        return self._record.assigned_user_id

    @property
    def status(self) -> AssignmentStatus:
        """How far it is."""
        return self._record.status

    @property
    def data_id(self) -> str:
        """Id of the asset's data."""
        return self._record.data.id

    @property
    def filename(self) -> str:
        """Name of the asset's file."""
        return self._record.data.filename

    @property
    def object_name(self) -> str:
        """Name of the file's object in the storage; unique."""
        return self._record.data.object_name

    @property
    def url(self) -> str | None:
        """Download URL as it was read; it expires after about an hour."""
        return self._record.data.presigned_url

    async def refresh(self) -> None:
        """Read the assignment anew.

        Raises:
            NotFoundError: it was deleted, with its asset or its campaign.
        """
        self._record = await assignment_listing.read_assignment(self._connection, self.id)

    async def get_asset(self) -> Asset:
        """Return the asset, to annotate it."""
        record = await self._connection.call(routes.GET_ASSET, AssetRecord, asset=self.asset_id)
        return Asset(self._connection, record, self._version_id)

    async def reassign(self, user: Worker | User | str | UUID | None) -> None:
        """Give the assignment to somebody.

        Args:
            user: a worker, a user or an id; `None` takes it from whoever has it.

        Raises:
            BadRequestError: the user is no member of the organization.
            ConflictError: the assignment is done, or the campaign is closed.
            LockedError: the dataset version is locked.
        """
        changed = await assignment_moving.reassign(self._connection, self._campaign_id, [self], user)
        await self._changed(changed)

    async def submit(self) -> None:
        """Say that the work at this step is done: the assignment goes on to the next step.

        Behind the last step it is `DONE`. A step with a sample rate may be passed by. What nobody is assigned
        to counts as the work of the token's user.

        Raises:
            ConflictError: it is done, or has left the step where it was read, or the campaign is closed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform lacks our addition; nothing was sent.

        Example:
            >>> async def work(campaign, me) -> None:
            ...     async for assignment in campaign.iter_assignments(user=me, status="TO_DO"):
            ...         asset = await assignment.get_asset()
            ...         ...  # annotate it
            ...         await assignment.submit()
        """
        await self._move(AssignmentMove.SUBMIT)

    async def skip(self) -> None:
        """Leave the asset aside; `submit` takes the work up again.

        Raises:
            ConflictError: it is done or skipped, or has left the step where it was read, or the campaign is
                closed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform lacks our addition; nothing was sent.
        """
        await self._move(AssignmentMove.SKIP)

    async def rework(self, destination_step_id: str | UUID | None = None) -> None:
        """Send the assignment back, to the person who submitted it there last.

        Args:
            destination_step_id: an earlier step, or its own; the step before where it is not given, and its
                own at the first one.

        Raises:
            BadRequestError: the destination is no step of the campaign.
            ConflictError: the destination is a later step, or the assignment has left the step where it was
                read, or the campaign is closed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform lacks our addition; nothing was sent.
        """
        await self._move(AssignmentMove.REWORK, destination_step_id)

    async def _move(self, kind: AssignmentMove, destination: str | UUID | None = None) -> None:
        moved = await assignment_moving.move(
            self._connection, self._campaign_id, [self], kind, destination=destination
        )
        await self._changed(moved)

    async def _changed(self, ids: list[str]) -> None:
        if self.id not in ids:
            raise ConflictError(
                f"assignment {self.id} of {self.filename} was left as it is: it has moved on since it was "
                "read, or its status does not allow this; refresh() shows",
                status=409,
            )
        await self.refresh()

    def _file(self) -> FileItem:
        return files.assignment_file(self._connection, self._record)

    def _label(self) -> str:
        return f"{self.filename} {self.status.value}"
