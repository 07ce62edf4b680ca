"""Steps of annotation campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import attrs

from asyncsdk.enums import CampaignStepType
from asyncsdk.records.campaigns import Assignee, StepDeletion, StepPatch, StepRecord
from asyncsdk.resources.people import assignees_of
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.worker import User, Worker
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["CampaignStep"]


@attrs.define(eq=False, repr=False)
class CampaignStep(Resource[StepRecord]):
    """A step of a campaign; assignments pass the steps in their order."""

    _campaign_id: str

    @property
    def campaign_id(self) -> str:
        """Id of the campaign."""
        return self._campaign_id

    @property
    def name(self) -> str:
        """Name of the step."""
        return self._record.name

    @property
    def order(self) -> int:
        """Place of the step, 0 for the first."""
        return self._record.order

    @property
    def type(self) -> CampaignStepType:
        """What is done there."""
        return self._record.type

    @property
    def description(self) -> str | None:
        """What it is for, where the platform tells it."""
        return self._record.description

    @property
    def sample_rate(self) -> float | None:
        """Share of what comes from the step before that stops here, 0 to 1; `None` takes all."""
        return self._record.sample_rate

    @property
    def assignees(self) -> list[Assignee]:
        """Who works here and with which weight, where the platform tells it."""
        return list(self._record.assignees or ())

    async def refresh(self) -> None:
        """Read the step anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_STEP, StepRecord, step=self.id)

    async def update(
        self,
        name: str | None = None,
        assignees: Sequence[tuple[Worker | User | str | UUID, float]] | None = None,
        sample_rate: float | None = None,
    ) -> None:
        """Change name, assignees and sample rate; what is not given stays.

        Args:
            name: the new name.
            assignees: pairs of a worker and a weight, in place of all before. They get what comes from now on;
                `redistribute_assignments` shares out what is there.
            sample_rate: share of what comes from the step before that stops here, 0 to 1.

        Raises:
            BadRequestError: an assignee is no member, or the rate is out of its range.
            ConflictError: the campaign is closed.
            InvalidArgumentError: an assignee is no pair of a worker and a weight; nothing was sent.
            LockedError: the dataset version is locked.
        """
        body = StepPatch(name=name, assignees=assignees_of(assignees), sample_rate=sample_rate)
        self._record = await self._connection.call(routes.UPDATE_STEP, StepRecord, body=body, step=self.id)

    async def redistribute_assignments(self) -> None:
        """Share everything that waits here among the assignees anew, by their weights.

        Raises:
            ConflictError: the campaign is closed.
            LockedError: the dataset version is locked.
        """
        await self._connection.act(routes.REDISTRIBUTE_STEP, step=self.id)

    async def delete(self, pending_assignments_destination_step_id: str | UUID | None = None) -> None:
        """Delete the step; its assignments go to another one, where those that wait are shared out anew.

        Args:
            pending_assignments_destination_step_id: another step of the campaign; a step without assignments
                needs none.

        Raises:
            BadRequestError: the destination is no other step of the campaign.
            ConflictError: there are assignments and no destination, or the campaign is closed.
            LockedError: the dataset version is locked.
        """
        destination = pending_assignments_destination_step_id
        body = StepDeletion(None if destination is None else canonical_id(destination))
        await self._connection.act(routes.DELETE_STEP, body=body, step=self.id)

    def _label(self) -> str:
        return self.name
