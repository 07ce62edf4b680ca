"""Annotation campaigns: the annotation of a dataset version as work that is shared out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import attrs

from asyncsdk.enums import CampaignStepType, choose
from asyncsdk.errors import InvalidArgumentError, NotFoundError
from asyncsdk.records.campaigns import CampaignPatch, CampaignRecord, NewStep, StepRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources import campaign_creating, campaign_launching
from asyncsdk.resources.arguments import as_list
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.campaign_assignments import CampaignAssignments
from asyncsdk.resources.campaign_step import CampaignStep
from asyncsdk.resources.job import Job
from asyncsdk.resources.people import assignees_of, ids_of_people
from asyncsdk.resources.worker import User, Worker
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["AnnotationCampaign"]


@attrs.define(eq=False, repr=False)
class AnnotationCampaign(CampaignAssignments):
    """The campaign of a dataset version: steps, and an assignment for each asset that is in it."""

    @property
    def name(self) -> str:
        """Its name; made of the id on platforms that name no campaigns."""
        return self._record.name or f"Campaign {self.id}"

    @property
    def dataset_version_id(self) -> str:
        """Id of the dataset version."""
        return self._record.dataset_version_id

    @property
    def description(self) -> str | None:
        """What it is for, where the platform tells it."""
        return self._record.description

    @property
    def instructions_text(self) -> str | None:
        """Instructions as text, where the platform tells them."""
        return self._record.instructions_text

    @property
    def instructions_object_name(self) -> str | None:
        """Object of the file with the instructions, where the platform tells it."""
        return self._record.instructions_object_name

    @property
    def end_date(self) -> date | None:
        """The day when it is to end, where the platform tells it; nothing happens by itself then."""
        return self._record.end_date

    @property
    def auto_add_new_assets(self) -> bool | None:
        """Whether assets that are added to the version enter it, where the platform tells it."""
        return self._record.auto_add_new_assets

    @property
    def auto_close_on_completion(self) -> bool | None:
        """Whether it closes when all assignments are done, where the platform tells it."""
        return self._record.auto_close_on_completion

    @property
    def default_entry_step_id(self) -> str | None:
        """Id of the step where assets enter; `None` is the first one."""
        return self._record.default_entry_step_id

    @property
    def annotated_entry_step_id(self) -> str | None:
        """Id of the step where annotated assets enter, or "DONE"; `None` treats them like others."""
        return self._record.annotated_entry_step_id

    @property
    def is_closed(self) -> bool | None:
        """Whether it is closed, where the platform tells it."""
        return self._record.is_closed

    async def refresh(self) -> None:
        """Read the campaign anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_CAMPAIGN, CampaignRecord, campaign=self.id)

    async def update(
        self,
        name: str | None = None,
        description: str | None = None,
        instructions_object_name: str | None = None,
        instructions_text: str | None = None,
        end_date: date | None = None,
        auto_add_new_assets: bool | None = None,
        auto_close_on_completion: bool | None = None,
        default_entry_step: CampaignStep | None = None,
        annotated_entry_step: CampaignStep | str | None = None,
    ) -> None:
        """Change what is given.

        Args:
            name: the new name.
            description: what it is for.
            instructions_object_name: an uploaded file; `upload_instructions_file` does both.
            instructions_text: instructions as text.
            end_date: the day when it is to end.
            auto_add_new_assets: whether assets that are added to the version enter it.
            auto_close_on_completion: whether it closes when all assignments are done; at once when they are.
            default_entry_step: where assets enter.
            annotated_entry_step: where annotated assets enter: a step, or "DONE".

        Raises:
            BadRequestError: a step is none of the campaign's, or the file was not uploaded.
            ConflictError: the campaign is closed.
            LockedError: the dataset version is locked.

        Example:
            >>> async def describe(campaign) -> None:
            ...     await campaign.update(description="Every bird, also those that are cut off")
        """
        annotated = (
            annotated_entry_step.id
            if isinstance(annotated_entry_step, CampaignStep)
            else annotated_entry_step
        )
        body = CampaignPatch(
            name=name,
            description=description,
            instructions_object_name=instructions_object_name,
            instructions_text=instructions_text,
            end_date=campaign_creating.as_day(end_date),
            auto_add_new_assets=auto_add_new_assets,
            auto_close_on_completion=auto_close_on_completion,
            default_entry_step_id=None if default_entry_step is None else default_entry_step.id,
            annotated_entry_step_id=campaign_launching.target_of(annotated),
        )
        self._record = await self._connection.call(
            routes.UPDATE_CAMPAIGN, CampaignRecord, body=body, campaign=self.id
        )

    async def upload_instructions_file(self, path: str | os.PathLike[str]) -> None:
        """Upload a file with instructions, in place of the one before.

        Args:
            path: the file.

        Raises:
            ConflictError: the campaign is closed.
            LockedError: the dataset version is locked.
            MissingFileError: there is no such file.
        """
        object_name = await campaign_creating.upload_instructions(
            self._connection, self.dataset_version_id, path
        )
        await self.update(instructions_object_name=object_name)

    async def close(self) -> None:
        """Close the campaign for good: no change is taken any more.

        Danger: it cannot be opened again.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.act(routes.CLOSE_CAMPAIGN, campaign=self.id)
        await self.refresh()

    async def delete(self) -> None:
        """Delete the campaign with its steps and assignments; annotations and assets stay.

        Danger: this cannot be undone.

        Raises:
            LockedError: the dataset version is locked.
        """
        await self._connection.act(routes.DELETE_CAMPAIGN, campaign=self.id)

    async def add_step(
        self,
        name: str,
        type: CampaignStepType | str,  # noqa: A002 - the protocol's word
        description: str | None = None,
        assignees: Sequence[tuple[Worker | User | str | UUID, float]] | None = None,
        order: int | None = None,
        sample_rate: float | None = None,
    ) -> CampaignStep:
        """Add a step.

        Args:
            name: its name.
            type: "ANNOTATION" or "REVIEW".
            description: what it is for.
            assignees: pairs of a worker and a weight; work is shared in proportion to the weights, always in
                the same way. Without any, assignments there belong to nobody.
            order: where to insert it, 0 for the first place; at the end when it is not given.
            sample_rate: share of what comes from the step before that stops here, 0 to 1; the rest passes by.

        Raises:
            BadRequestError: an assignee is no member, or place or rate are out of their range.
            ConflictError: the campaign is closed.
            InvalidArgumentError: the type is not for annotation campaigns, or an assignee is no pair of a
                worker and a weight; nothing was sent.
            LockedError: the dataset version is locked.

        Example:
            >>> async def set_up(campaign, ada, bob) -> None:
            ...     await campaign.add_step("draw", "ANNOTATION", assignees=[(ada, 2), (bob, 1)])
            ...     await campaign.add_step("check", "REVIEW", sample_rate=0.1)
        """
        kind = choose(CampaignStepType, type)
        if kind is CampaignStepType.QUALITY_CONTROL:
            raise InvalidArgumentError("a step of an annotation campaign is ANNOTATION or REVIEW")
        body = NewStep(
            name=name,
            type=kind,
            description=description,
            assignees=assignees_of(assignees),
            order=order,
            sample_rate=sample_rate,
        )
        record = await self._connection.call(routes.CREATE_STEP, StepRecord, body=body, campaign=self.id)
        return CampaignStep(self._connection, record, self.id)

    async def list_steps(self) -> list[CampaignStep]:
        """List the steps, in their order."""
        found = await self._connection.call(routes.LIST_STEPS, Items[StepRecord], campaign=self.id)
        return [CampaignStep(self._connection, record, self.id) for record in found.items]

    async def get_step(self, id: str | UUID) -> CampaignStep:  # noqa: A002 - the protocol's word
        """Return a step of this campaign.

        Args:
            id: its id.

        Raises:
            NotFoundError: the campaign has none of this id.
        """
        wanted = canonical_id(id)
        for step in await self.list_steps():
            if step.id == wanted:
                return step
        raise NotFoundError(f"campaign {self.name!r} has no step {wanted}", status=404)

    async def launch(
        self,
        existing_annotations_step_id: str | UUID | None = None,
        *,
        assets: Asset | Sequence[Asset] | MultiAsset | None = None,
        workers: Sequence[Worker | User | str | UUID] | None = None,
        wait: bool = False,
    ) -> Job:
        """Give an assignment to every asset that has none: `TO_DO`, at the first step or the chosen one.

        It can be done again when there are more assets.

        Args:
            existing_annotations_step_id: where assets enter that have annotations: a step's id, or "DONE";
                what the campaign says when it is not given.
            assets: only these.
            workers: share the work among these assignees of the step only.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it.

        Raises:
            BadRequestError: the step, an asset or a worker is not of this campaign.
            ConflictError: the campaign is closed, or has no steps.
            InvalidArgumentError: the list of assets or workers is empty; nothing was sent.
            JobFailedError: with `wait`, the job failed.
            LockedError: the dataset version is locked.
            NotSupportedError: the platform takes no lists of assets and workers.

        Example:
            >>> async def begin(version) -> None:
            ...     campaign = await version.create_campaign("birds")
            ...     await campaign.add_step("draw", "ANNOTATION")
            ...     review = await campaign.add_step("check", "REVIEW")
            ...     job = await campaign.launch(existing_annotations_step_id=review.id)
            ...     await job.wait()
        """
        started = await campaign_launching.launch(
            self._connection,
            self.id,
            target=campaign_launching.target_of(existing_annotations_step_id),
            asset_ids=None if assets is None else tuple(one.id for one in as_list(assets)),
            worker_ids=ids_of_people(workers),
        )
        self._record = started.campaign
        job = Job(self._connection, [started.job], generation=2)
        if wait:
            await job.wait()
        return job

    def _label(self) -> str:
        return self.name
